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


class Survey(Section):
    """A survey of the domains of params."""

    order: ClassVar = 25
    examples: ClassVar = (Example("survey { trials = 20 }"),)

    trials: Annotated[PositiveInt, Field(description="number of runs")]
    keep: Annotated[PositiveInt, Field(description="number of runs that are kept")] = 3
    budget: Annotated[Schedule, Field(description="how the length of a run grows")] = Cosine()

    def check(self) -> None:
        if self.keep > self.trials:
            raise MisfitError(f"`keep = {self.keep}` of {self.trials} runs", argument="keep", help="`keep = 1`")
'''

CHECKS = '''
"""The section `survey`: more than one value has to be there to be tried."""

from netspec.checker.context import Context, Pass
from netspec.problems.values import Conflict


def check(context: Context) -> None:
    if not context.program.domains:
        context.problems.add(Conflict(context.spans["survey.trials"], "no param has a domain"))


PROGRAM_CHECKS = (Pass("survey", check, needs=("survey", "program")),)
'''

PLAIN = """\
param width = 16 in [16, 32]

data { source = mnist_sample(), validation = 10% }

model { flatten -> linear(width) -> relu -> linear(10) }

"""
SPEC = f"{PLAIN}survey {{\n  trials = 20\n  budget = cosine(to=0.1)\n}}\n"

HASH = "import sys, netspec; print(netspec.check(sys.argv[1]).hash)"
DOMAINS = "import sys, netspec; p = netspec.check(sys.argv[1]); print(p.domains['width'].choices, list(p.sections))"


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A spec with a section that stands in a file beside it."""
    for package in ("catalogue.sections", "checker.sections"):
        (tmp_path / "more" / package).mkdir(parents=True)
    (tmp_path / "more" / "catalogue.sections" / "survey.py").write_text(SECTION, encoding="utf-8")
    path = tmp_path / "surveyed.net"
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
    (spec.parent / "more" / "catalogue.sections" / "survey.py").unlink()
    found = said(spec, COMMAND, "check", spec.name, exit_code=1)
    assert "there is no section `survey`" in found
    assert "sections: data, model, train, evaluate, search" in found


def test_it_is_checked_like_any_other(spec: Path) -> None:
    assert "good" in said(spec, COMMAND, "check", spec.name)
    assert "did you mean `survey`?" in complaints(spec, "survey {", "suvrey {")
    assert "did you mean `trials`?" in complaints(spec, "trials = 20", "trails = 20")
    assert "`survey` needs its key `trials`" in complaints(spec, "  trials = 20\n", "")
    assert "`trials` takes a whole number above 0" in complaints(spec, "trials = 20", "trials = 0")
    assert "`to` takes" in complaints(spec, "to=0.1", "to=none")
    assert "did you mean `cosine`?" in complaints(spec, "cosine(to", "cosin(to")
    assert "`keep = 3` of 2 runs" in complaints(spec, "trials = 20", "trials = 2")


def test_a_module_beside_the_others_may_check_more(spec: Path) -> None:
    (spec.parent / "more" / "checker.sections" / "survey.py").write_text(CHECKS, encoding="utf-8")
    assert "good" in said(spec, COMMAND, "check", spec.name)
    assert "no param has a domain" in complaints(spec, " in [16, 32]", "")


def test_its_place_is_the_one_that_it_says(spec: Path) -> None:
    assert said(spec, DOMAINS, spec.name) == "(16, 32) ['data', 'survey', 'train', 'evaluate']\n"
    assert "sections: data, model, survey, train, evaluate, search" in complaints(spec, SPEC, f"{PLAIN}colour = 3\n")


def test_plan_and_why_show_its_values_and_its_defaults(spec: Path) -> None:
    plan = json.loads(said(spec, COMMAND, "plan", spec.name, "--format", "json"))
    settings = {item["path"]: (item["value"], item["origin"]) for item in plan["settings"]}
    assert settings["survey.trials"] == ("20", "line 8")
    assert settings["survey.keep"] == ("3", "default")
    assert settings["survey.budget.to"] == ("0.1", "line 9")
    assert "survey.budget" in said(spec, COMMAND, "plan", spec.name)
    assert "its default" in said(spec, COMMAND, "why", spec.name, "survey.keep")
    assert "trials = 20" in said(spec, COMMAND, "why", spec.name, "survey.trials")
    assert "did you mean `survey.trials`?" in said(spec, COMMAND, "why", spec.name, "survey.trails", exit_code=1)


def test_a_spec_without_it_means_what_it_did(spec: Path) -> None:
    more = spec.parent / "more" / "catalogue.sections" / "survey.py"
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
    assert "survey.trials  20 (line 8) -> 30 (line 8)" in said(
        spec, COMMAND, "diff", spec.name, "other.net", exit_code=1
    )
    found = json.loads(said(spec, COMMAND, "diff", "plain.net", spec.name, "--format", "json", exit_code=1))
    assert {item["path"]: item["new"]["value"] for item in found["settings"]} == {
        "survey.trials": "20",
        "survey.keep": "3",
        "survey.budget": "cosine(to=0.1)",
    }


def test_it_is_laid_out_and_converted_to_json_and_back(spec: Path) -> None:
    untidy = SPEC.replace(
        "survey {\n  trials = 20\n  budget = cosine(to=0.1)", "survey { trials=20, budget=(cosine( to=0.1 ))"
    )
    spec.write_text(untidy, encoding="utf-8")
    said(spec, COMMAND, "fmt", spec.name)
    laid_out = spec.read_text(encoding="utf-8")
    assert "survey {\n  trials = 20\n  budget = cosine(to=0.1)\n}\n" in laid_out
    converted = said(spec, COMMAND, "convert", spec.name)
    assert json.loads(converted)["survey"] == {"trials": 20, "budget": {"op": "cosine", "to": 0.1}}
    back = spec.with_name("back.net.json")
    back.write_text(converted, encoding="utf-8")
    assert "good" in said(spec, COMMAND, "check", back.name)
    assert said(spec, COMMAND, "convert", back.name) == laid_out
    assert said(spec, HASH, back.name) == said(spec, HASH, spec.name)


def test_editors_complete_it_from_the_schema(spec: Path) -> None:
    schema = json.loads(said(spec, SCHEMA))
    sections = [name for name in schema["properties"] if name in ("data", "model", "survey", "train", "evaluate")]
    assert sections == ["data", "model", "survey", "train", "evaluate"]
    assert "required" not in schema["$defs"]["section.survey"], "what is extended may have it"
    assert schema["$defs"]["section.survey"]["properties"]["keep"]["default"] == 3
    assert schema["else"]["required"] == ["data", "model"]
    assert schema["else"]["properties"]["survey"]["required"] == ["trials"]


def test_ops_and_the_reference_have_it(spec: Path) -> None:
    assert "  survey " in said(spec, COMMAND, "ops")
    (page,) = json.loads(said(spec, COMMAND, "ops", "survey", "--format", "json"))
    assert (page["kind"], page["signature"]) == ("section", "survey { … }")
    reference = said(spec, REFERENCE, "sections.md")
    assert "| `keep` | a whole number above 0 | `3` | number of runs that are kept |" in reference
    assert "```\nsurvey {\n  trials = 20\n}\n```" in reference
