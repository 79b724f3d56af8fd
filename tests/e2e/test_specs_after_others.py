"""The specs that need the run of another one: they are right once it is there, and train."""

from __future__ import annotations

from pathlib import Path

import pytest

from netspec import api
from netspec.checker import check_file
from netspec.program.program import Program
from tests.runs import run_one
from tests.specs import AFTER_OTHERS, ROOT

BEFORE = {
    "distillation/student": "teacher",
    "transfer/transfer": "body",
    "transfer/fine_tuned": "body",
    "transfer/fpn": "body",
    "transfer/replaced": "resnet50",
}
"""The spec in the same folder that is run before."""


def test_all_of_them_are_tried() -> None:
    assert [ROOT / "specs" / f"{name}.net" for name in sorted(BEFORE)] == AFTER_OTHERS


@pytest.mark.parametrize(("name", "before"), BEFORE.items(), ids=BEFORE)
def test_a_spec_trains_once_the_other_has_run(
    name: str, before: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    spec = ROOT / "specs" / f"{name}.net"
    assert [found.code for found in check_file(spec).diagnostics] == ["NS237" if "student" in name else "NS540"]
    api.run(short(check_file(spec.with_name(f"{before}.net")).require()), device="cpu")
    run_one(short(check_file(spec).require()), out=tmp_path / "run")
    record = "teachers.json" if "student" in name else "weights.json"
    assert f"runs/{before}/" in (tmp_path / "run" / record).read_text(encoding="utf-8")


def short(program: Program) -> Program:
    """The program with an epoch of few samples."""
    train = program.train.model_copy(update={"epochs": 1})
    data = program.data if program.data.test else program.data.model_copy(update={"sample": 64})
    return program.with_sections(train, data)
