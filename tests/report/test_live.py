"""The live line is redrawn in its place, fits the terminal, and leaves nothing behind."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import takewhile
from math import nan
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from netspec.catalogue.values import Quantity
from netspec.cli.output import message
from netspec.report.live import LiveLine
from netspec.report.terminal import Terminal
from netspec.runner.events import EpochAdvanced, EpochEnded, Event, Started
from netspec.saved.moment import Moment
from tests.report.conftest import events_of, make_result
from tests.report.screen import Screen

FOLDER = Path("runs/mnist_fc/2026-11-22_10-00-00-4f3a")
HALF = EpochAdvanced(Moment(1, 29), 58, loss=0.25, lr=1e-3, epoch_seconds=4.0, seconds=15.0)
"""Half of the second epoch of five, of 3600 samples."""
LINE = "    2/5  50%  loss 0.2500  left 4 s, run 35 s  450 samples/s  lr 0.001"


def console(screen: io.StringIO, width: int = 80) -> Console:
    return Console(file=screen, width=width, highlight=False, legacy_windows=False)


def with_progress(events: Iterable[Event]) -> list[Event]:
    """The same run, told of in the midst of each epoch."""
    found: list[Event] = []
    for event in events:
        if isinstance(event, EpochEnded):
            found += [replace(HALF, moment=Moment(event.epoch - 1, batch)) for batch in (10, 29)]
        found.append(event)
    return found


def tell(events: Iterable[Event], screen: io.StringIO) -> str:
    """Tell of a run; gives all that was written."""
    with Terminal(console(screen)) as terminal:
        for event in events:
            terminal(event)
    return screen.getvalue()


def line_of(event: EpochAdvanced, started: Started, width: int = 200) -> str:
    screen = Screen(width)
    LiveLine(console(screen, width), started).draw(event)
    return screen.lines[0]


@pytest.fixture
def started(result, told: Callable[..., list[Event]]) -> Started:
    first = told(result)[0]
    assert isinstance(first, Started)
    return first


def test_it_says_how_far_the_epoch_is_and_what_is_left(started):
    assert line_of(HALF, started) == LINE


def test_the_next_one_takes_its_place(started):
    screen = Screen()
    live = LiveLine(console(screen), started)
    live.draw(replace(HALF, seconds=100_000))
    live.draw(HALF)
    assert screen.lines == [LINE]
    live.clear()
    assert screen.lines == [""]


def test_nothing_of_it_is_left_when_the_run_is_over(a_result, told):
    with_line, without = Screen(), Screen()
    tell(with_progress(told(a_result(FOLDER))), with_line)
    tell(told(a_result(FOLDER)), without)
    assert with_line.lines == without.lines


def test_nothing_of_it_is_left_when_the_run_fails(started):
    screen = Screen()
    with pytest.raises(KeyboardInterrupt), Terminal(console(screen)) as terminal:
        terminal(started)
        terminal(HALF)
        assert screen.lines[-1] == LINE
        raise KeyboardInterrupt
    assert screen.lines[-1] == ""


def test_a_word_to_standard_error_takes_its_place(started, monkeypatch: pytest.MonkeyPatch):
    screen = Screen()
    LiveLine(console(screen), started).draw(HALF)
    monkeypatch.setattr(sys, "stderr", screen)
    message("ending after this step")
    assert screen.lines == ["ending after this step", ""]


def test_the_cursor_is_never_hidden(a_result, told):
    assert "\x1b[?" not in tell(with_progress(told(a_result(FOLDER))), Screen())


@given(
    st.integers(1, 120),
    st.builds(
        EpochAdvanced,
        st.builds(Moment, st.integers(0, 4), st.integers(1, 58)),
        st.just(58),
        st.floats(),
        st.floats(1e-9, 10),
        st.floats(1e-3, 1e6),
        st.floats(1e-3, 1e7),
    ),
)
def test_it_never_wraps(width: int, event: EpochAdvanced):
    """A resized terminal is one of another width at the next draw."""
    first = events_of(make_result(FOLDER))[0]
    assert isinstance(first, Started)
    line = line_of(event, first, width)
    assert cell_len(line) < width
    assert line_of(event, first).startswith(line)


def test_a_narrow_terminal_shows_the_most_important(started):
    fitting = [line_of(HALF, started, width) for width in (20, 40, 60)]
    assert fitting == [LINE[:12], LINE[:25], LINE[:45]]


def test_a_loss_that_nobody_looked_at_is_none(started):
    assert "loss nan" in line_of(replace(HALF, loss=nan), started)


def test_a_run_takes_no_longer_than_it_may(started):
    train = started.program.train.model_copy(update={"max_time": Quantity(20, "seconds")})
    limited = replace(started, program=started.program.with_sections(train))
    assert "left 4 s, run 5 s" in line_of(HALF, limited)


@pytest.mark.parametrize(("seconds", "rate"), [(1e-4, "18 000 000"), (400.0, "4.5")], ids=["fast", "slow"])
def test_a_rate_has_as_many_digits_as_say_something(started, seconds: float, rate: str):
    assert f"  {rate} samples/s" in line_of(replace(HALF, epoch_seconds=seconds), started)


@pytest.mark.parametrize(
    ("name", "value"), [("CI", "true"), ("NO_COLOR", "1"), ("TERM", "dumb")], ids=["CI", "NO_COLOR", "dumb"]
)
def test_who_asks_for_plain_text_gets_a_line_an_epoch(
    a_result, told, name: str, value: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(name, value)
    text = tell(with_progress(told(a_result(FOLDER))), Screen())
    assert "\r" not in text
    assert len(re.findall(r"^[\d-]+ [\d:]+ epoch \d/5", text, re.MULTILINE)) == 5


def test_a_pipe_isnt_redrawn_even_where_colours_are_forced(a_result, told, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    text = tell(with_progress(told(a_result(FOLDER))), io.StringIO())
    assert "\r" not in text
    assert "epoch 5/5" in text


def test_what_is_seen_of_a_run_that_is_under_way(a_result, told):
    events = takewhile(lambda event: not (isinstance(event, EpochEnded) and event.epoch == 2), told(a_result(FOLDER)))
    screen = Screen()
    terminal = Terminal(console(screen))
    for event in (*events, HALF):
        terminal(event)
    assert screen.lines[-2:] == ["    1/5    0.5871    84.06%      0.2718      92.50%      0.81     ★", LINE]
