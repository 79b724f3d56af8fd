"""Workflow commands of GitHub Actions: one line each, from which nothing can break out."""

from __future__ import annotations

import re
from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from netspec.diagnostics import Diagnostic, Severity
from netspec.render.github import diagnostics_as_commands
from netspec.source import Source

COMMAND = re.compile(r"::(?P<name>error|warning) (?P<properties>[^:]*)::(?P<message>.*)\n", re.DOTALL)


def test_a_command_has_the_place_the_code_and_the_reasons() -> None:
    source = Source("a,b:c%.net", "one\ntwo three\n")
    diagnostic = Diagnostic("NS301", "100% no, really: no", source.span(8, 13), help="yes")
    assert diagnostics_as_commands([diagnostic]) == (
        "::error file=a%2Cb%3Ac%25.net,line=2,endLine=2,col=5,endColumn=10,title=NS301::"
        "100%25 no, really: no%0Ahelp: yes\n"
    )


def test_a_place_of_several_lines_has_no_columns() -> None:
    source = Source("a.net", "one\ntwo\n")
    diagnostic = Diagnostic("NS301", "no", source.span(1, 6), severity=Severity.WARNING)
    assert diagnostics_as_commands([diagnostic]) == "::warning file=a.net,line=1,endLine=2,title=NS301::no\n"


def test_without_a_place_there_is_only_the_title() -> None:
    assert diagnostics_as_commands([Diagnostic("NS001", "no", None)]) == "::error title=NS001::no\n"


@given(st.text(), st.text())
def test_what_is_said_arrives_as_it_was(name: str, message: str) -> None:
    command = diagnostics_as_commands([Diagnostic("NS1", message, Source(name, "").whole())])
    found = COMMAND.fullmatch(command)
    assert found and command.count("\n") == 1 and "\r" not in command
    properties = dict(item.split("=", 1) for item in found["properties"].split(","))
    decoded = re.sub("%(25|0D|0A|3A|2C)", lambda match: unquote(match[0]), properties["file"])
    assert decoded == name
    assert re.sub("%(25|0D|0A)", lambda match: unquote(match[0]), found["message"]) == message
