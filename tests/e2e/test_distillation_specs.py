"""The specs of specs/distillation: the student's is right once there is a run of the teacher's, and learns from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from netspec import api
from netspec.checker import check_file
from tests.runs import run_one
from tests.specs import ROOT, TAUGHT

FOLDER = ROOT / "specs" / "distillation"


def test_the_student_learns_from_the_run_of_the_teacher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert [found.code for found in check_file(FOLDER / "student.net").diagnostics] == ["NS237"]
    for name in ("teacher", "student"):
        program = check_file(FOLDER / f"{name}.net").require()
        short = program.with_sections(program.train.model_copy(update={"epochs": 1}))
        api.run(short, device="cpu") if name == "teacher" else run_one(short, out=tmp_path / "run")
    assert (tmp_path / "run" / "teachers.json").is_file()
    assert TAUGHT == [FOLDER / "student.net"]
