"""Specs that come with netspec, as files of every format: they decide as their networks do.

`NETSPEC_SPECS=all python -m pytest tests/exporter/test_every_spec.py` tries all of them, which takes half an hour.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.exporter.specs import exports_of
from tests.specs import ROOT, SPECS

FEW = ("cifar10_gap", "logistic_regression", "loss_bce", "siamese", "transformer_classifier")
"""One of each kind of network and of loss."""
TRIED = [path for path in SPECS if os.environ.get("NETSPEC_SPECS") == "all" or path.stem in FEW]


@pytest.mark.parametrize("path", TRIED, ids=lambda path: path.stem)
def test_a_network_decides_the_same_in_every_format_on_all_test_samples(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    found = list(exports_of(path, tmp_path))
    assert {one.format for one in found} == {"onnx", "pt2", "safetensors"} and len(found) == 6
    for one in found:
        assert one.trouble is None and one.agreement >= 0.999, one
        assert one.difference < 1e-4, one


def test_the_few_that_are_always_tried_are_there() -> None:
    assert {path.stem for path in SPECS} >= {*FEW}
