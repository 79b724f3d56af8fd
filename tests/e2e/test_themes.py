"""The themes of specs/themes: both sides of each train, and the page that compares them speaks of them all."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from netspec.checker import check_file
from tests.runs import run_one

ROOT = Path(__file__).resolve().parents[2]
THEMES = sorted((ROOT / "specs/themes").glob("*.net"))
COMMANDS = re.findall(r"`netspec run (specs/themes/[^`]*)`", (ROOT / "specs/README.md").read_text(encoding="utf-8"))


def sides() -> list[tuple[str, dict[str, str]]]:
    """Every command of the page: a spec, and what it sets."""
    found: list[tuple[str, dict[str, str]]] = []
    for command in COMMANDS:
        path, *options = shlex.split(command)
        assert options[::2] == ["--set"] * len(options[::2])
        found.append((path, dict(text.split("=", 1) for text in options[1::2])))
    return found


def test_the_page_names_every_theme() -> None:
    assert {path for path, _ in sides()} == {path.relative_to(ROOT).as_posix() for path in THEMES}


@pytest.mark.parametrize(("path", "overrides"), sides(), ids=COMMANDS)
def test_each_side_trains(path: str, overrides: dict[str, str], tmp_path: Path) -> None:
    program = check_file(ROOT / path, overrides).require()
    result = run_one(program.with_sections(program.train.model_copy(update={"epochs": 1})), out=tmp_path / "run")
    assert len(result.history) == 1
    assert result.test is not None


@pytest.mark.parametrize("path", THEMES, ids=lambda path: path.stem)
def test_another_seed_is_another_run(path: Path) -> None:
    assert check_file(path).require().hash != check_file(path, {"seed": "1"}).require().hash
