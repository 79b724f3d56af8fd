"""What the terminal says of a search, word by word: a line for each trial, and nothing that moves."""

from __future__ import annotations

import io
import re
from typing import Any

from rich.console import Console

from netspec.report.study_lines import StudyLines
from netspec.searcher.history import History
from tests.report.screen import Screen
from tests.report.studies import ONE, TWO, outcome, study

ONE_OBJECTIVE = """\
study     runs/toy/study
search    random(trials=9), maximize validation.accuracy

trial  validation.accuracy     best        left         params
  1/9  82.86%                  82.86% ★    1 min 20 s   kind = "wide", width = 42, lr = 0.0006447
  2/9  59.57%                  82.86%      1 min 10 s   kind = "plain", lr = 0.0001121
  3/9  59.57% as 2             82.86%      1 min 00 s   kind = "plain", lr = 0.0001121
  4/9  63.45% stopped at 3     82.86%      50 s         kind = "plain", lr = 0.02753
  5/9  95.64%                  95.64% ★    40 s         kind = "wide", width = 59, lr = 0.006606
  6/9  93.71%                  95.64%      30 s         kind = "wide", width = 48, lr = 0.004274
  7/9  failed NS714            95.64%      20 s         kind = "wide", width = 61, lr = 0.02803: validation.accuracy of the trial is no finite number
  8/9  62.78% stopped at 3     95.64%      10 s         kind = "wide", width = 4, lr = 0.03734
  9/9  90.31%                  95.64%                   kind = "wide", width = 6, lr = 0.01545
"""  # noqa: E501 - the line of a failed trial ends with the reason, however long

TWO_OBJECTIVES = """\
study     runs/toy/study
search    random(trials=4), maximize validation.accuracy, minimize parameters

trial  validation.accuracy,…   front       left         params
  1/4  82.86%, 4200            1 ★         30 s         kind = "wide", width = 42, lr = 0.0006447
  2/4  59.57%, 800             2 ★         20 s         kind = "plain", lr = 0.0001121
  3/4  59.57%, 800 as 2        2           10 s         kind = "plain", lr = 0.0001121
  4/4  88.45%, 800             1 ★                      kind = "plain", lr = 0.02753
"""

NARROW = """\
study     runs/toy/study
search    random(trials=4), maximize validation.accuracy

trial  validation.accuracy  best      left   …
  1/4  82.86%               82.86% ★  30 s   …
  2/4  59.57%               82.86%    20 s   …
  3/4  59.57% as 2          82.86%    10 s   …
  4/4  63.45% stopped at 3  82.86%           …
"""


def told(search: str | None = None, trials: int = 9, **console: Any) -> str:
    """What is said of a study whose trials take ten seconds each."""
    facts = study(trials) if search is None else study(trials, search)
    out = Screen(console["width"]) if console.get("force_terminal") else io.StringIO()
    settings: dict[str, Any] = {"width": 100, "color_system": None, "legacy_windows": False, "highlight": False}
    history, seconds = History(facts.history.terms, trials), 0.0
    lines = StudyLines(facts.plan, history, Console(file=out, **settings | console), lambda: seconds)
    lines.begin("runs/toy/study", history)
    for trial in facts.history.trials:
        history.take(history.proposed(trial.drawn))
        if trial.outcome is not None:
            seconds += 10.0
            history.take(history.ended(trial.number, trial.outcome))
        found = history.outcome(trial.number)
        assert found is not None
        lines.trial(history.trials[-1], found, history)
    return out.getvalue()


def test_each_trial_is_a_line_with_the_best_one_so_far_and_the_time_that_is_left() -> None:
    assert told() == ONE_OBJECTIVE


def test_with_several_objectives_it_is_the_front_that_grows() -> None:
    assert told(TWO, 4) == TWO_OBJECTIVES


def test_on_a_narrow_terminal_lines_are_cut_and_never_wrapped() -> None:
    text = told(width=46, trials=4, force_terminal=True)
    assert text == NARROW
    assert all(len(line) <= 46 for line in text.splitlines()[3:])


def test_colours_add_nothing_but_colour() -> None:
    coloured = told(width=100, force_terminal=True, color_system="standard")
    assert "\x1b[1m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == told(width=100, force_terminal=True)


def test_a_search_that_goes_on_says_how_far_it_is_and_confirmations_count_in_the_time_that_is_left() -> None:
    facts, out, now = study(9, f"{ONE}, confirm = top(2, seeds=3)"), io.StringIO(), [0.0]
    history = History(facts.history.terms, 9)
    history.take(history.proposed(facts.history.trials[0].drawn))
    history.take(history.ended(1, outcome(1, facts.history.trials[0].params, facts.history.terms.goals, stops=True)))
    lines = StudyLines(facts.plan, history, Console(file=out, width=100), lambda: now[0])
    lines.begin("s", history)
    assert "resumed   1 of 9 trials" in out.getvalue()
    second = facts.history.trials[1]
    assert second.outcome is not None
    now[0] = 10.0
    history.take(history.proposed(second.drawn))
    history.take(history.ended(2, second.outcome))
    lines.trial(second, second.outcome, history)
    assert "2 min 10 s" in out.getvalue(), "seven trials and six runs"
