"""`netspec graph`: the three forms, to standard output or into a file."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.cli.conftest import Netspec
from tests.cli.test_verbs import SPEC, WHOLE


@pytest.mark.parametrize("spec", WHOLE)
def test_every_spec_can_be_drawn(netspec: Netspec, spec: str) -> None:
    drawn = netspec("graph", spec)
    assert (drawn.exit_code, drawn.err) == (0, "")
    assert drawn.out.startswith("○") and "◎" in drawn.out.splitlines()[-1]
    ElementTree.fromstring(netspec("graph", spec, "--format", "svg").out)
    assert netspec("graph", spec, "--format", "mermaid").out.startswith("flowchart TD\n")


def test_a_drawing_names_layers_operations_shapes_and_parameters(netspec: Netspec) -> None:
    lines = [" ".join(line.split()) for line in netspec("graph", SPEC).out.splitlines()]
    assert lines[:3] == ["○ input [1, 28, 28]", "● 0 flatten [784]", "● fc1 linear(256) [256] 200 960"]


@pytest.mark.parametrize(("name", "start"), [("a.svg", "<svg"), ("a.mmd", "flowchart"), ("a.txt", "○")])
def test_the_name_of_the_file_says_the_form(netspec: Netspec, folder: Path, name: str, start: str) -> None:
    assert netspec("graph", SPEC, "-o", name) == (0, "", "")
    assert (folder / name).read_text().startswith(start)
    assert netspec("graph", SPEC, "-o", name).exit_code == 5
    assert netspec("graph", SPEC, "-o", name, "--force", "--format", "svg").exit_code == 0
    assert (folder / name).read_text().startswith("<svg")


def test_the_title_of_a_drawing_is_the_spec(netspec: Netspec) -> None:
    page = ElementTree.fromstring(netspec("graph", SPEC, "--format", "svg").out)
    assert page.findtext("{http://www.w3.org/2000/svg}title") == "mnist_fc: 235 914 parameters"
