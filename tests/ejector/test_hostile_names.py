"""Names and texts of a spec are strings in its script, or nothing: none becomes code, whatever is in it."""

from __future__ import annotations

import ast
import csv
import io
import keyword
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from netspec.builder.network import build_graph
from netspec.catalogue.layers.linear import Linear
from netspec.catalogue.python import literal
from netspec.ejector import script_of
from netspec.ejector.assembly import assembled
from netspec.ejector.network import network_text
from netspec.ejector.pieces import Pieces
from netspec.program.graph import Graph, Input, Node, Output
from netspec.program.program import Program
from netspec.shapes import Shape
from netspec.source import Source, Span
from tests.ejector.scripts import namespace, refused
from tests.specs import check

HOSTILE = (
    '"""', "'''", "'", '"', "\\", "\\'", '\\"', "'+exec('1')+'", '"); import os; os.system("true") #', "#!/bin/sh",
    "# -*- coding: utf-7 -*-", "{0}", "{__import__('os')}", "%s", "{", "}}", "\u2028", "\u2029", "\x85", "\x0c",
    "\x1b[2J", "\u202e", "\ufeff", "a\u0301", "ﬁ", "class", "import", "self", "torch", "nn", "np", "print",
    "__import__", "__name__", "None", "SEED", "main", "x" * 5000, "naïve", "数字",
)  # fmt: skip
"""Texts that would be code, or end a string or a comment, if they weren't written as strings."""
TEXTS = st.sampled_from(HOSTILE) | st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), max_size=30)


def skeleton(text: str) -> str:
    """The structure of a script, without its strings and numbers."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            node.value, node.kind = None, None
    return ast.dump(tree)


def strings(text: str) -> list[str]:
    """The strings in a script."""
    values = (node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant))
    return [value for value in values if isinstance(value, str)]


@given(TEXTS)
def test_a_text_is_written_as_one_string(text: str) -> None:
    written = literal(text)
    assert ast.literal_eval(written) == text
    assert len(written.splitlines()) == 1
    assert written.isprintable()


# ---- tables ----


def table(folder: Path, columns: tuple[str, str], classes: tuple[str, str], category: str, target: str) -> Path:
    """A table of a number and a text with a target of two classes, whose names are given."""
    rows = [[*columns, target]]
    for number in range(12):
        rows.append([str(number), category if number % 3 else "usual", classes[number % 2]])
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "table.csv"
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def quoted(text: str) -> str:
    """A string in a spec."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def program_of(
    folder: Path, columns: tuple[str, str], classes: tuple[str, str], category: str, target: str
) -> Program | None:
    """The program for such a table; None if it isn't one that a spec can have."""
    path = table(folder, columns, classes, category, target)
    source = f"csv({quoted(path.name)}, target=class({quoted(target)}), categories=[{quoted(columns[1])}])"
    spec = f"# {target}\ndata {{ source = {source}\n transform = standardize }}\nmodel {{ linear(2) }}\n"
    checked = check(spec, folder=folder)
    bad = any(diagnostic.is_error for diagnostic in checked.diagnostics)
    return None if bad else checked.require()


PLAIN = (("a", "b"), ("no", "yes"), "rare", "target")


@given(st.tuples(TEXTS, TEXTS), st.tuples(TEXTS, TEXTS), TEXTS, TEXTS)
@settings(max_examples=80)
def test_names_of_a_table_are_strings_and_change_no_code(
    tmp_path_factory: pytest.TempPathFactory,
    columns: tuple[str, str],
    classes: tuple[str, str],
    category: str,
    target: str,
) -> None:
    folder = tmp_path_factory.mktemp("table")
    plain = program_of(folder / "plain", *PLAIN)
    program = program_of(folder / "hostile", columns, classes, category, target)
    assert plain is not None
    if program is None or str(program.type) != str(plain.type) or refused(program):
        return
    text = script_of(program)
    assert skeleton(text) == skeleton(script_of(plain))
    found = strings(text)
    for name in (*(name.strip() for name in (*columns, target)), *program.type.target.labels):
        assert name in found


