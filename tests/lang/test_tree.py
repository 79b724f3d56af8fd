"""Traversal of trees: what holds for every spec, and for a kind of statement that the language doesn't have."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netspec.immutable import immutable
from netspec.lang import tree
from netspec.lang.canonical import canonical
from netspec.lang.comments import settled
from netspec.lang.shape_notes import with_shapes
from netspec.lang.text.expressions import expression
from netspec.lang.text.parser import parse
from netspec.problems import Problems
from netspec.source import Source
from tests.specs import FILES

EVERY_KIND = """\
netspec 1
extends "base.net"
from "blocks.net" import pool
param width = min(256, 512) in [128, 256]
block residual_block(channels, stride=2 ** 1) {
  conv(channels, 3, padding=same) -> relu
  if stride != 1 and channels > 8 { pool } else if not (stride == 2) { tanh } else { "a{i}": relu : [8, 4] }
}
model(left, right) {
  repeat 3 { linear(width) } -> head: { relu -> residual { -left } }
  first, second = chunk(left, 2, dim=1) -> x: relu : [3, 10%]
  for i in 1..6 { linear(i if i > 2 else 3 epochs) -> [1, none, "text"] }
}
assert parameters == 16_022
"""


def read(text: str) -> tree.Tree:
    problems = Problems()
    spec = parse(Source("spec.net", text), problems)
    assert not list(problems)
    return spec


SPECS = [pytest.param(path.read_text(encoding="utf-8"), id=path.stem) for path in FILES]
SPECS.append(pytest.param(EVERY_KIND, id="every kind of node"))


def test_one_of_them_has_every_kind_of_node() -> None:
    found = {type(node) for node in tree.walk(read(EVERY_KIND).body)}
    kinds = {kind for kind in vars(tree).values() if isinstance(kind, type) and issubclass(kind, tree.Node)}
    assert kinds - found == {tree.Node}


@pytest.mark.parametrize("text", SPECS)
def test_a_node_rebuilt_from_the_same_children_is_the_same_object(text: str) -> None:
    for node in tree.walk(read(text).body):
        assert tree.rebuild(node, lambda child: child) is node


@pytest.mark.parametrize("text", SPECS)
def test_a_tree_rebuilt_from_copies_is_equal_and_shares_no_node(text: str) -> None:
    def copy(node: tree.Node) -> tree.Node:
        return tree.rebuild(replace(node), copy)

    spec = read(text)
    body = copy(spec.body)
    before, after = list(tree.walk(spec.body)), list(tree.walk(body))
    assert body == spec.body
    assert [node.key for node in after] == [node.key for node in before]
    assert [node.depth for node in after] == [node.depth for node in before]
    assert not {id(node) for node in before} & {id(node) for node in after}


def test_only_what_is_around_a_changed_node_is_rebuilt() -> None:
    spec = read("model { linear(1) -> relu\n linear(2) }")

    def double(node: tree.Node) -> tree.Node:
        return replace(node, text="20") if isinstance(node, tree.Number) and node.text == "2" else rebuilt(node)

    def rebuilt(node: tree.Node) -> tree.Node:
        return tree.rebuild(node, double)

    (model,), (before,) = tree.bodies_of(rebuilt(spec.body)), tree.bodies_of(spec.body)
    assert model.statements[0] is before.statements[0]
    assert isinstance(model.statements[1], tree.Line) and expression(model.statements[1].pipe) == "linear(20)"
    assert model.statements[1].span == before.statements[1].span


@pytest.mark.parametrize("text", SPECS)
def test_every_body_is_directly_below_one_node(text: str) -> None:
    """From statement to bodies to statements, each body of a spec is met once, in the order of the text."""

    def below(body: tree.Body) -> list[tree.Body]:
        inner = [inner for statement in body.statements for inner in tree.bodies_of(statement)]
        return [body, *(found for each in inner for found in below(each))]

    body = read(text).body
    assert list(map(id, below(body))) == [id(node) for node in tree.walk(body) if isinstance(node, tree.Body)]


@pytest.mark.parametrize(
    ("statement", "bodies"),
    [
        ("a: { x } -> relu -> repeat 2 { y { z } }", ["{ x }", "{ y { z } }"]),
        ("a = { x } -> relu -> { y }", ["{ x }", "{ y }"]),
        ("a = relu", []),
        ("block b(c=1) { x }", ["{ x }"]),
        ("for i in 1..3 { x }", ["{ x }"]),
        ("if a { x } else if b { y } else { z }", ["{ x }", "{ y }", "{ z }"]),
        ("if a { x } else if b { y }", ["{ x }", "{ y }"]),
        ("param a = [1, 2]", []),
    ],
)
def test_the_bodies_of_a_statement(statement: str, bodies: list[str]) -> None:
    (node,) = read(statement).statements
    assert [body.span.text for body in tree.bodies_of(node)] == bodies


# ---- a new kind of statement ----


@immutable
class While(tree.Node):
    """`while condition { … } finally { … }`."""

    condition: tree.Expression
    body: tree.Body
    final: tree.Body


def with_while(spec: tree.Tree) -> tree.Tree:
    """The spec with a `While` in place of each loop, its body twice."""

    def change(node: tree.Node) -> tree.Node:
        if isinstance(node, tree.Loop):
            return While(node.span, node.items, node.body, node.body)
        return tree.rebuild(node, change)

    return replace(spec, body=tree.rebuild(spec.body, change))


LOOP = "model {\n  for i in 1..3 {\n    # said\n    linear(out_features=3) -> relu()\n  }\n}\n"


def test_a_new_kind_of_statement_is_walked() -> None:
    spec = with_while(read(LOOP))
    (model,) = tree.bodies_of(spec.body)
    (statement,) = model.statements
    assert isinstance(statement, While)
    assert list(tree.bodies_of(statement)) == [statement.body, statement.final]
    assert sum(isinstance(node, tree.Call) for node in tree.walk(statement)) == 4


def test_calls_in_a_new_kind_of_statement_get_their_usual_spelling() -> None:
    spec = canonical(with_while(read(LOOP)))
    lines = [node for node in tree.walk(spec.body) if isinstance(node, tree.Line)]
    assert [expression(line.pipe) for line in lines[1:]] == ["linear(3) -> relu"] * 2


def test_lines_in_a_new_kind_of_statement_get_shapes_and_keep_comments() -> None:
    spec = with_while(read(LOOP))
    (line,) = {node.span for node in tree.walk(spec.body) if isinstance(node, tree.Line) and not node.section}
    noted = with_shapes(spec, {line: (8, 4)})
    notes = [node.note for node in tree.walk(noted.body) if isinstance(node, tree.Line) and not node.section]
    assert [note and expression(note) for note in notes] == ["[8, 4]"] * 2
    assert settled(spec.body, spec.comments)[line].before == ("# said",)
