"""What the analysis says of places in the text: of every token of the shipped specs, and the same as their programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from netspec.catalogue.entry import Entry
from netspec.catalogue.layers import Layer
from netspec.checker import Analysis, Files, Found
from netspec.checker.names.index import Unknown
from netspec.lang import tree
from netspec.program.program import Program, nested
from netspec.source import Source
from tests.specs import FILES, ROOT

TEMPLATES = sorted((ROOT / "netspec" / "templates").glob("*.net"))
TEXTS = [*FILES, *TEMPLATES]
ANALYSES = {path: Analysis(path) for path in TEXTS}


def shipped(path: Path) -> Analysis:
    return ANALYSES[path]


each_spec = pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)


def at(analysis: Analysis, offset: int) -> Found:
    found = analysis.at(offset)
    assert found is not None
    return found


def on(text: str, mark: str, more: int = 0, **options: Any) -> Found:
    """What is found in a text at the beginning of a part of it, or a few characters behind it."""
    return at(Analysis(Source("spec.net", text, Path("spec.net")), **options), text.index(mark) + more)


# ---- all shipped specs ----


@each_spec
def test_every_token_is_something(path: Path) -> None:
    analysis = shipped(path)
    covered = 0
    for token in analysis.tokens:
        for offset in (token.span.start, token.span.end - 1):
            found = at(analysis, offset)
            assert found.span == token.span
            assert found.kind not in ("stray",)
        covered += token.span.end - token.span.start
    assert covered == sum(not character.isspace() for character in analysis.source.text) + blanks_within(analysis)


def blanks_within(analysis: Analysis) -> int:
    """The blanks in comments and strings, which are parts of tokens."""
    return sum(character.isspace() for token in analysis.tokens for character in token.span.text)


@each_spec
def test_settings_have_the_values_of_the_program(path: Path) -> None:
    analysis = shipped(path)
    if analysis.program is None:
        return
    values = dict(settings(analysis.program))
    seen = 0
    for token in analysis.tokens:
        found = at(analysis, token.span.start)
        if found.path is not None and found.kind in ("key", "argument"):
            # the program has the statistics of the weights in the place of `normalize(pretrained)`
            statistics = found.path == "data.transform" and "pretrained" in str(found.value)
            assert statistics or found.value == values[found.path], found
            assert found.field is not None and found.field.name == found.path.rpartition(".")[2]
            seen += 1
    assert seen


def settings(program: Program) -> Iterator[tuple[str, Any]]:
    """Every setting with its value, those of the entries within values too."""
    waiting: list[tuple[str, Entry]] = list(program.sections.items())
    while waiting:
        path, entry = waiting.pop()
        for name in type(entry).model_fields:
            yield f"{path}.{name}", getattr(entry, name)
            waiting += nested(f"{path}.{name}", getattr(entry, name))


@each_spec
def test_layers_have_the_values_and_the_shapes_of_the_graph(path: Path) -> None:
    analysis = shipped(path)
    if analysis.program is None:
        return
    seen = set[object]()
    for call in calls(analysis.tree):
        name = call if isinstance(call, tree.Name) else call.function
        nodes = [node for node in analysis.program.graph.nodes if node.span == call.span]
        found = at(analysis, name.span.start)
        if not nodes or found.kind != "entry":
            continue
        seen.add(call.span)
        assert found.entry is type(nodes[0].layer)
        assert found.value == only([node.layer for node in nodes])
        if len(nodes[0].shapes) == 1:
            shape = only([node.shape for node in nodes])
            assert found.shape == (None if shape is Unknown.VARIES else shape)
        for argument in call.arguments if isinstance(call, tree.Call) else ():
            for place in (argument.name, argument.value):
                said = at(analysis, place.span.start) if place is not None else None
                if said is not None and said.field is not None and said.kind != "entry":
                    expected = only([getattr(node.layer, said.field.name) for node in nodes])
                    assert expected == said.value or not is_whole(place), (said, expected)
    written = {call.span for call in calls(analysis.tree)}
    assert seen == written & {node.span for node in analysis.program.graph.nodes}


def calls(spec: tree.Tree) -> Iterator[tree.Call | tree.Name]:
    yield from (node for node in tree.walk(spec.body) if isinstance(node, tree.Call | tree.Name))


def only(values: Sequence[Any]) -> Any:
    """The one value, or that it varies."""
    return values[0] if all(value == values[0] for value in values) else Unknown.VARIES


def is_whole(node: tree.Node | None) -> bool:
    """Whether what stands at the beginning of a node is the whole of it."""
    return isinstance(node, tree.Number | tree.Text | tree.Constant) or (
        isinstance(node, tree.Name) and "." not in node.id
    )


@each_spec
def test_lines_have_the_shapes_of_the_program(path: Path) -> None:
    analysis = shipped(path)
    if analysis.program is not None:
        assert analysis.network is not None
        known = {span: shape for span, shape in analysis.network.shapes.items() if shape is not None}
        assert known == analysis.program.lines


@each_spec
def test_every_name_leads_to_where_it_is_declared(path: Path) -> None:
    analysis = shipped(path)
    for node, scopes in uses(analysis.tree):
        found = at(analysis, node.span.start)
        head = node.id.partition(".")[0]
        expected = next((scope[head] for scope in reversed(scopes) if head in scope), None)
        if expected is None:
            here = found.target is not None and found.target.source is analysis.source
            # a label before a dot is no name by itself, and a block that isn't declared here is a network of the zoo
            assert not here or found.kind == "input" or (found.kind == "label" and "." in node.id), found
            assert found.kind in ("entry", "input", "name", "operation", "label", "block"), found
        else:
            assert found.target is not None and found.target.text == head
            if expected is not IMPORTED:
                assert found.target == expected, (found, expected)


IMPORTED = object()
"""What stands for the place of a name that is declared in another file."""


def uses(spec: tree.Tree) -> Iterator[tuple[tree.Name, list[dict[str, Any]]]]:
    """The names that mean something else, with all that is declared around and before them, the nearest last."""
    top: dict[str, Any] = {}
    for statement in spec.statements:
        match statement:
            case tree.Param(name=name) | tree.Block(name=name):
                top[name.id] = name.span
            case tree.Import(names=names):
                top |= {name.id: IMPORTED for name in names}
            case _:
                pass
    for statement in spec.statements:
        match statement:
            case tree.Param(value=value, domain=domain):
                yield from of_expression(value, [top])
                yield from of_expression(domain, [top]) if domain is not None else ()
            case tree.Assertion(condition=condition):
                yield from of_expression(condition, [top])
            case tree.Block(parameters=parameters, body=body):
                own = {item.name.id: item.name.span for item in parameters}
                for item in parameters:
                    yield from of_expression(item.default, [top, own]) if item.default is not None else ()
                yield from of_body(body, [top, own, {}])
            case tree.Line() if statement.section is not None:
                head, body = statement.section
                inputs = {item.value.span.text: item.value.span for item in getattr(head, "arguments", ())}
                yield from of_body(body, [top, inputs, {}])
            case _:
                pass


def of_body(body: tree.Body, scopes: list[dict[str, Any]]) -> Iterator[tuple[tree.Name, list[dict[str, Any]]]]:
    for statement in body.statements:
        match statement:
            case tree.Setting(names=names, value=value):
                yield from of_expression(value, scopes)
                scopes[-1].update({name.id: name.span for name in names})
            case tree.Line(pipe=pipe):
                yield from of_expression(pipe, scopes)
            case tree.Loop(variable=variable, items=items, body=inner):
                yield from of_expression(items, scopes)
                scopes[-1][variable.id] = variable.span
                yield from of_body(inner, scopes)
                scopes[-1].pop(variable.id, None)
            case tree.Branch():
                yield from of_expression(statement.condition, scopes)
                for part in (statement.then, statement.otherwise):
                    inner = tree.Body(part.span, (part,)) if isinstance(part, tree.Branch) else part
                    yield from of_body(inner, scopes) if inner is not None else ()
            case _:
                pass


def of_expression(node: tree.Node, scopes: list[dict[str, Any]]) -> Iterator[tuple[tree.Name, list[dict[str, Any]]]]:
    match node:
        case tree.Name():
            yield node, scopes
        case tree.Argument(value=value):
            yield from of_expression(value, scopes)
        case tree.Call(function=function, arguments=arguments):
            yield function, scopes
            # the labels that are used again are no values
            skip = 1 if function.id == "reuse" else 0
            for argument in arguments[skip:]:
                yield from of_expression(argument.value, scopes)
        case tree.Step(operation=operation, body=body):
            yield from of_expression(operation, scopes) if operation is not None else ()
            yield from of_body(body, [*scopes, {}]) if body is not None else ()
        case _:
            for name in ("steps", "left", "right", "operand", "inner", "condition", "then", "otherwise", "items"):
                part = getattr(node, name, None)
                for child in part if isinstance(part, tuple) else (part,):
                    if isinstance(child, tree.Node):
                        yield from of_expression(child, scopes)
            for name in ("start", "stop", "count"):
                if isinstance(child := getattr(node, name, None), tree.Node):
                    yield from of_expression(child, scopes)


# ---- what is said of a place ----

SPEC = """\
netspec 1
from "specs/zoo/blocks/resnet.net" import basic
param width = 2 * 32 in [64, 128]
block twice(n, activation=relu) { for i in 1..2 { "fc{i}": linear(n) -> activation } }
data { source = synthetic(image=[3, 32, 32], classes=2, inputs=[left, right]), validation = 10% }
model(left, right) {
  a = left -> conv(8, 3) -> stem: basic(width // 4)
  b = right -> conv(8, 3) -> reuse(stem)
  a + b -> global_avg_pool -> flatten -> linear(2)
}
"""


def test_of_a_number_its_value_and_its_field() -> None:
    found = on(SPEC, "32 in")
    assert (found.kind, found.value, found.field) == ("number", 32, None)
    found = on(SPEC, "10%")
    assert (found.kind, found.value, found.path) == ("number", 10, "data.validation")
    assert on(SPEC, "10%", 2).kind == "unit"


def test_of_a_param_its_value_and_its_place() -> None:
    found = on(SPEC, "width =")
    assert (found.kind, found.declares, found.value) == ("param", True, 64)
    found = on(SPEC, "width // 4")
    assert (found.kind, found.value) == ("param", 64)
    assert found.target is not None and (found.target.line, found.target.text) == (3, "width")
    assert on(SPEC, "// 4").value == 16
    assert on(SPEC, "width =", overrides={"width": "128"}).value == 128


def test_of_an_import_the_place_in_the_other_file() -> None:
    for mark, more in (("basic\n", 0), ("basic(width", 0)):
        found = on(SPEC, mark, more)
        assert found.kind == "block" and found.target is not None
        assert found.target.source.name.endswith("resnet.net") and found.target.text == "basic"
    found = on(SPEC, '"specs')
    assert found.kind == "file" and found.target is not None and found.target.source.name.endswith("resnet.net")


def test_of_a_parameter_what_it_is_given() -> None:
    assert on(SPEC, "n, act").kind == "parameter"
    found = on(SPEC, "n) ->")
    assert found.kind == "parameter" and found.target is not None and found.target.column == 13
    text = SPEC.replace("stem: basic(width // 4)", "stem: twice(width, activation=tanh)")
    found = on(text, "activation=tanh")
    assert found.kind == "argument" and found.target is not None and found.target.text == "activation"
    assert on(text, "n, act").value == 64


def test_of_a_layer_its_entry_and_its_shape() -> None:
    found = on(SPEC, "conv(8")
    assert found.kind == "entry" and found.entry is not None and found.entry.name() == "conv"
    assert str(found.shape) == "[8, 30, 30]" and isinstance(found.value, Layer)
    found = on(SPEC, "8, 3")
    assert found.field is not None and found.field.name == "out_channels"


def test_of_a_value_its_shape_and_of_a_label_what_it_names() -> None:
    found = on(SPEC, "a = left")
    assert (found.kind, found.declares, str(found.shape)) == ("value", True, "[16, 30, 30]")
    found = on(SPEC, "a + b")
    assert (found.kind, str(found.shape)) == ("value", "[16, 30, 30]")
    assert (on(SPEC, "stem:").kind, str(on(SPEC, "stem:").shape)) == ("label", "[16, 30, 30]")
    found = on(SPEC, "stem)")
    assert found.kind == "label" and found.target is not None and found.target.line == 7
    assert (on(SPEC, "left ->").kind, str(on(SPEC, "left ->").shape)) == ("input", "[3, 32, 32]")


def test_of_words_and_signs_what_they_are() -> None:
    kinds = {"netspec": "keyword", "data": "section", "source": "key", "synthetic": "entry", "image": "argument"}
    assert {word: on(SPEC, word).kind for word in kinds} == kinds
    assert (on(SPEC, "-> conv").kind, on(SPEC, "+ b").kind) == ("punctuation", "operator")
    assert on("# here\n" + SPEC, "here").kind == "comment"


def test_between_blanks_there_is_nothing() -> None:
    analysis = Analysis(Source("spec.net", "model {  relu  }\n"))
    assert analysis.at(8) is None
    found = analysis.at(13)
    assert found is not None and found.span.text == "relu", "behind a word is still at it"


def test_json_is_looked_up_too() -> None:
    lines = '[{"op": "flatten"}, {"op": "linear", "out_features": 10}]'
    text = f'{{"data": {{"source": {{"op": "mnist_sample"}}}}, "model": {lines}}}'
    analysis = Analysis(Source("spec.net.json", text, Path("spec.net.json")))
    assert at(analysis, text.index("linear")).kind == "entry"
    assert at(analysis, text.index("flatten") + 2).kind == "entry"
    assert at(analysis, text.index("10")).value == 10


# ---- files ----


def test_what_is_in_memory_goes_before_the_disk(tmp_path: Path) -> None:
    (tmp_path / "blocks.net").write_text("block dense(n) { linear(n) }\n")
    text = 'from "blocks.net" import dense\ndata { source = mnist_sample() }\nmodel { flatten -> dense(10) }\n'
    source = Source("spec.net", text, tmp_path / "spec.net")
    assert Analysis(source).program is not None
    overlay = {tmp_path / "blocks.net": "block other(n) { linear(n) }\n"}
    assert [item.code for item in Analysis(source, files=Files(overlay)).diagnostics] == ["NS215"]
    assert Analysis(source, files=Files({tmp_path / "more.net": ""})).program is not None
    (found,) = Analysis(source, files=Files({tmp_path / "more.net": ""}, disk=False)).diagnostics
    assert "it wasn't kept" in found.message


def test_a_file_that_stays_the_same_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "blocks.net"
    path.write_text("block dense(n) { linear(n) }\n")
    files = Files()
    spec, _ = files.tree(path)
    assert files.tree(path)[0] is spec
    path.write_text("block dense(m) { linear(m) }\n")
    assert files.tree(path)[0] is not spec