@pytest.mark.parametrize("hostile", HOSTILE, ids=ascii)
def test_a_script_with_hostile_names_reads_its_table(hostile: str, tmp_path: Path) -> None:
    names = (("number", f"text {hostile}"), (f"no {hostile}", f"yes {hostile}"), f"rare {hostile}", f"target {hostile}")
    program = program_of(tmp_path, *names)
    if program is None:
        pytest.skip("no spec has it")
    ((inputs, targets),) = namespace(script_of(program))["load_data"]()
    loaded = program.assumed.load(program.folders)
    assert torch.equal(inputs, torch.from_numpy(loaded.train.inputs[0]))
    assert torch.equal(targets, torch.from_numpy(loaded.train.targets))


@pytest.mark.parametrize("hostile", [text for text in HOSTILE if len(text) < 100], ids=ascii)
def test_a_path_is_a_string(hostile: str, tmp_path: Path) -> None:
    folder = tmp_path / f"folder {hostile}".replace("/", "-").replace("\0", "")
    try:
        program, plain = program_of(folder, *PLAIN), program_of(tmp_path / "plain", *PLAIN)
    except (OSError, UnicodeError):
        pytest.skip("no file has it")
    assert program is not None and plain is not None
    text = script_of(program)
    assert str(folder / "table.csv") in strings(text)
    assert skeleton(text) == skeleton(script_of(plain))


# ---- labels ----

LABELS = (
    *HOSTILE, *keyword.kwlist, *dir(nn.Module), "x", "x2", "relu", "linear", "linear1", "__init__", "0", "-1", "a.b",
)  # fmt: skip


def chain(paths: list[str], output: str) -> Graph:
    """Linear layers with these paths, one after the other."""
    layer, span, shape = Linear(out_features=3), Span(Source("x", "x"), 0, 1), Shape((3,))
    nodes = tuple(
        Node(path, layer, (index,), (index + 1,), (shape,), (shape,), span) for index, path in enumerate(paths)
    )
    outputs = (Output(output, len(paths)), Output("first", 1)) if len(paths) > 1 else (Output(output, 1),)
    return Graph((Input("input", shape),), nodes, outputs)


PATHS = st.lists(TEXTS | st.sampled_from(LABELS), min_size=1, max_size=3).map(".".join)


@given(st.lists(PATHS, min_size=1, unique=True), TEXTS)
@settings(max_examples=150)
def test_labels_become_names_that_are_in_no_ones_way(paths: list[str], output: str) -> None:
    graph, pieces = chain(paths, output), Pieces()
    text = network_text(graph, pieces)
    assert all(
        name.isidentifier() and name.isascii() and not keyword.iskeyword(name) for name in text.attributes.values()
    )
    assert len(set(text.attributes.values())) == len(set(paths))
    network = namespace(assembled(['"""A network."""'], [], [text.lines, []], pieces.copies))["Net"]
    torch.manual_seed(0)
    mine, reference, x = network(), build_graph(_plainly(graph), 0), torch.randn(4, 3)
    assert [name for name in dir(nn.Module) if name not in dir(mine)] == []
    results, expected = mine(x), reference(x)
    if len(graph.outputs) == 1:
        assert torch.equal(results, expected)
    else:
        assert torch.equal(results["first"], expected["first"])


def _plainly(graph: Graph) -> Graph:
    """The same network with plain paths."""
    nodes = tuple(replace(node, path=f"layer{index}") for index, node in enumerate(graph.nodes))
    return replace(graph, nodes=nodes)


@pytest.mark.parametrize(
    "label", ["forward", "training", "state_dict", "type", "net", "nn", "torch", "x", "float", "self"]
)
def test_a_label_that_torch_has_for_itself_is_a_label(label: str) -> None:
    checked = check(f"data {{ source = digits() }}\nmodel {{ flatten -> {label}: linear(10) }}")
    if any(diagnostic.is_error for diagnostic in checked.diagnostics):
        pytest.skip("no spec has it")
    net = namespace(script_of(checked.require()))["Net"]()
    assert net(torch.zeros(2, 1, 8, 8)).shape == (2, 10)
