"""A value is shown as a spec would write it, without what is left to its default."""

from __future__ import annotations

import pytest

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
    for path, written in settings.items():
        section, name = path.split(".")
        lines[section] += f"  {name} = {written}\n"
    spec = NETWORK + "".join(f"{section} {{\n{body}}}\n" for section, body in lines.items())
    shown = {path: text for path, text, _ in check(spec).require().values()}
    assert shown[key] == value
