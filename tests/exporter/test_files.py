"""Exported files: what they take and give, what their metadata says, and that a bad one leaves nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import onnx
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import Tensor

from netspec.catalogue.sections.export import Export
from netspec.catalogue.values import Bounds, Quantity
from netspec.exporter.formats import format_named
from netspec.exporter.formats.onnx import session
from netspec.exporter.tracing import TranslationError
from netspec.problems import NetspecError
from netspec.runner.uses.exports import export_saved
from netspec.runner.uses.saved_run import SavedRun
from netspec.saved.export_record import ExportRecord
from tests.exporter.conftest import DIGITS, Saved

TABLE = """\
data { source = diabetes(), test = 20%, transform = standardize(measured), target_transform = standardize }
model { linear(8) -> relu -> linear(1) }
train { epochs = 2, device = cpu }
"""
SUFFIXES = {"onnx": ".onnx", "pt2": ".pt2", "safetensors": ".safetensors"}


def exported(saved: SavedRun, folder: Path, format: str = "onnx", **settings: Any) -> tuple[Path, ExportRecord]:
    path = folder / f"network{SUFFIXES[format]}"
    section = Export(**{format: path.name}, **settings)
    return path, export_saved(saved, section, format, path, force=True)


def raw_test(saved: SavedRun, count: int | None = None) -> np.ndarray:
    return saved.load().splits["test"].inputs[0][:count]


def metadata(path: Path) -> dict[str, Any]:
    found = {item.key: item.value for item in onnx.load(path).metadata_props}
    plain = ("netspec", "spec", "spec_hash")
    return {name: text if name in plain else json.loads(text) for name, text in found.items()}


@pytest.mark.parametrize("format", SUFFIXES)
def test_a_file_decides_as_the_network_does_on_every_sample_of_the_test_split(
    format: str, saved: Saved, tmp_path: Path
) -> None:
    path, record = exported(saved(DIGITS), tmp_path, format)
    assert (record.split, record.samples, record.agreeing, record.trouble) == ("test", 1000, 1000, None)
    assert record.difference < 1e-4
    assert record.size == path.stat().st_size
    assert sorted(item.name for item in tmp_path.iterdir()) == [path.name, f"{path.name}.samples.safetensors"]


def test_with_everything_inside_pixels_go_in_and_the_probabilities_of_the_run_come_out(
    saved: Saved, tmp_path: Path
) -> None:
    path, _ = exported(saved(DIGITS), tmp_path, inside=("transform", "softmax"), batch=Bounds(1, 64))
    pixels = raw_test(saved(DIGITS), 40)
    assert pixels.dtype == np.uint8
    _, probabilities = saved(DIGITS).predict([pixels])
    torch.testing.assert_close(session(path)([torch.from_numpy(pixels)]), probabilities)
    found = metadata(path)
    assert found["inputs"][0]["dtype"] == "uint8" and found["inputs"][0]["values"] == "as the source has them"
    assert found["output"]["values"] == "probabilities by softmax"
    assert found["batch"] == [1, 64]


def test_the_metadata_says_all_that_is_needed_to_use_the_file(saved: Saved, tmp_path: Path) -> None:
    path, _ = exported(saved(DIGITS), tmp_path)
    found = metadata(path)
    assert found["spec_hash"] == f"sha256:{saved(DIGITS).program.hash}"
    assert found["classes"] == [str(digit) for digit in range(10)]
    assert found["decision"] == {"rule": "largest"}
    (step,) = found["inputs"][0]["transform"]
    pixels = raw_test(saved(DIGITS), 8) / np.float32(255)
    mean, std = (np.array(step[name], np.float32)[:, None, None] for name in ("mean", "std"))
    ready = (pixels - mean) / std
    decisions = session(path)([torch.from_numpy(ready)]).argmax(1)
    assert decisions.tolist() == saved(DIGITS).predict([raw_test(saved(DIGITS), 8)])[0].tolist()


@pytest.mark.parametrize("format", SUFFIXES)
def test_all_formats_carry_the_same_facts(format: str, saved: Saved, tmp_path: Path) -> None:
    path, _ = exported(saved(DIGITS), tmp_path, format)
    if format == "onnx":
        facts = {item.key: item.value for item in onnx.load(path).metadata_props}
    elif format == "pt2":
        facts = json.loads(ZipFile(path).read("archive/extra/netspec.json"))
    else:
        facts = json.loads(safe_open(path, "pt").metadata()["netspec"])
    with safe_open(path.with_name(f"{path.name}.samples.safetensors"), "pt") as samples:
        assert json.loads(samples.metadata()["netspec"]) == facts
    assert json.loads(facts["output"])["shape"] == ["batch", 10]


def test_three_samples_with_their_outputs_are_beside_a_file(saved: Saved, tmp_path: Path) -> None:
    path, _ = exported(saved(DIGITS), tmp_path, inside=("transform",))
    kept = load_file(tmp_path / "network.onnx.samples.safetensors")
    assert kept["input"].tolist() == raw_test(saved(DIGITS), 3).tolist()
    torch.testing.assert_close(session(path)([kept["input"]]), kept["output"])


def test_a_file_for_a_fixed_number_of_samples_is_compared_on_all_of_them(saved: Saved, tmp_path: Path) -> None:
    path, record = exported(saved(DIGITS), tmp_path, batch=7)
    assert record.agreeing == record.samples == 1000, "1000 is no multiple of 7"
    shape = onnx.load(path).graph.input[0].type.tensor_type.shape.dim
    assert [dim.dim_value for dim in shape] == [7, 1, 28, 28]


@pytest.mark.parametrize("format", ["onnx", "pt2"])
def test_a_file_takes_images_of_all_the_sizes_that_it_declares(format: str, saved: Saved, tmp_path: Path) -> None:
    path, _ = exported(saved(DIGITS), tmp_path, format, size=(Bounds(20, 40), Bounds(28, 31)))
    archive: Any = torch.export.load(path).module() if format == "pt2" else None
    forward = session(path) if archive is None else lambda inputs: archive(*inputs)
    for height, width in ((20, 28), (33, 31), (40, 29)):
        images = torch.rand(2, 1, height, width)
        torch.testing.assert_close(forward([images]), saved(DIGITS).network(images), rtol=1e-4, atol=1e-4)


def test_numbers_come_out_in_the_units_of_the_targets(saved: Saved, tmp_path: Path) -> None:
    run = saved(TABLE)
    path, record = exported(run, tmp_path, inside=("transform",))
    assert record.agreeing == record.samples and record.difference < 1e-3
    rows = raw_test(run)
    decisions, _ = run.predict([rows])
    assert decisions.mean() > 50, "the illness is measured from 25 to 346"
    torch.testing.assert_close(session(path)([torch.from_numpy(rows)]).squeeze(1), decisions, rtol=1e-4, atol=1e-3)
    assert metadata(path)["decision"] == {"rule": "number"}
    assert metadata(path)["output"]["values"] == "numbers in the units of the targets"


def test_one_output_of_two_classes_is_decided_on_by_a_threshold_that_the_file_has(saved: Saved, tmp_path: Path) -> None:
    run = saved(
        "data { source = breast_cancer(), test = 30%, transform = standardize(measured) }\nmodel { linear(1) }\n"
        "train { loss = binary_cross_entropy_with_logits, epochs = 3, device = cpu }\n"
    )
    path, record = exported(run, tmp_path, inside=("transform", "sigmoid"))
    decision = metadata(path)["decision"]
    assert decision == {"rule": "above", "threshold": 0.5}
    rows = torch.from_numpy(raw_test(run))
    found = (session(path)([rows]).squeeze(1) > decision["threshold"]).long()
    assert found.tolist() == run.predict([rows.numpy()])[0].tolist()
    assert record.agreeing == record.samples
    assert metadata(exported(run, tmp_path)[0])["decision"] == {"rule": "above", "threshold": 0.0}


def test_the_bytes_of_an_onnx_file_follow_from_the_network(saved: Saved, tmp_path: Path) -> None:
    first = exported(saved(DIGITS), tmp_path)[0].read_bytes()
    assert exported(saved(DIGITS), tmp_path)[0].read_bytes() == first


@pytest.mark.parametrize("format", ["onnx", "pt2"])
def test_a_file_tells_nothing_of_the_machine_and_holds_no_pickle(format: str, saved: Saved, tmp_path: Path) -> None:
    path, _ = exported(saved(DIGITS), tmp_path, format)
    parts = [path.read_bytes()]
    if format == "pt2":
        with ZipFile(path) as archive:
            parts = [archive.read(name) for name in archive.namelist()]
    for part in parts:
        assert b"site-packages" not in part and str(Path.home()).encode() + b"/" not in part and b".py" not in part
        assert not part.startswith((b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"))
        if part.startswith(b"PK"):
            assert not any(name.endswith(".pkl") for name in ZipFile(BytesIO(part)).namelist())


def wrong(forward: Callable[[Sequence[Tensor]], Tensor], every: int) -> Callable[[Sequence[Tensor]], Tensor]:
    """The same with another class for the first sample of each batch of so many."""

    def other(inputs: Sequence[Tensor]) -> Tensor:
        output = forward(inputs).clone()
        output[::every] = -output[::every]
        return output

    return other


def test_a_file_that_decides_otherwise_on_too_many_samples_is_not_left(
    saved: Saved, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    onnx_files = format_named("onnx")
    load = onnx_files.load
    monkeypatch.setattr(onnx_files, "load", lambda path, exportable: wrong(load(path, exportable), 2))
    with pytest.raises(NetspecError, match=r"isn't exported: it decides as the network does on \d+ of 1_000 test"):
        exported(saved(DIGITS), tmp_path)
    assert list(tmp_path.iterdir()) == []
    _, record = exported(saved(DIGITS), tmp_path, agreement=Quantity(1, "%"))
    assert 0.3 < record.agreement < 0.7 and record.difference > 0.1


def test_what_a_format_lacks_is_said_and_nothing_is_left(
    saved: Saved, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(*_: object) -> None:
        (tmp_path / "half").touch()
        (tmp_path / "half").unlink()
        raise TranslationError("there is no such operator")

    monkeypatch.setattr(format_named("pt2"), "write", write)
    with pytest.raises(NetspecError, match="it can't be a PT2 archive: there is no such operator"):
        exported(saved(DIGITS), tmp_path, "pt2")
    assert list(tmp_path.iterdir()) == []
