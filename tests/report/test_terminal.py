"""What the terminal says of a run, word by word."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from netspec.program.parts import Part
from netspec.report.terminal import Terminal
from netspec.runner.events import Evaluation, Event, PartStarted
from netspec.runner.uses.run_summary import PartResult, Spread, Summary
from tests.report.screen import Screen

FOLDER = Path("runs/mnist_fc/2026-11-22_10-00-00-4f3a")

START = """\
runs/mnist_fc/2026-11-22_10-00-00-4f3a
data      mnist_sample()
NOTE      not the first data set of the spec: mnist() is not on this disk and
          can't be downloaded: no network
samples   3600 train, 400 validation, 1000 test
model     235 914 parameters
device    cpu

"""

EPOCHS = """\
            train     train  validation  validation     train
  epoch      loss  accuracy        loss    accuracy   seconds  best
    1/5    0.5871    84.06%      0.2718      92.50%      0.81     ★
    2/5    0.2013    94.69%      0.2105      94.00%      0.81     ★
    3/5    0.1127    97.33%      0.1870      94.50%      0.81     ★
    4/5    0.0652    98.69%      0.1812      94.75%      0.81     ★
    5/5    0.0398    99.44%      0.1931      94.25%      0.81
"""

PIPED_EPOCH = (
    "2026-11-22 10:00:03 epoch 1/5  train.loss 0.5871  train.accuracy 84.06%  validation.loss 0.2718  "
    "validation.accuracy 92.50%  train.seconds 0.81  best"
)

SUMMARY = """
                          mean        std        95 % confidence
validation.accuracy     94.50%      1.00%       92.02% to 96.98%
test.loss               0.2100                                     in 2 of 3 runs

runs      3
time      6.0 s
runs/digits/1
"""

END = """\

test      accuracy 97.33% (292 of 300 correct)   loss 0.2134

class      precision     recall         f1    support
cat           0.9612     1.0000     0.9468        100
dog           0.9612     0.9900     0.9468        100
horse         0.9512     0.9300     0.9468        100  ← worst
mean          0.9366     0.9360     0.9359        300

