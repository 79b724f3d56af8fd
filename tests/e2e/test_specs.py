"""Every spec that comes with netspec runs: those whose data would have to be fetched, on noise of the same type."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from netspec import api
from netspec.catalogue.fields.image import Image
from netspec.catalogue.sources import DataFolders, DataSource, Loaded, Samples
from netspec.catalogue.sources.synthetic import Synthetic
from netspec.catalogue.targets.classes import Classes
from netspec.catalogue.types import DataField, DataType
from netspec.program.parts import parts_of
from netspec.program.program import Program
from netspec.program.written import written
from tests.runs import run_one, run_several
from tests.specs import ROOT, SPECS

NOISE = 40


class Noise(DataSource):
    """Images that mean nothing, with a class each."""

    dims: tuple[int, ...]
    names: tuple[str, ...]

    def describe(self, folders: DataFolders) -> DataType:
        return DataType(
            (DataField(Image.model_validate({"sizes": self.dims})),), Classes(names=self.names), train=NOISE, test=NOISE
        )

    def load(self, folders: DataFolders) -> Loaded:
        random = np.random.default_rng(0)
        targets = np.arange(NOISE) % len(self.names)
        images = [random.integers(0, 256, (NOISE, *self.dims), dtype=np.uint8) for _ in range(2)]
        return Loaded(self.describe(folders), *(Samples((split,), targets) for split in images))


def with_noise(program: Program) -> Program:
    """The program with noise for what it would fetch."""
    if all(not source.fetchable for source in program.sources):
        return program
    assert isinstance(program.type.target, Classes)
    noise = Noise(dims=program.type.input.dims, names=program.type.target.names)
    data = program.data.model_copy(update={"source": (noise,)})
    return replace(program.with_sections(data), type=noise.describe(program.folders), source_index=0)


def with_few(program: Program) -> Program:
    """The program with few samples of what it makes up."""
    few = tuple(s.model_copy(update={"samples": 24}) if isinstance(s, Synthetic) else s for s in program.sources)
    return program.with_sections(program.data.model_copy(update={"source": few}))


SEVERAL = [path for path in SPECS if parts_of(api.check(path))]
LARGE = ("alexnet", "body", "resnet50", "scratch", "vgg16_bn")
"""Specs that would write gigabytes or take minutes; their networks are tested against torchvision's."""
STAGED = [path for path in SPECS if api.check(path).compress is not None]
ONE = [path for path in SPECS if path.stem not in LARGE and path not in (*SEVERAL, *STAGED)]


@pytest.mark.parametrize("path", ONE, ids=lambda path: path.stem)
def test_a_spec_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    program = with_few(with_noise(api.check(path)))
    program = program.with_sections(program.train.model_copy(update={"epochs": 2}))
    result = run_one(program, out=tmp_path / "run")
    assert len(result.history) == 2
    assert result.test is not None and result.test.values["loss"] > 0
    assert (tmp_path / "run/report.html").is_file()
    trained = sum(weights.numel() for weights in api.build(program).parameters())
    assert trained == program.graph.parameter_count


@pytest.mark.parametrize("path", SEVERAL, ids=lambda path: path.stem)
def test_a_spec_of_several_runs_sums_them_up(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    program = api.check(path)
    program = program.with_sections(program.train.model_copy(update={"epochs": 1}))
    summary = run_several(program, out=tmp_path / "run")
    assert len(summary.parts) == len(parts_of(program))
    assert 0 < summary.spreads["validation.accuracy"].mean <= 1


@pytest.mark.parametrize("path", STAGED, ids=lambda path: path.stem)
def test_a_spec_with_stages_goes_through_all_of_them(path: Path, tmp_path: Path) -> None:
    shorter = tmp_path / "shorter.net"
    shutil.copytree(path.parent, tmp_path / "specs")
    shorter.write_text(f'extends "specs/{path.name}"\ntrain {{ epochs = 3 }}\n', encoding="utf-8")
    program = api.check(shorter)
    assert program.compress is not None
    result = run_one(program, out=tmp_path / "run")
    assert result.stages[-1].stage == written(program.compress.stages[-1])
    assert result.stages[-1].values["accuracy"] > 0.8
