"""A new section is one file: it is checked, planned, printed and converted, and specs without it mean the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.open.extension import COMMAND, REFERENCE, SCHEMA, Extended

SECTION = '''
"""Values of params that are tried."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.schedules import Schedule
from netspec.catalogue.schedules.cosine import Cosine
from netspec.catalogue.sections import Section
from netspec.catalogue.values import PositiveInt
from netspec.shapes import MisfitError


class Search(Section):
    """A search over the domains of params."""

    order: ClassVar = 25
    examples: ClassVar = (Example("search { trials = 20 }"),)

    trials: Annotated[PositiveInt, Field(description="number of runs")]
    keep: Annotated[PositiveInt, Field(description="number of runs that are kept")] = 3
    budget: Annotated[Schedule, Field(description="how the length of a run grows")] = Cosine()

    def check(self) -> None:
        if self.keep > self.trials:
            raise MisfitError(f"`keep = {self.keep}` of {self.trials} runs", argument="keep", help="`keep = 1`")
'''

CHECKS = '''
"""The section `search`: more than one value has to be there to be tried."""

from netspec.checker.context import Context, Pass
from netspec.problems.values import Conflict


def check(context: Context) -> None:
    if not context.program.domains:
        context.problems.add(Conflict(context.spans["search.trials"], "no param has a domain"))


