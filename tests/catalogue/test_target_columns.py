"""Whether targets are classes or numbers: what a spec says, what its loss says, and the rule, the same in all files."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from netspec import api
from netspec.checker import Checked
from tests.specs import check, rendered

Write = Callable[[Path, np.ndarray, np.ndarray], str]


def as_csv(folder: Path, x: np.ndarray, y: np.ndarray) -> str:
    rows = "".join(f"{row[0]},{row[1]},{target}\n" for row, target in zip(x, y, strict=True))
    (folder / "t.csv").write_text(f"a,b,y\n{rows}")
    return 'csv("t.csv", target={})'


def as_parquet(folder: Path, x: np.ndarray, y: np.ndarray) -> str:
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(arrow.table({"a": x[:, 0], "b": x[:, 1], "y": y}), folder / "t.parquet")
    return 'parquet("t.parquet", target={})'


def as_npz(folder: Path, x: np.ndarray, y: np.ndarray) -> str:
    np.savez(folder / "t.npz", x=x, y=y)
    return 'npz("t.npz", inputs="x", targets={})'


def as_safetensors(folder: Path, x: np.ndarray, y: np.ndarray) -> str:
    save_file({"x": x, "y": y}, folder / "t.safetensors")
    return 'safetensors("t.safetensors", inputs="x", targets={})'


@pytest.fixture(params=[as_csv, as_parquet, as_npz, as_safetensors])
def write(request: pytest.FixtureRequest) -> Write:
    return request.param


def checked(
    write: Write, folder: Path, y: Sequence[float], target: str, last: str, loss: str = "", more: str = ""
) -> Checked:
    x = np.random.default_rng(0).random((len(y), 2))
    source = write(folder, x, np.array(y)).format(target)
    train = f"train {{ epochs = 1\n {f'loss = {loss}' if loss else ''} }}"
    return check(f"data {{ source = {source}\n validation = 25% }}\nmodel {{ {last} }}\n{train}\n{more}", folder=folder)


RATINGS = [1, 2, 3, 4, 5] * 8
SIGNS = [-1, 1] * 20
GAPS = [3, 4, 8] * 12
DIGITS = [*range(10)] * 4
MANY = [*range(1, 31)] * 4
WHOLE = [1.0, 2.0, 3.0] * 10
REAL = [0.25 * n for n in range(40)]


@pytest.mark.parametrize(
    ("y", "target", "loss", "outputs", "kind"),
    [
        # the spec says it
        (RATINGS, 'class("y")', "", 5, "class[5]"),
        (RATINGS, 'number("y")', "", 1, "number"),
        (SIGNS, 'class("y")', "", 2, "class[2]"),
        (DIGITS, 'number("y")', "", 1, "number"),
        (MANY, 'class("y")', "", 30, "class[30]"),
        (REAL[:4] * 8, 'class("y")', "", 4, "class[4]"),
        (DIGITS, 'class("y")', "mse", 10, "class[10]"),
        # the loss decides
        (RATINGS, '"y"', "cross_entropy", 5, "class[5]"),
        (RATINGS, '"y"', "mse", 1, "number"),
        (SIGNS, '"y"', "binary_cross_entropy_with_logits", 1, "class[2]"),
        (SIGNS, '"y"', "hinge", 1, "class[2]"),
        (GAPS, '"y"', "focal", 3, "class[3]"),
        (MANY, '"y"', "cross_entropy", 30, "class[30]"),
        (DIGITS, '"y"', "huber", 1, "number"),
        (DIGITS, '"y"', "gaussian_nll", 2, "number"),
        (DIGITS, '"y"', "0.5 * mse + 0.5 * l1", 1, "number"),
        (WHOLE, '"y"', "mse", 1, "number"),
        # the rule
        (RATINGS, '"y"', "", 5, "class[5]"),
        (SIGNS, '"y"', "", 2, "class[2]"),
        (GAPS, '"y"', "", 3, "class[3]"),
        (DIGITS, '"y"', "", 10, "class[10]"),
        (WHOLE, '"y"', "", 3, "class[3]"),
        (MANY, '"y"', "", 1, "number"),
        (REAL, '"y"', "", 1, "number"),
    ],
)
def test_targets_are_what_the_spec_the_loss_or_the_rule_says(
    tmp_path: Path, write: Write, y: Sequence[float], target: str, loss: str, outputs: int, kind: str
) -> None:
    found = checked(write, tmp_path, y, target, f"linear({outputs})", loss)
    assert rendered(found) == "good" and found.program is not None
    assert str(found.program.type.target) == kind


def test_metrics_say_it_too_unless_they_and_the_loss_disagree(tmp_path: Path, write: Write) -> None:
    found = checked(write, tmp_path, [*range(5)] * 8, '"y"', "linear(1)", more="evaluate { metrics = [r2] }")
    assert found.program is not None and str(found.program.type.target) == "number"
    more = "evaluate { metrics = [accuracy] }"
    found = checked(write, tmp_path, [0, 1] * 8, '"y"', "linear(1)", "mse", more)
    assert found.program is not None and str(found.program.type.target) == "class[2]"


def test_the_plan_says_how_targets_were_taken(tmp_path: Path, write: Write) -> None:
    found = checked(write, tmp_path, GAPS, '"y"', "linear(3)").program
    assert found is not None
    argument = "target" if write in (as_csv, as_parquet) else "targets"
    (note,) = api.plan(found)["notes"]
    assert note == (
        f'`y` has 3 different integers from 3 to 8: taken as 3 classes; use `{argument}=number("y")` for numbers'
    )
    found = checked(write, tmp_path, GAPS, 'class("y")', "linear(3)").program
    assert found is not None and not api.plan(found)["notes"]


@pytest.mark.parametrize(
    ("y", "last", "loss", "help"),
    [
        (RATINGS, "linear(1)", "", "`y` has the integers 1 to 5: taken as 5 classes; use "),
        (MANY, "linear(30)", "", "`y` has the integers 1 to 30: taken as numbers; use "),
        (RATINGS, "linear(5)", "mse", "taken as numbers, which the loss or the metrics are for; use "),
        (RATINGS, "linear(7)", "", "write `linear(5)`"),
    ],
)
def test_the_help_for_another_count_of_outputs_says_the_other_way(
    tmp_path: Path, write: Write, y: Sequence[float], last: str, loss: str, help: str
) -> None:
    found = checked(write, tmp_path, y, '"y"', last, loss)
    (diagnostic,) = found.diagnostics
    assert diagnostic.code == "NS302" and help in (diagnostic.help or "") and diagnostic.fix is None


def test_no_fix_makes_a_regression_of_a_classifier(tmp_path: Path, write: Write) -> None:
    (diagnostic,) = checked(write, tmp_path, RATINGS, 'number("y")', "linear(5)").diagnostics
    assert diagnostic.fix is None and diagnostic.help == "write `linear(1)`"


def test_classes_have_the_order_of_their_names(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,y\n" + "1,yes\n2,no\n" * 8)
    text = 'data {{ source = csv("t.csv", target={}) }}\nmodel {{ linear({}) }}'
    program = check(text.format('class("y", names=["yes", "no", "maybe"])', 3), folder=tmp_path).require()
    assert program.type.target.labels == ("yes", "no", "maybe")
    assert program.assumed.load(program.folders).train.targets[:2].tolist() == [0, 1]
    shown = rendered(check(text.format('class("y", names=["no", "maybe"])', 2), folder=tmp_path))
    assert "the target `yes` is none of the classes `no`, `maybe`" in shown and "t.csv:2:3" in shown
    shown = rendered(check(text.format('class("y", names=["no", "no"])', 2), folder=tmp_path))
    assert "`names` has a class twice" in shown


def test_strings_are_no_numbers(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,y\n1,3\n2,x\n")
    text = 'data {{ source = csv("t.csv", target={}) }}\nmodel {{ linear(2) }}'
    shown = rendered(check(text.format('number("y")'), folder=tmp_path))
    assert "the target `x` is not a number" in shown and "t.csv:3:3" in shown
    shown = rendered(check(text.format('"y"'), folder=tmp_path))
    assert "the target `x` is no number" in shown and 'use `target=class("y")` if all of them are classes' in shown
    assert rendered(check(text.format('class("y")'), folder=tmp_path)) == "good"


@pytest.mark.parametrize(
    ("cell", "target", "help"),
    [
        ("NA", '"y"', "remove the rows without a target"),
        ("?", 'number("y")', "remove the rows without a target"),
        ("inf", '"y"', None),
        ("1e39", 'class("y")', None),
        ("x", 'number("y")', 'use `target=class("y")` if all of them are classes'),
    ],
)
def test_a_cell_among_numbers_is_answered_by_what_it_is(
    tmp_path: Path, cell: str, target: str, help: str | None
) -> None:
    (tmp_path / "t.csv").write_text(f"a,y\n1,3\n2,4\n3,{cell}\n")
    text = f'data {{ source = csv("t.csv", target={target}) }}\nmodel {{ linear(1) }}'
    (diagnostic,) = check(text, folder=tmp_path).diagnostics
    assert diagnostic.code == "NS502" and f"the target `{cell}` is" in diagnostic.message and diagnostic.help == help


def test_long_codes_stay_apart(tmp_path: Path) -> None:
    """Floats would make one class of them."""
    (tmp_path / "t.csv").write_text("a,y\n1,12345678901234567890\n2,12345678901234567891\n")
    text = 'data { source = csv("t.csv", target=class("y")) }\nmodel { linear(2) }'
    assert check(text, folder=tmp_path).require().type.target.labels == ("12345678901234567890", "12345678901234567891")


def test_a_saved_run_keeps_what_its_targets_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    checked(as_csv, tmp_path, RATINGS, '"y"', "linear(5)", "cross_entropy")
    spec = tmp_path / "s.net"
    spec.write_text(
        'data { source = csv("t.csv", target="y")\n validation = 25% }\nmodel { linear(5) }\n'
        "train { epochs = 1\n loss = cross_entropy }"
    )
    result = api.run(spec)
    record = api.evaluate(result.folder, "validation")
    assert record is not None
    assert {one.name for one in record.evaluation.classes} == set("12345")
    (tmp_path / "rows.csv").write_text("a,b\n0.5,0.5\n")
    (prediction,) = api.predict(result.folder, [tmp_path / "rows.csv"])
    assert re.fullmatch("[1-5]", prediction.values["label"])
