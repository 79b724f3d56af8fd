"""What a user sees: every case of `diagnostics/*.md`, a spec and below it the messages about it.

`NETSPEC_UPDATE=1 python -m pytest tests/check` writes what is shown now into the files; read the difference.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.specs import check, completed, rendered

CASES = Path(__file__).parent / "diagnostics"
CASE = re.compile(
    r"^### (?P<title>.+?)\n(?P<prose>.*?)```net\n(?P<spec>.*?)```\n\n```text\n(?P<shown>.*?)```\n", re.S | re.M
)


def cases() -> Iterator[object]:
    for path in sorted(CASES.glob("*.md")):
        for match in CASE.finditer(path.read_text(encoding="utf-8")):
            yield pytest.param(path, match["spec"], match["shown"], id=f"{path.stem}: {match['title']}")


def shown(spec: str) -> str:
    # a case that begins with an empty line stands for itself, without the sections it lacks
    text = spec[1:] if spec.startswith("\n") else completed(spec)
    return rendered(check(text)) + "\n"


@pytest.mark.parametrize(("path", "spec", "expected"), list(cases()))
def test_shows(path: Path, spec: str, expected: str) -> None:
    if os.environ.get("NETSPEC_UPDATE"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(f"{spec}```\n\n```text\n{expected}```", f"{spec}```\n\n```text\n{shown(spec)}```"))
    else:
        assert shown(spec) == expected


def test_there_are_cases() -> None:
    assert len(list(cases())) >= 60
