"""Classes that a split or a fold lacks: what is warned of agrees with the splits that are drawn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from netspec import api
from netspec.data.prepare import load_splits, prepare_splits
from netspec.diagnostics import Diagnostic
from netspec.program.parts import parts_of
from netspec.program.program import Program
from netspec.runner.events import RunResult
from tests.runs import run_several
from tests.specs import check


def write(folder: Path, name: str = "t.csv", **counts: int) -> None:
    """A table in which each class has so many rows."""
    rng = np.random.default_rng(len(counts))
    names = rng.permutation(np.repeat([*counts], [*counts.values()]))
    rows = "".join(f"{rng.normal():.5f},{rng.normal():.5f},{label}\n" for label in names)
    (folder / name).write_text(f"a,b,y\n{rows}")


def program(folder: Path, data: str, outputs: int) -> Program:
    text = f"data {{ {data} }}\nmodel {{ linear({outputs}) }}\ntrain {{ epochs = 1 }}\n"
    (folder / "s.net").write_text(text)
    return check(text, folder=folder).require()


def found(program: Program) -> list[Diagnostic]:
    """Warnings of classes that are absent from splits or folds."""
    data = prepare_splits(load_splits(program), torch.device("cpu"))
    diagnostics = [problem.diagnose() for problem in data.problems]
    return [diagnostic for diagnostic in diagnostics if diagnostic.code in ("NS504", "NS506")]


SOURCE = 'source = csv("t.csv", target="y")'


# ---- splits ----


@pytest.mark.parametrize("split", ["test", "validation"])
def test_a_class_that_only_training_has_is_named(tmp_path: Path, split: str) -> None:
    write(tmp_path, a=40, b=40, c=1)
    (diagnostic,) = found(program(tmp_path, f"{SOURCE}, {split} = 20%", 3))
    assert diagnostic.message == f"the {split} split has no sample of the class `c`"


def test_a_class_that_training_lacks_and_other_splits_have_is_named_with_them(tmp_path: Path) -> None:
    write(tmp_path, a=40, b=40)
    write(tmp_path, "test.csv", a=10, b=10, c=5)
    write(tmp_path, "val.csv", a=10, b=10, c=5)
    names = 'class("y", names=["a", "b", "c"])'
    source = f'source = csv("t.csv", target={names}, test="test.csv"'
    (diagnostic,) = found(program(tmp_path, f"{source})", 3))
    assert diagnostic.message == "the train split has no sample of the class `c`, but the test split has"
    (diagnostic,) = found(program(tmp_path, f'{source}, validation="val.csv")', 3))
    assert diagnostic.message.endswith("`c`, but the validation split and the test split have")


# ---- folds ----


@pytest.mark.parametrize("rare", [1, 2, 4, 5, 6])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_what_is_said_of_folds_is_what_they_have(tmp_path: Path, rare: int, seed: int) -> None:
    write(tmp_path, a=30, b=30, c=rare)
    whole = program(tmp_path, f"{SOURCE}, validation = kfold(5), split_seed = {seed}", 3)
    splits = [load_splits(part.of(whole)).splits for part in parts_of(whole)]
    validating, training = (sum(2 not in fold[split].targets for fold in splits) for split in ("validation", "train"))
    folds = [diagnostic for diagnostic in found(whole) if diagnostic.code == "NS506"]
    assert (validating, training) == (max(5 - rare, 0), int(rare == 1))
    assert len(folds) == (validating > 0)
    if folds:
        few = "1 sample" if rare == 1 else f"{rare} samples"
        without = "1 fold validates without it" if validating == 1 else f"{validating} folds validate without it"
        trains = ", and one trains without it" if training else ""
        assert folds[0].message == f"the class `c` has fewer samples than the 5 folds, {few}: {without}{trains}"
        assert folds[0].help == (f"use `kfold({rare})`" if rare > 1 else None)


def test_several_such_classes_are_named_together(tmp_path: Path) -> None:
    write(tmp_path, a=30, b=3, c=2)
    diagnostics = found(program(tmp_path, f"{SOURCE}, validation = kfold(4)", 3))
    (diagnostic,) = [diagnostic for diagnostic in diagnostics if diagnostic.code == "NS506"]
    assert diagnostic.message == (
        "the classes `b`, `c` have fewer samples than the 4 folds, the rarest 2 samples: 2 folds validate without it"
    )


def test_data_a_run_of_folds_and_its_reports_warn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, a=30, b=30, c=2)
    whole = program(tmp_path, f"{SOURCE}, validation = kfold(3)", 3)
    assert "NS506" in [item.code for item in api.data_facts(tmp_path / "s.net").diagnostics]
    summary = run_several(whole, out=tmp_path / "run", device="cpu")
    assert len(summary.parts) == 3
    for fold in (1, 2, 3):
        assert "NS506: the class `c` has fewer samples" in (tmp_path / f"run/fold-{fold}/report.html").read_text()


def test_a_run_of_one_fold_warns_of_it_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, a=30, b=30, c=2)
    program(tmp_path, f"{SOURCE}, validation = kfold(3, fold=1)", 3)
    result = api.run(tmp_path / "s.net")
    assert isinstance(result, RunResult) and any(warning.startswith("NS506") for warning in result.data.warnings)


def test_enough_samples_for_all_folds_are_not_mentioned(tmp_path: Path) -> None:
    write(tmp_path, a=30, b=30, c=5)
    assert found(program(tmp_path, f"{SOURCE}, validation = kfold(5)", 3)) == []
    assert found(program(tmp_path, "source = iris(), validation = kfold(10)", 3)) == []
