"""Sources in a script load the samples that netspec loads: tables, arrays, and data sets of torchvision."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
import torchvision
from PIL import Image

from netspec.catalogue.sources import Samples
from netspec.catalogue.sources._bundles import Bundle
from netspec.ejector import script_of
from netspec.program.program import Program
from tests.ejector.scripts import assert_same, namespace, refused
from tests.specs import check

TABLE = "number,city,port,kind\n" + "".join(
    f"{number / 7},{city},{number % 3},{'ab'[number % 2]}\n" for number, city in enumerate(["Bern", "Köln", "Rom"] * 6)
)
TRAIN = "train { epochs = 2 }\n"


def program_of(source: str, folder: Path, outputs: int = 2, more: str = "") -> Program:
    text = f"data {{ source = {source}\n {more} }}\nmodel {{ flatten -> linear({outputs}) }}\n{TRAIN}"
    return check(text, folder=folder).require()


def assert_loaded(program: Program) -> None:
    """The script loads the splits that the source has."""
    found = namespace(script_of(program))["load_data"]()
    loaded = program.assumed.load(program.folders)
    splits: list[Samples] = [split for split in (loaded.train, loaded.validation, loaded.test) if split is not None]
    assert len(found) == len(splits)
    for (inputs, targets), split in zip(found, splits, strict=True):
        assert inputs.dtype == torch.from_numpy(split.inputs[0]).dtype
        assert torch.equal(inputs, torch.from_numpy(np.ascontiguousarray(split.inputs[0])))
        assert torch.equal(targets, torch.from_numpy(split.targets))


# ---- tables ----


def test_a_table_with_categories_and_classes(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(TABLE, encoding="utf-8")
    source = 'csv("table.csv", target="kind", categories=["city"], ignore=["port"])'
    assert_loaded(program_of(source, tmp_path))
    assert_same(program_of(source, tmp_path, more="validation = 20%\n transform = min_max"), tmp_path / "run")


@pytest.mark.parametrize(("target", "outputs"), [('class("port")', 3), ('number("number")', 1), ('"number"', 1)])
def test_the_target_of_a_table_is_classes_or_numbers(target: str, outputs: int, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(TABLE, encoding="utf-8")
    source = f'csv("table.csv", target={target}, categories=["city", "kind"])'
    assert_loaded(program_of(source, tmp_path, outputs))
    assert_same(program_of(source, tmp_path, outputs, "transform = standardize"), tmp_path / "run")


def test_tables_to_validate_and_to_test_on(tmp_path: Path) -> None:
    head, *rows = TABLE.splitlines(keepends=True)
    for name, part in (("train", rows[:10]), ("validation", rows[10:14]), ("test", rows[14:])):
        (tmp_path / f"{name}.csv").write_text(head + "\n" + "".join(part), encoding="utf-8-sig")
    source = 'csv("train.csv", target="kind", validation="validation.csv", test="test.csv", categories=["city"])'
    assert_loaded(program_of(source, tmp_path))
    assert_same(program_of(source, tmp_path), tmp_path / "run")


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_a_table_with_another_separator(separator: str, tmp_path: Path) -> None:
    text = TABLE.replace(",", separator).replace("Bern", f'"Be{separator}rn"').replace("Rom", " Rom ")
    (tmp_path / "table.csv").write_text(text, encoding="utf-8")
    assert_loaded(program_of('csv("table.csv", target="kind", categories=["city"])', tmp_path))


UNUSUAL = {
    "numbers among categories": (TABLE.replace("Rom", "1.0"), ""),
    "names of columns": (TABLE.partition("\n")[2], ', columns=["number", "city", "port", "kind"]'),
    "decimal commas": (TABLE.replace(",", ";").replace(".", ","), ', decimal=","'),
    "texts for missing values": (TABLE, ', missing=["-"]'),
}


@pytest.mark.parametrize("unusual", UNUSUAL)
def test_a_table_that_is_not_written_plainly_is_refused(unusual: str, tmp_path: Path) -> None:
    text, settings = UNUSUAL[unusual]
    (tmp_path / "table.csv").write_text(text, encoding="utf-8")
    program = program_of(f'csv("table.csv", target="kind", categories=["city"]{settings})', tmp_path)
    assert refused(program) == "a script has no code for `csv` as it is here"


def test_a_table_in_utf_16_or_compressed_is_refused(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(TABLE, encoding="utf-16")
    assert refused(program_of('csv("table.csv", target="kind", categories=["city"])', tmp_path))


# ---- arrays ----


TARGETS = (np.arange(12) % 2, np.array(["b", "a", "c"] * 4), np.arange(12) / 3 + 0.1)


@pytest.mark.parametrize("sizes", [(5, 4), (3, 5, 4), (5, 4, 3), (7,), (), (2, 3, 4, 5)], ids=str)
@pytest.mark.parametrize(
    "targets", [np.arange(12) % 2, np.array(["b", "a", "c"] * 4), np.arange(12) / 3 + 0.1], ids=str
)
def test_arrays_of_any_sizes(sizes: tuple[int, ...], targets: Any, tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    x = random.integers(0, 256, (12, *sizes), dtype=np.uint8)
    np.savez(tmp_path / "a.npz", x=x, y=targets, more=x[:4], its=targets[:4])
    outputs = 1 if targets.dtype.kind == "f" else len(set(targets.tolist()))
    source = 'npz("a.npz", inputs="x", targets="y", test_inputs="more", test_targets="its")'
    program = program_of(source, tmp_path, outputs)
    assert_loaded(program)
    assert_same(program, tmp_path / "run")


def test_words_are_indices(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=np.arange(48).reshape(12, 4) % 9, y=np.arange(12) % 2)
    text = 'data { source = npz("a.npz", inputs="x", targets="y", vocabulary=9) }\n'
    program = check(text + f"model {{ embedding(9, 2) -> flatten -> linear(2) }}\n{TRAIN}", folder=tmp_path).require()
    assert_loaded(program)
    assert_same(program, tmp_path / "run")


def test_images_that_are_no_bytes_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=np.linspace(0, 1, 12 * 20).reshape(12, 5, 4), y=np.arange(12) % 2)
    assert refused(program_of('npz("a.npz", inputs="x", targets="y")', tmp_path))


# ---- data sets of torchvision ----


class Fake:
    """A data set of torchvision that is noise."""

    def __init__(self, *sizes: int, tensors: bool) -> None:
        self.sizes, self.tensors = sizes, tensors

    def __call__(self, root: Any, train: bool = True, download: bool = False) -> Any:
        count = 40 if train else 20
        data: Any = np.random.default_rng(train).integers(0, 256, (count, *self.sizes), dtype=np.uint8)
        targets: Any = (np.arange(count) % 10).tolist()
        pairs = list(zip(map(Image.fromarray, data), targets, strict=True))
        if self.tensors:
            data, targets = torch.from_numpy(data), torch.tensor(targets)
        return _Pairs(pairs, data=data, targets=targets)


class _Pairs(SimpleNamespace):
    def __init__(self, pairs: list[Any], **more: Any) -> None:
        super().__init__(**more)
        self.pairs = pairs

    def __len__(self) -> int:
        return len(self.pairs)

    def __getitem__(self, index: int) -> Any:
        return self.pairs[index]


@pytest.mark.parametrize(
    ("source", "name", "fake"),
    [
        ("cifar10", "CIFAR10", Fake(32, 32, 3, tensors=False)),
        ("cifar100", "CIFAR100", Fake(32, 32, 3, tensors=False)),
        ("fashion_mnist", "FashionMNIST", Fake(28, 28, tensors=True)),
        ("kmnist", "KMNIST", Fake(28, 28, tensors=True)),
    ],
)
def test_a_data_set_of_torchvision(
    source: str, name: str, fake: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torchvision.datasets, name, fake)
    monkeypatch.setattr(Bundle, "provide", lambda *_, **__: None)
    outputs = 100 if source == "cifar100" else 10
    assert_loaded(program_of(f'{source}(root="{tmp_path.as_posix()}")', tmp_path, outputs))


def test_mnist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake(28, 28, tensors=True)
    monkeypatch.setattr(torchvision.datasets, "MNIST", fake)
    monkeypatch.setattr(Bundle, "provide", lambda *_, **__: None)
    raw = tmp_path / "MNIST/raw"
    raw.mkdir(parents=True)
    for prefix, split in (("train", fake(None, True)), ("t10k", fake(None, False))):
        (raw / f"{prefix}-images-idx3-ubyte").write_bytes(bytes(16) + split.data.numpy().tobytes())
        (raw / f"{prefix}-labels-idx1-ubyte").write_bytes(bytes(8) + split.targets.numpy().astype(np.uint8).tobytes())
    program = program_of(f'mnist(root="{tmp_path.as_posix()}")', tmp_path, 10)
    assert_loaded(replace(program, type=program.type))
