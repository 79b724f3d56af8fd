"""What the lines of a network mean: which value each takes, and the names of its weights."""

from __future__ import annotations

from netspec.program.graph import Graph
from tests.specs import check

DATA = "data { source = synthetic(image=[4, 8, 8], classes=10) }\n"
PAIRS = "data { source = synthetic(image=[4, 8, 8], classes=2, inputs=[left, right]) }\n"
TAIL = "  global_avg_pool -> flatten\n  head: linear(10)\n"


def graph(body: str, before: str = "", tail: str = TAIL, data: str = DATA, model: str = "model") -> Graph:
    checked = check(f"{data}{before}\n{model} {{\n{body}\n{tail}}}\n")
    assert not any(diagnostic.is_error for diagnostic in checked.diagnostics), checked.diagnostics
    return checked.require().graph


def weights(found: Graph) -> list[str]:
    return [name.removesuffix(".weight") for name in found.parameters if name.endswith(".weight")]


def wiring(found: Graph) -> dict[str, tuple[int, ...]]:
    return {node.path: node.inputs for node in found.nodes}


# ---- which value a line takes ----


def test_a_setting_leaves_the_value_of_the_line_above_as_it_is() -> None:
    found = graph("  relu\n  main = a: conv(8, 3, padding=1)\n  skip = b: conv(8, 1)\n  main + skip")
    assert wiring(found)["a"] == wiring(found)["b"] == (1,)
    assert wiring(found)["+"] == (2, 3)


def test_a_line_that_begins_with_a_name_starts_there() -> None:
    found = graph("  first = a: conv(8, 1)\n  b: conv(4, 1) -> relu\n  first -> c: conv(8, 1)")
    assert wiring(found)["c"] == (1,)


def test_several_results_have_a_name_each() -> None:
    found = graph("  one, two = chunk(input, 2)\n  two - one")
    assert wiring(found)["-"] == (2, 1)


def test_all_inputs_that_are_written_are_all_that_an_operation_takes() -> None:
    found = graph("  a = conv(2, 1)\n  b = conv(3, 1)\n  relu\n  both: concat(a, b)\n  more: concat(a)")
    assert wiring(found)["both"] == (1, 2)
    assert wiring(found)["more"] == (4, 1), "one is too few, so that the line above is the first"


def test_residual_adds_what_comes_in() -> None:
    found = graph("  stem: conv(4, 1)\n  residual { conv(4, 3, padding=1) -> relu }")
    assert wiring(found)["+"] == (1, 3)


def test_numbers_may_stand_beside_values() -> None:
    found = graph("  x = conv(4, 1)\n  1 - x * 0.5")
    assert [node.layer.name() for node in found.nodes[1:3]] == ["mul", "sub"]


def test_the_names_of_the_inputs_are_those_of_the_data() -> None:
    found = graph(
        "  a = right -> conv(2, 1)\n  left -> conv(2, 1)\n  both: concat(a)",
        "",
        "  global_avg_pool -> flatten -> linear(2)\n",
        PAIRS,
        "model(left, right)",
    )
    assert [item.name for item in found.inputs] == ["left", "right"]
    assert wiring(found)["0"] == (1,) and wiring(found)["1"] == (0,)


# ---- names of weights ----


def test_operations_are_named_by_label_or_position_and_scopes_by_their_label() -> None:
    found = graph(
        "  conv(4, 1)\n  a: conv(4, 1)\n  conv(4, 1)\n  deep: { conv(4, 1) -> b: conv(4, 1) }\n  { conv(4, 1) }"
    )
    assert weights(found) == ["0", "a", "2", "deep.0", "deep.b", "4.0", "head"]


def test_blocks_open_a_scope_and_loops_do_not() -> None:
    block = "block pair(n) { conv(n, 1) -> last: conv(n, 1) }"
    found = graph(
        '  repeat 2 { conv(4, 1) }\n  stage: pair(4)\n  pair(4)\n  for i in 1..2 { "x{i}": conv(4, 1) }', block
    )
    assert weights(found) == ["0", "1", "stage.0", "stage.last", "3.0", "3.last", "x1", "x2", "head"]


def test_what_is_used_again_has_its_weights_once() -> None:
    found = graph("  tower: { conv(4, 3, padding=1) -> fc: conv(4, 1) }\n  reuse(tower) -> reuse(tower)")
    assert weights(found) == ["tower.0", "tower.fc", "head"]
    assert [node.path for node in found.nodes[:6]] == ["tower.0", "tower.fc"] * 3


def test_a_learned_tensor_has_the_name_of_its_label() -> None:
    found = graph("  scale: parameter([4, 1, 1], value=0.1)\n  input * scale")
    assert found.parameters["scale"] == (4, 1, 1)


# ---- blocks ----


def test_a_block_may_be_given_an_operation() -> None:
    block = "block step(n, activation=relu) { conv(n, 1) -> activation }"
    found = graph("  step(4)\n  step(4, activation=leaky_relu(0.2))\n  step(4, activation=tanh)", block)
    assert [node.layer.name() for node in found.nodes[:6]][1::2] == ["relu", "leaky_relu", "tanh"]


def test_a_block_may_give_several_values_by_name() -> None:
    block = "block twice(n) {\n  output = { a = conv(n, 1), b = conv(2 * n, 1) }\n}"
    found = graph("  both = twice(4)\n  c: concat(both.a, both.b)", block)
    assert found.shapes[wiring(found)["c"][1]].channels == 8


def test_a_branch_depends_on_sizes() -> None:
    block = "block fit(n) {\n  if input.channels == n { identity } else { project: conv(n, 1) }\n}"
    assert weights(graph("  a: fit(4)\n  b: fit(8)", block)) == ["b.project", "head"]


def test_a_network_may_give_several_values_and_the_loss_says_that_it_takes_one() -> None:
    text = DATA + "model {\n  flatten\n  output = { digit = linear(10), parity = linear(2) }\n}\n"
    (found,) = [diagnostic for diagnostic in check(text).diagnostics if diagnostic.is_error]
    assert "digit, parity" in found.message
