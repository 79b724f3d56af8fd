"""What newcomers write: the help leads to a spec without errors. The cases are in `first_steps.md`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from netspec.checker import Checked, check_source
from netspec.source import Source
from tests.specs import check

PAGE = Path(__file__).with_name("first_steps.md")
CASE = re.compile(
    r"^### (?P<title>.+?)\n\n```net\n(?P<wrong>.*?)```\n\n```text\n(?P<help>.*?)\n```\n\n```net\n(?P<right>.*?)```\n",
    re.S | re.M,
)


def cases() -> Iterator[object]:
    for match in CASE.finditer(PAGE.read_text(encoding="utf-8")):
        yield pytest.param(match["wrong"], match["help"], match["right"], id=match["title"])


def errors(checked: Checked) -> list[str]:
    return [item.message for item in checked.diagnostics if item.is_error]


@pytest.mark.parametrize(("wrong", "part", "right"), list(cases()))
def test_help_leads_to_a_spec_without_errors(wrong: str, part: str, right: str):
    found = [item for item in check(wrong).diagnostics if item.is_error]
    helps = [item.fix.title if item.fix is not None else item.help or "" for item in found]
    assert any(part in help for help in helps), helps
    assert errors(check(right)) == []


def test_set_says_how_a_setting_is_changed_from_outside():
    spec = "data { source = iris() }\nmodel { linear(3) }\n"
    checked = check_source(Source("spec.net", spec), {"train.epochs": "3"})
    assert [item.help for item in checked.diagnostics] == [
        "`--set` changes params: declare `param epochs = …` and write `epochs = epochs` for the setting"
    ]
    right = f"param epochs = 3\n{spec}train {{ epochs = epochs }}\n"
    assert errors(check_source(Source("spec.net", right), {"epochs": "5"})) == []


def test_there_are_cases():
    assert len(list(cases())) >= 35