worst     horse, taken for dog (7 times)
epochs    5 of 5, best 4, with the weights of epoch 4
time      12.3 s
runs/mnist_fc/2026-11-22_10-00-00-4f3a
"""


def tell(events: list[Event], **console: Any) -> str:
    out = Screen() if console.get("force_terminal") else io.StringIO()
    settings: dict[str, Any] = {
        "width": 80,
        "color_system": None,
        "legacy_windows": False,
        "highlight": False,
    } | console
    terminal = Terminal(Console(file=out, **settings), lambda: datetime(2026, 11, 22, 10, 0, 3))
    for event in events:
        terminal(event)
    return out.getvalue()


def test_on_a_terminal(a_result, told):
    text = tell(told(a_result(FOLDER, ("cat", "dog", "horse"))), force_terminal=True)
    assert text == START + EPOCHS + END
    assert all(len(line) <= 80 for line in text.splitlines())


def test_colours_add_nothing_but_colour(a_result, told):
    events = told(a_result(FOLDER))
    coloured = tell(events, force_terminal=True, color_system="standard")
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == tell(events, force_terminal=True)


def test_in_a_pipe_each_epoch_is_a_line_with_its_time(a_result, told):
    text = tell(told(a_result(FOLDER, ("cat", "dog", "horse"))), force_terminal=False)
    lines = text.splitlines()
    assert lines[0] == lines[-1] == str(FOLDER)
    assert (
        "NOTE      not the first data set of the spec: mnist() is not on this disk and can't be downloaded" in lines[2]
    )
    assert lines[7] == PIPED_EPOCH
    assert sum(" epoch " in line for line in lines[7:12]) == 5
    assert text.endswith(END)


def test_of_several_runs_the_facts_are_said_once_and_the_judgements_in_a_line(a_result, told):
    """What is the same for all of them is said of the first."""
    folder, events = Path("runs/digits/1"), list[Event]()
    for number in (1, 2, 3):
        events.append(
            PartStarted(Part(0, number, (f"fold-{number}",)), number, 3, folder / f"fold-{number}", number == 2)
        )
        events += [] if number == 2 else told(a_result(FOLDER))
    said = tell(events)
    assert said.startswith("runs/digits/1\n\nfold 1   1 of 3\ndata ")
    assert said.count("\ndata ") == 1
    assert "\nfold 2   2 of 3   finished before\n\nfold 3   3 of 3\n" in said
    assert said.count("\ntest      accuracy 96.90% (969 of 1000 correct)   loss 0.2134") == 2
    assert "horse" not in said


def test_what_several_runs_came_to_is_a_table(a_result, told):
    spreads = {
        "validation.accuracy": Spread(3, 0.945, 0.01, 0.9202, 0.9698),
        "test.loss": Spread(2, 0.21, None, None, None),
    }
    parts = tuple(PartResult(Part(0, fold, (f"fold-{fold}",)), 5, 2.0, {}, digest="0") for fold in (1, 2, 3))
    file = io.StringIO()
    terminal = Terminal(Console(file=file, force_terminal=False, width=80, highlight=False))
    terminal.summary(Summary(Path("runs/digits/1"), a_result(FOLDER).program, parts, spreads))
    assert file.getvalue() == SUMMARY


def test_of_a_run_that_is_not_kept_no_path_is_said(a_result, told):
    file = io.StringIO()
    terminal = Terminal(Console(file=file, force_terminal=False, width=80, highlight=False), show_folder=False)
    for event in told(a_result(FOLDER)):
        terminal(event)
    assert str(FOLDER) not in file.getvalue()


def test_the_report_is_named_where_there_is_one(result, told):
    (result.folder / "report.html").touch()
    lines = tell(told(result)).splitlines()
    assert lines[-2:] == [f"report    {result.folder / 'report.html'}", str(result.folder)]


def test_stopping_early_says_why(a_result, told):
    text = tell(told(replace(a_result(FOLDER), stopped="no better validation.loss for 3 epochs")))
    assert "stopped   after epoch 5: no better validation.loss for 3 epochs\n" in text


def test_many_classes_are_left_to_the_report(a_result, told):
    text = tell(told(a_result(FOLDER, tuple(f"class {number}" for number in range(100)))))
    assert "classes   100, each in the report\nworst     class 8, taken for class 3 (7 times)\n" in text
    assert "class 99" not in text


def test_without_a_test_split_the_best_epoch_s_validation_is_what_there_is(a_result, told):
    result = a_result(FOLDER)
    history = tuple({**row, "validation.roc_auc": 0.9937} for row in result.history)
    text = tell(told(replace(result, history=history, test=None)))
    assert "validation accuracy 94.75% (379 of 400 correct)   loss 0.1812   roc_auc 0.9937   in epoch 4\n" in text


def test_correct_decisions_are_counted_where_there_are_any(a_result, told):
    result = a_result(FOLDER, ("cat", "dog"))
    many = Evaluation("test", {"accuracy": 0.9812}, 10_000, confusion=np.array([[4906, 94], [94, 4906]]))
    assert "test      accuracy 98.12% (9812 of 10 000 correct)\n" in tell(told(replace(result, test=many)))
    numbers = Evaluation("test", {"loss": 0.5, "r2": 0.9}, 10_000)
    assert "test      loss 0.5000   r2 0.9000\n" in tell(told(replace(result, test=numbers)))


def test_without_a_test_split_and_without_validation(a_result, told):
    result = a_result(FOLDER)
    history = tuple({"epoch": row["epoch"], "train.loss": row["train.loss"]} for row in result.history)
    bare = replace(result, history=history, test=None, best_epoch=None, restored=None)
    text = tell(told(bare), force_terminal=True)
    assert "    5/5    0.0398\n" in text
    assert "test      the data has no test split\nepochs    5 of 5\n" in text


def test_a_console_that_knows_ascii_alone(a_result, told, monkeypatch: pytest.MonkeyPatch):
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(out, "isatty", lambda: True)
    terminal = Terminal(Console(file=out, width=80, force_terminal=True, color_system=None, legacy_windows=False))
    for event in told(a_result(FOLDER, ("猫", "dog"))):
        terminal(event)
    out.seek(0)
    text = out.read()
    assert "0.81     *\n" in text
    assert "<- worst" in text
    assert "?" in text


def test_wide_and_long_names_keep_the_columns(a_result, told):
    names = ("猫", "x" * 60, "dog")
    lines = tell(told(a_result(FOLDER, names)), force_terminal=True).splitlines()
    assert f"猫{' ' * 22}     0.9612" in "\n".join(lines)
    assert f"{'x' * 23}…     0.9612" in "\n".join(lines)


def test_hostile_names_do_nothing(hostile, told):
    text = tell(told(hostile), force_terminal=True)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    assert "gnp.exe\ufffd[31m" in text


def test_overfitting_is_named_with_its_evidence(a_result, told):
    result = a_result(FOLDER)
    losses = zip((0.2, 0.3, 0.4, 0.5, 0.6), result.history, strict=True)
    text = tell(told(replace(result, history=tuple({**row, "validation.loss": loss} for loss, row in losses))))
    assert "NOTE      overfitting: validation.loss was lowest in epoch 1 (0.2000) and is 0.6000 in epoch 5" in text


def test_a_test_split_that_is_left_for_later_is_said_to_be(a_result, told):
    result = a_result(FOLDER)
    evaluate = result.program.evaluate.model_copy(update={"test": False})
    left_out = replace(result, program=result.program.with_sections(evaluate), test=None)
    assert "test      not evaluated: `test = false` in `evaluate`\n" in tell(told(left_out))
