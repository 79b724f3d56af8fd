"""A value is shown as a spec would write it, without what is left to its default."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netspec.catalogue.values import Quantity
from netspec.lang import tree
from netspec.lang.text.parser import parse_expression
from netspec.problems import Problems
from netspec.program.program import Program
from netspec.program.written import written
from netspec.source import Source
from tests.specs import check

NETWORK = "model { flatten -> linear(10) }\n"


@pytest.mark.parametrize(
    "operation",
    ["relu", "conv(16, 5)", "conv(16, 5, stride=2, bias=false)", "conv(8, [3, 5])", "max_pool(2)", "dropout(0.3)"],
)
def test_an_operation(operation: str) -> None:
    body = f"{operation} -> flatten -> linear(10)"
    program = check(f"data {{ source = mnist_sample() }}\nmodel {{ {body} }}").require()
    from netspec.program.plan import make_plan

    assert make_plan(program).rows[0].operation == operation


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("data.source", "mnist() or mnist_sample()"),
        ("data.augment", "random_crop(28, padding=2) -> random_horizontal_flip"),
        ("data.validation", "10%"),
        ("train.optimizer", "adam(lr=0.01)"),
        ("train.stop", "early_stopping(monitor=validation.accuracy, patience=1 epoch)"),
        ("evaluate.metrics", "[accuracy, f1]"),
    ],
)
def test_a_setting(key: str, value: str) -> None:
    settings = {
        "data.source": "mnist() or mnist_sample()",
        "data.augment": "random_crop(28, padding=2) -> random_horizontal_flip",
        "data.validation": "10%",
        "train.optimizer": "adam(lr=0.01)",
        "train.stop": "early_stopping(monitor=validation.accuracy, patience=1 epoch)",
        "evaluate.metrics": "[accuracy, f1]",
    }
    lines: dict[str, str] = {"data": "", "train": "", "evaluate": ""}
    for path, text in settings.items():
        section, name = path.split(".")
        lines[section] += f"  {name} = {text}\n"
    spec = NETWORK + "".join(f"{section} {{\n{body}}}\n" for section, body in lines.items())
    shown = {path: text for path, text, _ in check(spec).require().values()}
    assert shown[key] == value


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (3, "3"),
        (10.0, "10"),
        (1_234_567, "1234567"),
        (1_234_567.0, "1234567"),
        (0.001, "0.001"),
        (1e-08, "1e-8"),
        (1.5e-05, "1.5e-5"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e22, "1e22"),
        (-2.5, "-2.5"),
    ],
)
def test_a_number_is_the_shortest_text_that_reads_back(number: float, text: str) -> None:
    assert written(number) == text
    assert float(text) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_reads_back(number: float) -> None:
    assert float(written(number)) == number
    assert str(Quantity(number, "%")) == f"{written(number)}%"


def with_patience(patience: str) -> Program:
    return check(
        "data {\n  source = mnist_sample()\n  validation = 10%\n}\n"
        f"{NETWORK}train {{ stop = early_stopping(patience={patience}) }}"
    ).require()


def test_one_epoch_more_is_another_program() -> None:
    one, other = with_patience("1_234_567 epochs"), with_patience("1_234_568 epochs")
    assert one.hash != other.hash
    assert "patience=1234567 epochs" in {path: text for path, text, _ in one.values()}["train.stop"]


@pytest.mark.parametrize(("one", "other", "same"), [("10%", "10.0%", True), ("10%", "10.0000001%", False)])
def test_a_share_is_the_same_however_it_is_written(one: str, other: str, same: bool) -> None:
    first, second = (
        check(f"data {{\n  source = mnist_sample()\n  validation = {share}\n}}\n{NETWORK}").require()
        for share in (one, other)
    )
    assert (first.hash == second.hash) == same


@pytest.mark.parametrize("text", ['a"b', "a\\b", "größe"])
def test_a_text_reads_back(text: str) -> None:
    problems = Problems()
    node = parse_expression(Source("t", written(text, text=True)), problems)
    assert isinstance(node, tree.Text) and node.value == text
