"""SARIF: what SARIF 2.1.0 asks of a log, and that its places and fixes are those of the diagnostics."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from netspec.diagnostics import Diagnostic, Edit, Fix, Label, Severity
from netspec.problems import all_problems
from netspec.render.sarif import diagnostics_as_sarif
from netspec.source import Source
from tests.render.sarif_schema import LOG
from tests.specs import check, completed

SCHEMA = Draft202012Validator(LOG, format_checker=FormatChecker())
REGION = {"startLine", "startColumn", "endLine", "endColumn"}


def essential(log: dict[str, Any]) -> None:
    """The requirements of SARIF 2.1.0 that a log of netspec could break."""
    SCHEMA.validate(log)
    assert json.loads(json.dumps(log)) == log
    assert set(log) == {"$schema", "version", "runs"} and log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert run["columnKind"] == "utf16CodeUnits"
    driver = run["tool"]["driver"]
    rules = driver["rules"]
    assert driver["name"] == "netspec" and driver["version"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["help"]["text"] and rule["shortDescription"]["text"] and rule["name"].isidentifier()
        assert rule["defaultConfiguration"]["level"] in {"error", "warning", "note", "none"}
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"error", "warning", "note", "none"}
        assert result["message"]["text"]
        for place in (*result["locations"], *result.get("relatedLocations", ())):
            essential_place(place["physicalLocation"]["artifactLocation"], place["physicalLocation"]["region"])
            assert place.get("message", {"text": "there"})["text"]
        assert [place["id"] for place in result.get("relatedLocations", ())] == list(
            range(1, 1 + len(result.get("relatedLocations", ())))
        )
        for change in (change for fix in result.get("fixes", ()) for change in fix["artifactChanges"]):
            assert change["replacements"]
            for replacement in change["replacements"]:
                essential_place(change["artifactLocation"], replacement["deletedRegion"])


def essential_place(artifact: dict[str, Any], region: dict[str, int]) -> None:
    assert artifact["uri"].isascii() and not set(artifact["uri"]) & set(' <>"{}|\\^`')
    assert set(region) == REGION and min(region.values()) >= 1
    assert (region["startLine"], region["startColumn"]) <= (region["endLine"], region["endColumn"])


def repaired(text: str, log: dict[str, Any]) -> str:
    """The text after all fixes of the log, made as a tool that knows only SARIF makes them."""
    lines = text.splitlines(keepends=True)
    starts = [len("".join(lines[:row]).encode("utf-16-le")) for row in range(len(lines) + 1)]
    encoded = text.encode("utf-16-le")
    edits: list[tuple[int, int, bytes]] = []
    for result in log["runs"][0]["results"]:
        for replacement in (
            r for f in result.get("fixes", ()) for c in f["artifactChanges"] for r in c["replacements"]
        ):
            region = replacement["deletedRegion"]
            start = starts[region["startLine"] - 1] + 2 * (region["startColumn"] - 1)
            end = starts[region["endLine"] - 1] + 2 * (region["endColumn"] - 1)
            edits.append((start, end, replacement["insertedContent"]["text"].encode("utf-16-le")))
    for start, end, inserted in sorted(edits, reverse=True):
        encoded = encoded[:start] + inserted + encoded[end:]
    return encoded.decode("utf-16-le")


@pytest.mark.parametrize("code", [code for code, problem in all_problems().items() if problem.example])
def test_every_problem_with_an_example(code: str) -> None:
    problem = all_problems()[code]
    assert problem.example is not None
    diagnostics = check(completed(problem.example.wrong)).diagnostics
    log = diagnostics_as_sarif(diagnostics)
    essential(log)
    assert len(log["runs"][0]["results"]) == len(diagnostics)


def test_nothing_is_a_run_without_results() -> None:
    log = diagnostics_as_sarif([])
    essential(log)
    assert log["runs"][0]["results"] == []


def test_columns_are_those_of_utf_16_so_that_fixes_hit() -> None:
    text = 'data { source = csv("🐈猫.csv", target="x") or Csv("a.csv", target="x") }\nmodel { linear(10) }\n'
    log = diagnostics_as_sarif(check(text).diagnostics)
    assert repaired(text, log) == text.replace("Csv", "csv")

    source = Source("cat.net", "🐈🐈 cat\n")
    diagnostic = Diagnostic(
        "NS201", "no", source.span(3, 6), fix=Fix("`dog`", (Edit(source.span(3, 6), "dog"),)), mark="a cat"
    )
    log = diagnostics_as_sarif([diagnostic])
    (location,) = log["runs"][0]["results"][0]["locations"]
    assert location["physicalLocation"]["region"]["startColumn"] == 6
    assert location["message"] == {"text": "a cat"}
    assert repaired(source.text, log) == "🐈🐈 dog\n"


def test_a_message_begins_with_itself_and_goes_on_with_the_reasons() -> None:
    diagnostic = Diagnostic("NS301", "no", None, notes=("why",), help="what", severity=Severity.WARNING)
    (result,) = diagnostics_as_sarif([diagnostic])["runs"][0]["results"]
    assert result["message"]["text"] == "no\nnote: why\nhelp: what"
    assert (result["level"], result["locations"]) == ("warning", [])


def test_files_are_relative_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = {
        "specs/a b%é.net": "specs/a%20b%25%C3%A9.net",
        str(tmp_path / "here.net"): "here.net",
        "c:d.net": "c%3Ad.net",
        "../up.net": "../up.net",
    }
    for name, uri in names.items():
        source = Source(name, "text")
        diagnostic = Diagnostic("NS201", "no", source.span(0, 4), labels=(Label(source.span(0, 1), "t"),))
        log = diagnostics_as_sarif([diagnostic])
        essential(log)
        (result,) = log["runs"][0]["results"]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": uri}
    elsewhere = Source(str(tmp_path.parent / "x.net"), "text")
    log = diagnostics_as_sarif([Diagnostic("NS201", "no", elsewhere.whole())])
    (location,) = log["runs"][0]["results"][0]["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"].startswith("file:///")


UNPLACED = ("NS001", "NS002", "NS003", "NS005")


@pytest.mark.parametrize("code", UNPLACED)
def test_a_problem_without_a_place_has_the_start_of_its_spec(code: str) -> None:
    log = diagnostics_as_sarif([Diagnostic(code, "no", None)], ["a b.net"])
    essential(log)
    ((location,),) = (result["locations"] for result in log["runs"][0]["results"])
    assert location["physicalLocation"]["artifactLocation"] == {"uri": "a%20b.net"}


def test_each_diagnostic_has_the_place_of_its_own_spec() -> None:
    source = Source("b.net", "text")
    diagnostics = [
        Diagnostic("NS001", "no", None),
        Diagnostic("NS201", "no", source.whole()),
        Diagnostic("NS003", "no", None),
    ]
    log = diagnostics_as_sarif(diagnostics, ["a.net", "b.net", "c.net"])
    essential(log)
    places = [result["locations"][0]["physicalLocation"] for result in log["runs"][0]["results"]]
    assert [place["artifactLocation"]["uri"] for place in places] == ["a.net", "b.net", "c.net"]


def test_no_address_of_the_project_is_claimed() -> None:
    """`informationUri` and `helpUri` have to be absolute and true."""
    log = diagnostics_as_sarif(check(completed("model { linaer(3) }")).diagnostics)
    driver = log["runs"][0]["tool"]["driver"]
    assert "informationUri" not in driver and all("helpUri" not in rule for rule in driver["rules"])


@pytest.mark.parametrize(
    "spoiled",
    [
        lambda log: log["runs"][0]["tool"]["driver"].pop("name"),
        lambda log: log["runs"][0]["tool"]["driver"].update(uri="x"),
        lambda log: log["runs"][0]["results"][0].pop("message"),
        lambda log: log["runs"][0]["results"][0].update(level="fatal"),
        lambda log: log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"].update(startLine=0),
        lambda log: log["runs"][0]["tool"]["driver"]["rules"][0]["help"].pop("text"),
        lambda log: log.update(version="2.0.0"),
    ],
)
def test_the_rules_find_what_breaks_them(spoiled: Callable[[dict[str, Any]], object]) -> None:
    log = diagnostics_as_sarif(check(completed("model { linaer(3) }")).diagnostics)
    spoiled(log)
    with pytest.raises(ValidationError):
        SCHEMA.validate(log)
