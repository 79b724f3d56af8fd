"""The curve of the learning rate, as `netspec plan` draws it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from netspec.catalogue.schedules import Clock, learning_rate
from netspec.catalogue.schedules.cyclic import Cyclic
from netspec.catalogue.sections.train import Train
from netspec.catalogue.values import Quantity
from netspec.checker import check_source
from netspec.program.training import SAMPLES, learning_rates
from netspec.render.curve import BLANK, COLUMNS, DOTS, ROWS, WIDTH, draw
from netspec.render.plan import render_plan
from netspec.source import Source

SPEC = "data { source = mnist_sample() }\nmodel { flatten -> linear(10) }\ntrain { optimizer = sgd(lr=0.1)\n"

FALL = """\
0.1 ┤⠉⠙⠒⠒⠲⠤⠤⢤⣀⣀⣀⡀
    │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠉⠉⠉⠓⠒⠒⠦⠤⠤⢤⣀⣀⣀
    │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠈⠉⠉⠙⠒⠒⠒⠦⠤⠤⣄⣀⣀⡀
    │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠉⠉⠉⠙⠒⠒⠲⠤⠤⢤⣀⣀⣀
  0 ┤⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠈⠉⠉⠉⠓⠒⠒⠦⠤⠤⢤⣀
    └────────────────────────────────────────────────────────────
     0                            10                    20 epochs
"""


def planned(train: str) -> str:
    program = check_source(Source("spec.net", f"{SPEC}{train} }}\n", Path("spec.net").resolve())).require()
    console = Console(width=100)
    with console.capture() as captured:
        console.print(render_plan(program))
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def test_a_straight_line_leads_to_0() -> None:
    assert f"\nlearning rate\n{FALL}" in planned("epochs = 20\n schedule = linear")


def test_without_a_schedule_there_is_no_curve() -> None:
    assert "learning rate" not in planned("epochs = 20")


def test_what_is_watched_is_taken_to_get_better() -> None:
    text = planned("schedule = plateau(train.loss)")
    assert "\nlearning rate, as long as `train.loss` gets better\n" in text


VALUES = st.floats(0, 1e6, allow_subnormal=False)


@given(st.lists(st.tuples(VALUES, VALUES).map(sorted), min_size=COLUMNS, max_size=COLUMNS), st.integers(1, 10**6))
def test_any_curve_fits_a_terminal_and_has_no_gap(ranges: list[tuple[float, float]], epochs: int) -> None:
    lines = draw(ranges, epochs)
    assert len(lines) == ROWS + 2
    assert max(map(len, lines)) <= 80
    assert lines[-1].endswith("1 epoch" if epochs == 1 else f"{epochs} epochs")
    start = lines[-2].index("└") + 1
    rows = [line[start:].ljust(WIDTH, chr(BLANK)) for line in lines[:ROWS]]
    for bits in DOTS:
        dots = [[ord(row[place]) - BLANK & bit > 0 for row in rows for bit in bits] for place in range(WIDTH)]
        lit = ["".join("10"[not dot] for dot in column).strip("0") for column in dots]
        assert all(column and "0" not in column for column in lit)


@pytest.mark.parametrize(("epoch", "epochs"), [(1, 1), (7, 3), (60, 2), (COLUMNS, SAMPLES)])
def test_every_step_of_a_short_training_is_looked_at(epoch: int, epochs: int) -> None:
    train, clock = Train(schedule=(Cyclic(max_lr=0.5, up=Quantity(3, "steps")),)), Clock(epoch, epoch * epochs)
    rates = [learning_rate(train.schedule, train.optimizer.lr, step, clock) for step in range(clock.total)]
    found = learning_rates(train, clock, COLUMNS)
    assert len(found) == COLUMNS
    assert {rate for pair in found for rate in pair} <= set(rates)
    assert (min(low for low, _ in found), max(high for _, high in found)) == (min(rates), max(rates))
