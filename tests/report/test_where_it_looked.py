"""The worst mistakes of a convolutional classifier are shown with where the network looked."""

from __future__ import annotations

import io
from base64 import b64decode
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import cast

import numpy as np
import pytest
import torch
from PIL import Image

from netspec.builder.grad_cam import grad_cam
from netspec.builder.network import Network
from netspec.report.html import page_of
from netspec.report.pictures import HEAT, STRENGTH, heated, misses
from netspec.runner.events import RunResult
from netspec.runner.report_samples import Mistake
from netspec.runner.uses.reload import reload
from netspec.runner.uses.saved_run import SavedRun
from tests.browser import BROWSER
from tests.report.test_in_a_browser import in_browser
from tests.runs import run_one
from tests.specs import check

WHEN = datetime(2026, 1, 1)
SPEC = """
data {{ source = mnist_sample(), sample = 300, transform = normalize(measured), batch_size = {batch} }}
model {{ {model} -> linear(10) }}
train {{ epochs = 1, precision = {precision} }}
"""
CONVOLUTIONS = "conv(4, 3) -> batch_norm -> relu -> max_pool(2) -> flatten"


def run_of(folder: Path, model: str, batch: int = 64, precision: str = "float32") -> RunResult:
    program = check(SPEC.format(model=model, batch=batch, precision=precision), folder=folder).require()
    return run_one(program, out=folder / "run", device="cpu")


@pytest.mark.parametrize("batch", [5, 64])
def test_each_mistake_has_the_map_of_the_class_that_was_decided_on(tmp_path: Path, batch: int) -> None:
    result = run_of(tmp_path, CONVOLUTIONS, batch)
    saved = SavedRun.of(tmp_path / "run", "last")
    data = saved.prepare()
    assert data.test is not None and result.test is not None and result.test.predictions is not None
    mistakes = result.report_samples.mistakes
    indices = torch.tensor([one.index for one in mistakes])
    decided = torch.from_numpy(result.test.predictions.decisions[indices.numpy()])
    inputs = (data.test.inputs[0][indices],)
    expected = grad_cam(cast(Network, saved.network), saved.program.graph, inputs, decided)
    assert expected is not None and len(mistakes) == 12
    for one, its in zip(mistakes, expected.numpy(), strict=True):
        assert one.looked is not None
        np.testing.assert_allclose(one.looked, its, atol=1e-4)


def test_a_report_that_is_written_again_shows_the_same(tmp_path: Path) -> None:
    first, again = misses(run_of(tmp_path, CONVOLUTIONS)), misses(reload(tmp_path / "run"))
    assert first and [one.looked for one in first] == [one.looked for one in again]


def test_the_page_has_both_pictures_and_says_what_the_lower_one_is(tmp_path: Path) -> None:
    page = page_of(run_of(tmp_path, CONVOLUTIONS), WHEN)
    assert page.count('alt="evidence for the predicted class"') == 12
    assert "The lower pictures show the evidence for the predicted class in orange (Grad-CAM);" in page


def test_half_precision_has_maps_too(tmp_path: Path) -> None:
    looked = [one.looked for one in run_of(tmp_path, CONVOLUTIONS, precision="bfloat16").report_samples.mistakes]
    assert looked and all(one is not None and np.isfinite(one).all() and one.max() <= 1 for one in looked)


@pytest.mark.parametrize("model", ["flatten -> linear(16) -> relu", "conv(4, 28) -> relu -> flatten"])
def test_a_network_without_feature_maps_has_the_picture_alone(tmp_path: Path, model: str) -> None:
    result = run_of(tmp_path, model)
    assert result.report_samples.mistakes and all(one.looked is None for one in result.report_samples.mistakes)
    assert "Grad-CAM" not in page_of(result, WHEN)


@pytest.mark.parametrize("channels", [1, 3])
def test_orange_lies_over_the_gray_picture_as_strongly_as_the_network_looks_there(channels: int) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (3, 4, channels), dtype=np.uint8)
    looked = np.zeros((3, 4), np.float32)
    looked[1, 2] = 1
    found, gray = heated(picture, looked), picture.mean(2)
    np.testing.assert_allclose(found[0, 0], gray[0, 0], atol=0.5)
    np.testing.assert_allclose(found[1, 2], (1 - STRENGTH) * gray[1, 2] + STRENGTH * np.array(HEAT), atol=0.5)


@pytest.mark.skipif(BROWSER is None, reason="there is no Chromium")
@pytest.mark.parametrize("width", [320, 390, 1100])
def test_pictures_with_maps_fit_the_window(whole_result, tmp_path: Path, width: int) -> None:
    result = whole_result()
    looked = tuple(
        Mistake(one.index, one.picture, np.eye(28, dtype=np.float32)) for one in result.report_samples.mistakes
    )
    result = replace(result, report_samples=replace(result.report_samples, mistakes=looked))
    found = in_browser(page_of(result, WHEN), tmp_path, width)
    assert (found["wide"], found["errors"], found["images"], found["broken"]) == ([], [], 48, 0)
    address = misses(result)[0].looked
    assert address is not None and Image.open(io.BytesIO(b64decode(address.partition(",")[2]))).size == (28, 28)
