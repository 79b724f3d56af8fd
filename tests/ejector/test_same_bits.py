"""A script trains to the bits of a run and measures the same numbers: every spec that comes with netspec."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
import torchvision

from netspec import api
from netspec.catalogue.sources._bundles import Bundle
from netspec.catalogue.sources.cifar10 import Cifar10
from netspec.catalogue.sources.mnist_sample import MnistSample
from netspec.catalogue.sources.synthetic import Synthetic
from netspec.catalogue.values import Quantity
from netspec.ejector import script_of
from netspec.program.program import Program
from tests.ejector.scripts import assert_same, refused
from tests.specs import ROOT, SPECS

REFUSED = {"siamese": "samples of several inputs", "wine_folds": "the spec stands for 15 runs"}
LARGE = ("alexnet", "body", "googlenet", "resnet50", "vgg16_bn")
"""Networks whose training takes minutes."""
FETCHED = ("cifar10_fc", "cifar10_gap", "mnist_fc")
SPECIAL = (*REFUSED, *LARGE, *FETCHED)


def program_of(path: Path, epochs: int) -> Program:
    """A spec with few epochs, and with few samples of what it makes up."""
    program = api.check(path)
    few = tuple(s.model_copy(update={"samples": 24}) if isinstance(s, Synthetic) else s for s in program.sources)
    program = program.with_sections(
        program.data.model_copy(update={"source": few}), program.train.model_copy(update={"epochs": epochs})
    )
    return replace(program, type=program.assumed.describe(program.folders))


@pytest.fixture(autouse=True)
def in_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize("path", [path for path in SPECS if path.stem not in SPECIAL], ids=lambda path: path.stem)
def test_a_script_ends_with_the_bits_of_a_run(path: Path, tmp_path: Path) -> None:
    assert_same(program_of(path, 1), tmp_path / "run")


@pytest.mark.parametrize("stem", REFUSED)
def test_what_has_no_script_is_refused_by_name(stem: str) -> None:
    (path,) = (path for path in SPECS if path.stem == stem)
    assert REFUSED[stem] in (refused(api.check(path)) or "")


@pytest.mark.parametrize("path", [path for path in SPECS if path.stem in LARGE], ids=lambda path: path.stem)
def test_a_large_network_has_a_script(path: Path) -> None:
    assert "class Net(nn.Module):" in script_of(api.check(path))


def of_sample(program: Program) -> Program:
    """The program with the digits that come with netspec."""
    data = program.data.model_copy(update={"source": (MnistSample(),)})
    return replace(program.with_sections(data), type=MnistSample().describe(program.folders), source_index=0)


def test_mnist_fc_ends_with_the_same_bits_after_all_of_its_epochs(tmp_path: Path) -> None:
    assert_same(of_sample(api.check("specs/mnist_fc.net")), tmp_path / "run")


def test_logistic_regression_ends_with_the_same_bits_after_all_of_its_epochs(tmp_path: Path) -> None:
    assert_same(api.check("specs/logistic_regression.net"), tmp_path / "run")


def test_a_training_that_stops_early_ends_with_its_best_weights(tmp_path: Path) -> None:
    program = of_sample(api.check("specs/mnist_fc.net"))
    train = program.train
    assert train.stop is not None
    stop = train.stop.model_copy(update={"min_delta": 0.5, "patience": Quantity(2, "epochs")})
    assert_same(program.with_sections(train.model_copy(update={"stop": stop, "epochs": 6})), tmp_path / "run")


class Photographs:
    """A data set of torchvision that is noise, CIFAR-10 or MNIST by its sizes."""

    def __init__(self, *sizes: int, tensors: bool) -> None:
        self.sizes, self.tensors = sizes, tensors

    def __call__(self, root: Any, train: bool = True, download: bool = False) -> Any:
        count = 150 if train else 50
        random = np.random.default_rng(train)
        data: Any = random.integers(0, 256, (count, *self.sizes), dtype=np.uint8)
        targets: Any = (np.arange(count) % 10).tolist()
        if self.tensors:
            data, targets = torch.from_numpy(data), torch.tensor(targets)
        return SimpleNamespace(data=data, targets=targets)


@pytest.mark.parametrize("stem", ["cifar10_fc", "cifar10_gap"])
def test_a_network_for_cifar10_ends_with_the_same_bits(
    stem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torchvision.datasets, "CIFAR10", Photographs(32, 32, 3, tensors=False))
    monkeypatch.setattr(Bundle, "provide", lambda *_, **__: None)
    few = replace(Cifar10().describe(api.check("specs/mnist_fc.net").folders), train=150, test=50)
    monkeypatch.setattr(Cifar10, "describe", lambda *_: few)
    assert_same(program_of(ROOT / f"specs/{stem}.net", 3), tmp_path / "run")