PROGRAM_CHECKS = (Pass("search", check, needs=("search", "program")),)
'''

PLAIN = """\
param width = 16 in [16, 32]

data { source = mnist_sample(), validation = 10% }

model { flatten -> linear(width) -> relu -> linear(10) }

"""
SPEC = f"{PLAIN}search {{\n  trials = 20\n  budget = cosine(to=0.1)\n}}\n"

HASH = "import sys, netspec; print(netspec.check(sys.argv[1]).hash)"
DOMAINS = "import sys, netspec; p = netspec.check(sys.argv[1]); print(p.domains['width'].choices, list(p.sections))"


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A spec with a section that stands in a file beside it."""
    for package in ("catalogue.sections", "checker.sections"):
        (tmp_path / "more" / package).mkdir(parents=True)
    (tmp_path / "more" / "catalogue.sections" / "search.py").write_text(SECTION, encoding="utf-8")
    path = tmp_path / "searched.net"
    path.write_text(SPEC, encoding="utf-8")
    return path


def said(spec: Path, code: str, *arguments: str, exit_code: int = 0) -> str:
    """What the code writes, all of it, in a netspec that has the section."""
    return Extended(spec.parent).run(code, *arguments, exit_code=exit_code)


def complaints(spec: Path, old: str, new: str) -> str:
    """What `check` says of the spec with a change."""
    spec.write_text(SPEC.replace(old, new), encoding="utf-8")
    return said(spec, COMMAND, "check", spec.name, exit_code=1)


def test_without_its_file_there_is_no_such_section(spec: Path) -> None:
    (spec.parent / "more" / "catalogue.sections" / "search.py").unlink()
    found = said(spec, COMMAND, "check", spec.name, exit_code=1)
    assert "there is no section `search`" in found
    assert "sections: data, model, train, evaluate" in found


def test_it_is_checked_like_any_other(spec: Path) -> None:
    assert "good" in said(spec, COMMAND, "check", spec.name)
    assert "did you mean `search`?" in complaints(spec, "search {", "serach {")
    assert "did you mean `trials`?" in complaints(spec, "trials = 20", "trails = 20")
    assert "`search` needs its key `trials`" in complaints(spec, "  trials = 20\n", "")
    assert "`trials` takes a whole number above 0" in complaints(spec, "trials = 20", "trials = 0")
    assert "`to` takes" in complaints(spec, "to=0.1", "to=none")
    assert "did you mean `cosine`?" in complaints(spec, "cosine(to", "cosin(to")
    assert "`keep = 3` of 2 runs" in complaints(spec, "trials = 20", "trials = 2")


def test_a_module_beside_the_others_may_check_more(spec: Path) -> None:
    (spec.parent / "more" / "checker.sections" / "search.py").write_text(CHECKS, encoding="utf-8")
    assert "good" in said(spec, COMMAND, "check", spec.name)
    assert "no param has a domain" in complaints(spec, " in [16, 32]", "")


def test_its_place_is_the_one_that_it_says(spec: Path) -> None:
    assert said(spec, DOMAINS, spec.name) == "(16, 32) ['data', 'search', 'train', 'evaluate']\n"
    assert "sections: data, model, search, train, evaluate" in complaints(spec, SPEC, f"{PLAIN}colour = 3\n")


def test_plan_and_why_show_its_values_and_its_defaults(spec: Path) -> None:
    plan = json.loads(said(spec, COMMAND, "plan", spec.name, "--format", "json"))
    settings = {item["path"]: (item["value"], item["origin"]) for item in plan["settings"]}
    assert settings["search.trials"] == ("20", "line 8")
    assert settings["search.keep"] == ("3", "default")
    assert settings["search.budget.to"] == ("0.1", "line 9")
    assert "search.budget" in said(spec, COMMAND, "plan", spec.name)
    assert "its default" in said(spec, COMMAND, "why", spec.name, "search.keep")
    assert "trials = 20" in said(spec, COMMAND, "why", spec.name, "search.trials")
    assert "did you mean `search.trials`?" in said(spec, COMMAND, "why", spec.name, "search.trails", exit_code=1)


def test_a_spec_without_it_means_what_it_did(spec: Path) -> None:
    more = spec.parent / "more" / "catalogue.sections" / "search.py"
    plain = spec.with_name("plain.net")
    plain.write_text(PLAIN, encoding="utf-8")
    with_the_file, other = said(spec, HASH, "plain.net"), said(spec, HASH, spec.name)
    assert other != with_the_file
    more.write_text(SECTION.replace('number of runs")]\n', 'number of runs")] = 9\n'), encoding="utf-8")
    with_defaults = said(spec, HASH, "plain.net")
    more.unlink()
    assert said(spec, HASH, "plain.net") == with_the_file == with_defaults


def test_diff_tells_what_it_says(spec: Path) -> None:
    plain = spec.with_name("plain.net")
    plain.write_text(PLAIN, encoding="utf-8")
    spec.with_name("other.net").write_text(SPEC.replace("20", "30"), encoding="utf-8")
    assert "search.trials  20 (line 8) -> 30 (line 8)" in said(
        spec, COMMAND, "diff", spec.name, "other.net", exit_code=1
    )
    found = json.loads(said(spec, COMMAND, "diff", "plain.net", spec.name, "--format", "json", exit_code=1))
    assert {item["path"]: item["new"]["value"] for item in found["settings"]} == {
        "search.trials": "20",
        "search.keep": "3",
        "search.budget": "cosine(to=0.1)",
    }


def test_it_is_laid_out_and_converted_to_json_and_back(spec: Path) -> None:
    untidy = SPEC.replace(
        "search {\n  trials = 20\n  budget = cosine(to=0.1)", "search { trials=20, budget=(cosine( to=0.1 ))"
    )
    spec.write_text(untidy, encoding="utf-8")
    said(spec, COMMAND, "fmt", spec.name)
    laid_out = spec.read_text(encoding="utf-8")
    assert "search {\n  trials = 20\n  budget = cosine(to=0.1)\n}\n" in laid_out
    converted = said(spec, COMMAND, "convert", spec.name)
    assert json.loads(converted)["search"] == {"trials": 20, "budget": {"op": "cosine", "to": 0.1}}
    back = spec.with_name("back.net.json")
    back.write_text(converted, encoding="utf-8")
    assert "good" in said(spec, COMMAND, "check", back.name)
    assert said(spec, COMMAND, "convert", back.name) == laid_out
    assert said(spec, HASH, back.name) == said(spec, HASH, spec.name)


def test_editors_complete_it_from_the_schema(spec: Path) -> None:
    schema = json.loads(said(spec, SCHEMA))
    sections = [name for name in schema["properties"] if name in ("data", "model", "search", "train", "evaluate")]
    assert sections == ["data", "model", "search", "train", "evaluate"]
    assert "required" not in schema["$defs"]["section.search"], "what is extended may have it"
    assert schema["$defs"]["section.search"]["properties"]["keep"]["default"] == 3
    assert schema["else"]["required"] == ["data", "model"]
    assert schema["else"]["properties"]["search"]["required"] == ["trials"]


def test_ops_and_the_reference_have_it(spec: Path) -> None:
    assert "  search " in said(spec, COMMAND, "ops")
    (page,) = json.loads(said(spec, COMMAND, "ops", "search", "--format", "json"))
    assert (page["kind"], page["signature"]) == ("section", "search { … }")
    reference = said(spec, REFERENCE, "sections.md")
    assert "| `keep` | a whole number above 0 | `3` | number of runs that are kept |" in reference
    assert "```\nsearch {\n  trials = 20\n}\n```" in reference
