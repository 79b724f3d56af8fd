"""Arrays that don't fit into the memory are in files, and all that is made of them is the same."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest
import torch

from netspec import memory as module
from netspec.checker import check_source
from netspec.data.prepare import PreparedData, prepare
from netspec.formats.errors import DataError
from netspec.memory import CACHE_FOLDER, OutOfSpace, allocate, available, processors
from netspec.program.program import Program
from netspec.source import Source

CPU = torch.device("cpu")


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with a kilobyte to spare; gives the folder of what is kept."""
    monkeypatch.setattr(module, "available", lambda: 1024)
    monkeypatch.setenv(CACHE_FOLDER, str(tmp_path / "kept"))
    return tmp_path / "kept"


def program(data: str) -> Program:
    source = "synthetic(image=[3, 8, 8], classes=3, samples=150), validation = 20%"
    text = f"data {{ source = {source}, {data} }}\nmodel {{ conv(4, 3) -> relu -> flatten -> linear(3) }}\n"
    return check_source(Source("spec.net", text, Path("spec.net").resolve())).require()


def everything(data: PreparedData) -> list[torch.Tensor]:
    batches = [*data.epoch(1), *data.epoch(2), *data.batches("train", 7), *data.batches("validation", 7)]
    return [tensor for inputs, targets in batches for tensor in (*inputs, targets)]


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64, np.int64])
def test_an_array_in_a_file_is_one_like_any_other(little: Path, dtype: type) -> None:
    found = allocate((100, 7), dtype)
    assert isinstance(found, np.memmap) and found.shape == (100, 7) and found.dtype == dtype
    found[:] = np.arange(700).reshape(100, 7) % 100
    assert torch.from_numpy(found).sum() == sum(place % 100 for place in range(700))
    # nothing is left of it when the process ends, however it does
    assert list(little.iterdir()) == []


def test_what_fits_is_in_memory(little: Path) -> None:
    assert not isinstance(allocate((512,), np.uint8), np.memmap) and not little.exists()
    assert not isinstance(allocate((0, 4096), np.uint8), np.memmap)


@pytest.mark.parametrize(
    "data",
    [
        "transform = normalize(measured)",
        "sample = 90%, augment = random_crop(8, padding=2), transform = resize(6) -> normalize(measured)",
    ],
    ids=["plain", "augmented"],
)
def test_batches_are_the_same_wherever_the_data_is(data: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_memory = prepare(program(data), CPU)
    monkeypatch.setattr(module, "available", lambda: 1024)
    monkeypatch.setenv(CACHE_FOLDER, str(tmp_path))
    in_files = prepare(program(data), CPU)
    assert in_files.training.is_far(CPU) and in_files.data_record == in_memory.data_record
    for found, expected in zip(everything(in_files), everything(in_memory), strict=True):
        assert torch.equal(found, expected)


def test_a_full_disk_is_said_in_numbers(little: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", full, raising=False)
    with pytest.raises(OutOfSpace, match=r"4\.0 GiB don't fit into the memory, nor into .*kept.*No space left"):
        allocate((2**32,), np.uint8)
    with pytest.raises(DataError, match="there is no room for the data") as raised:
        prepare(program("batch_size = 8"), CPU)
    assert raised.value.help is not None and CACHE_FOLDER in raised.value.help


def test_a_container_has_what_it_may_have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    most, taken = tmp_path / "max", tmp_path / "current"
    most.write_text("3000\n")
    taken.write_text("1000\n")
    pages = tmp_path / "stat"
    monkeypatch.setattr(module, "LIMITS", (most, taken))
    monkeypatch.setattr(module, "PAGES", pages)
    if available() is not None:  # where the system says nothing there is nothing to limit
        assert available() == 2000
        pages.write_text("anon 300\ninactive_file 700\nactive_file 100\n")
        assert available() == 2700, "what was read from files is given up first"
        most.write_text("max\n")
        assert available() not in (None, 2000)


@pytest.mark.parametrize(
    ("share", "whole"), [("max 100000", None), ("150000 100000", 1), ("20000 100000", 1), ("", None)]
)
def test_a_container_computes_with_its_share_of_the_processors(
    share: str, whole: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PROCESSORS", tmp_path / "nothing")
    there = processors()
    (tmp_path / "cpu.max").write_text(share)
    monkeypatch.setattr(module, "PROCESSORS", tmp_path / "cpu.max")
    assert processors() == (there if whole is None else whole)


def test_an_array_has_its_bytes_on_a_disk_that_reserves_none(little: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "posix_fallocate")
    array = allocate((3 * 2**20 + 7,), np.uint8)
    assert isinstance(array, np.memmap)
    array[-1] = 5
    assert array[-1] == 5
