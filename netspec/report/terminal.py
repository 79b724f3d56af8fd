"""The terminal: where a run's files go, one calm line per epoch, and how the network was judged."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from netspec.program.assertion import AssertionResult
from netspec.program.program import Program
from netspec.program.training import watched
from netspec.render import words
from netspec.render.assertions import assertion_line
from netspec.render.exports import export_line
from netspec.render.stages import stage_columns, stage_rows
from netspec.report.fitting import verdict
from netspec.report.live import LiveLine, is_live
from netspec.report.summary import best_validation, correct, correct_of_validation, epochs, listed
from netspec.runner.events import (
    EpochAdvanced,
    EpochEnded,
    Evaluation,
    Event,
    Finished,
    Halted,
    PartStarted,
    Resumed,
    RolledBack,
    RunResult,
    StagesEnded,
    StageStarted,
    Started,
    Stopped,
)
from netspec.runner.results import assertion_results
from netspec.runner.uses.run_summary import Summary
from netspec.saved.export_record import ExportRecord
from netspec.saved.stage_record import StageRecord

LABEL = 9
"""The width of the labels left of the facts, without the gap behind them."""
WIDTH = 80
"""What fits everywhere; only paths and piped lines are longer."""
WIDEST_CLASS = 24
"""A class's name is cut to so many columns of the terminal."""
LISTED_CLASSES = 30
"""More classes than these are left to the report; the worst is named all the same."""


class _Patient(Console):
    """A console that says when nobody reads it any more; rich's own would end the program."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


class Terminal:
    """Tells of a run on the console: the run's folder in the first line and in the last.

    On a terminal the epochs are a table that grows by a line, below it the live line; elsewhere each is a line by
    itself that begins with the time. A context manager: the live line is gone when the block ends, however it does.
    """

    def __init__(
        self, console: Console | None = None, clock: Callable[[], datetime] = datetime.now, *, show_folder: bool = True
    ) -> None:
        """`show_folder` is False for a run whose folder is removed when it has ended."""
        self.console = console or _Patient(highlight=False)
        self.show_folder = show_folder
        self.gone = False
        self.clock = clock
        self.program: Program | None = None
        self.live: LiveLine | None = None
        self.columns: tuple[str, ...] = ()
        self.part: PartStarted | StageStarted | None = None

    def __call__(self, event: Event) -> None:
        if self.gone:
            return
        try:
            self._tell(event)
        except BrokenPipeError:
            # whoever read along has gone; the run goes on, and all of it is in its folder
            self.gone = True
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with suppress(OSError):  # the terminal may be gone
            self._clear()

    def _tell(self, event: Event) -> None:
        if isinstance(event, EpochAdvanced):
            if self.live is not None:
                self.live.draw(event)
            return
        self._clear()
        match event:
            case PartStarted():
                self._begin_part(event)
            case StageStarted():
                self._begin_stage(event)
            case StagesEnded():
                self.part = None
            case Started():
                self._start(event)
            case EpochEnded():
                self._epoch(event)
            case RolledBack():
                back = f"back to {event.moment}, and on at {event.lr_factor:g} of the learning rate"
                self._fact("NOTE", f"{words.clean(event.reason)}; {back}", "bold yellow")
            case Halted():
                self._fact("halted", f"after {event.moment}; all of it is saved")
            case Stopped():
                self._fact("stopped", f"after epoch {event.epoch}: {words.clean(event.reason)}")
            case Finished():
                self._finish(event.result)

    def _clear(self) -> None:
        if self.live is not None:
            self.live.clear()

    def _begin_part(self, event: PartStarted) -> None:
        """The next of several runs: what is the same for all is said of the first."""
        if event.number == 1:
            self._line(words.clean(str(event.folder.parent)))
        self.part, self.columns = event, ()
        self._line()
        finished = "   finished before" if event.finished else ""
        self._line(f"{event.part}   {event.number} of {event.count}{finished}", "bold")

    def _begin_stage(self, event: StageStarted) -> None:
        self.part, self.columns = event, ()
        self._line()
        finished = "   carried out before" if event.finished else ""
        self._line(f"stage {event.number} of {event.count}   {words.clean(event.stage)}{finished}", "bold")

    def _start(self, event: Started) -> None:
        first = self.program is None
        self.program = event.program
        self.live = LiveLine(self.console, event) if is_live(self.console) else None
        if self.part is None and self.show_folder:
            self._line(words.clean(str(event.folder)))
        if first:
            self._facts(event)
        if event.resumed is not None:
            self._resumed(event.resumed)
        if first or self.live is not None:
            self._line()

    def _facts(self, event: Started) -> None:
        data, graph = event.data, event.program.graph
        splits = {"train": data.train, "validation": data.validation, "test": data.test}
        self._fact("data", words.clean(data.source))
        if data.note is not None:
            self._fact("NOTE", f"not the first data set of the spec: {words.clean(data.note)}", "bold yellow")
        for warning in data.warnings:
            self._fact("WARNING", words.clean(warning), "bold yellow")
        self._fact("samples", ", ".join(f"{words.count(number)} {split}" for split, number in splits.items()))
        self._fact("model", f"{words.count(graph.parameter_count)} parameters")
        self._fact("device", words.clean(event.device))

    def _resumed(self, resumed: Resumed) -> None:
        self._fact("resumed", f"after {resumed.moment}")
        for damage in resumed.damages:
            self._fact("NOTE", words.clean(damage), "bold yellow")
        for difference in resumed.differences:
            self._fact("NOTE", f"not bit for bit: {words.clean(difference)}", "bold yellow")

    def _epoch(self, event: EpochEnded) -> None:
        assert self.program is not None, "a run starts before its first epoch ends"
        place = f"{event.epoch}/{self.program.train.epochs}"
        if self.live is None:
            shown = _columns(event.values, self.program)
            values = "".join(f"  {name} {words.measure(name, event.values[name])}" for name in shown)
            self._line(f"{self.clock():%Y-%m-%d %H:%M:%S} epoch {place}{values}{'  best' * event.best}")
            return
        if not self.columns:
            self.columns = _columns(event.values, self.program)
            self._header()
        # a value that this epoch lacks leaves its cell empty
        shown = {name: words.measure(name, event.values[name]) for name in self.columns if name in event.values}
        line = Text(f"{place:>{LABEL - 2}}")
        for name in self.columns:
            line.append(f"  {shown.get(name, ''):>{_width(name)}}")
        if event.best:
            line.append(f"     {self._sign('★', '*')}", "bold green")
        self._line(line)

    def _header(self) -> None:
        """Two lines, as `validation.accuracy` is too wide for one: the split, and what is measured on it."""
        first, second = "", ""
        for name in self.columns:
            split, _, measured = name.rpartition(".")
            first += f"  {split:>{_width(name)}}"
            second += f"  {measured:>{_width(name)}}"
        self._line(f"{'':{LABEL - 2}}{first}", "dim")
        self._line(f"{'epoch':>{LABEL - 2}}{second}  best", "dim")

    def _finish(self, result: RunResult) -> None:
        if self.part is not None:
            if values := result.validation_values:
                self._fact("validation", listed(values, correct_of_validation(result, values), most=2), "bold")
            if result.test is not None:
                self._fact("test", listed(result.test.values, correct(result.test), most=2), "bold")
            return
        self._line()
        if result.test is not None:
            self.evaluation(result.test)
        else:
            left = bool(result.data.test) and not result.program.evaluate.test
            self._fact("test", "not evaluated: `test = false` in `evaluate`" if left else "the data has no test split")
            if values := best_validation(result):
                shown = listed(values, correct_of_validation(result, values))
                self._fact("validation", f"{shown}   in epoch {result.best_epoch}", "bold")
        self._fact("epochs", epochs(result))
        self._fact("time", words.duration(result.seconds))
        if (found := verdict(result)) is not None:
            self._fact("NOTE", str(found), "bold yellow")
        for note in result.notes:
            self._fact("NOTE", words.clean(note), "bold yellow")
        if result.stages:
            self._line()
            self.stages(result.stages)
        self.exports(result.exports)
        self.assertions(assertion_results(result))
        if not self.show_folder:
            return
        if (result.folder / "report.html").exists():
            self._fact("report", words.clean(str(result.folder / "report.html")), wrap=False)
        self._line(words.clean(str(result.folder)))

    def summary(self, summary: Summary) -> None:
        """What several runs came to together: the mean of each figure and how it varies."""
        room = max(map(len, summary.spreads), default=0)
        self._line()
        self._line(f"{'':{room}}  {'mean':>9}  {'std':>9}  {'95 % confidence':>21}", "dim")
        for name, spread in summary.spreads.items():
            mean, std, low, high = (
                "" if value is None else words.measure(name, value)
                for value in (spread.mean, spread.std, spread.low, spread.high)
            )
            interval = f"{low} to {high}" if low else ""
            few = f"   in {summary.counted(name)} runs" if spread.count < len(summary.parts) else ""
            cells = f"{name:{room}}  {mean:>9}  {std:>9}  {interval:>21}{few}"
            self._line(cells.rstrip(), "bold" if "accuracy" in name else "")
        self._line()
        self._fact("runs", words.count(len(summary.parts)))
        self._fact("time", words.duration(summary.seconds))
        self.assertions(summary.assertions)
        if (summary.folder / "report.html").exists():
            self._fact("report", words.clean(str(summary.folder / "report.html")), wrap=False)
        self._line(words.clean(str(summary.folder)))

    def stages(self, stages: Sequence[StageRecord]) -> None:
        """What the network was after each stage, and what there is to say of that."""
        if not stages:
            return
        rows = [stage_columns(stages), *stage_rows(stages)]
        widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
        for number, row in enumerate(rows):
            first, *cells, last = row
            numbers = "".join(f"  {cell:>{width}}" for cell, width in zip(cells, widths[1:], strict=False))
            self._line(f"{_fitted(first, widths[0])}{numbers}  {last}", "" if number else "dim")
        self._line()
        for stage in stages:
            for note in stage.notes:
                self._fact("note", words.clean(f"{stage.stage}: {note}"))
            for trouble in stage.troubles:
                self._fact("WARNING", words.clean(trouble), "bold yellow")

    def compressed(self, stages: Sequence[StageRecord], folder: Path) -> None:
        """The same of a run that was trained before, and where the stages are."""
        self._line()
        self.stages(stages)
        self._line(words.clean(str(folder)))

    def exports(self, exports: Iterable[ExportRecord]) -> None:
        """The files that the network was exported to, or why it wasn't."""
        for export in exports:
            self._fact("export", export_line(export), "" if export.trouble is None else "bold red")

    def assertions(self, assertions: Iterable[AssertionResult]) -> None:
        """Whether each assertion holds, and the values that it names."""
        for assertion in assertions:
            self._fact("assert", assertion_line(assertion), "" if assertion.holds else "bold red")

    def evaluation(self, test: Evaluation) -> None:
        """How a split was judged: its numbers, and each class."""
        in_table = set(test.classes[0].values) if 0 < len(test.classes) <= LISTED_CLASSES else set[str]()
        values = {name: value for name, value in test.values.items() if name not in in_table}
        self._fact(test.split, listed(values, correct(test)), "bold")
        if in_table:
            self._line()
            self._classes(test)
            self._line()
        elif test.classes:
            self._fact("classes", f"{words.count(len(test.classes))}, each in the report")
        if test.worst is not None:
            self._fact("worst", _worst(test, test.worst))

    def _classes(self, test: Evaluation) -> None:
        """The table of the classes: a line for each, the worst one marked, and the means."""
        measured = tuple(test.classes[0].values)
        names = [words.clean(item.name) for item in test.classes]
        room = min(max(LABEL, *map(cell_len, names)), WIDEST_CLASS)

        def row(name: str, cells: Iterable[str], mark: str = "", style: str = "") -> None:
            numbers = "".join(f"  {cell:>9}" for cell in cells)
            self._line(f"{_fitted(name, room)}{numbers}{mark}", style)

        row("class", (*measured, "support"), style="dim")
        for number, item in enumerate(test.classes):
            worst = number == test.worst
            cells = [words.measure(name, item.values[name]) for name in measured]
            mark = f"  {self._sign('←', '<-')} worst" if worst else ""
            row(names[number], (*cells, words.count(item.support)), mark, "yellow" if worst else "")
        means = [words.measure(name, test.values[name]) if name in test.values else "" for name in measured]
        row("mean", (*means, words.count(test.samples)), style="bold")

    def _fact(self, label: str, text: str, style: str = "", *, wrap: bool = True) -> None:
        """A label and what it stands for; on a terminal, long texts go on below themselves."""
        width = min(self.console.width, WIDTH) - LABEL - 1
        wrapped = textwrap.wrap(text, max(width, 20)) if wrap and self.console.is_terminal else [text]
        for number, part in enumerate(wrapped):
            shown = label if number == 0 else ""
            self._line(Text.assemble((f"{shown:{LABEL}} ", style or "dim"), (part, style)))

    def _line(self, line: str | Text = "", style: str = "") -> None:
        """A whole line, never broken by us: the terminal may, and a log keeps it as it is."""
        text = line.copy() if isinstance(line, Text) else Text(line)
        if self._plain(text.plain) != text.plain:
            text = Text(self._plain(text.plain))
        self.console.print(text, style=style, soft_wrap=True)

    def _plain(self, text: str) -> str:
        """The text with `?` for what the console's encoding can't say."""
        encoding = self.console.encoding
        return text.encode(encoding, "replace").decode(encoding)

    def _sign(self, sign: str, plain: str) -> str:
        return sign if self._plain(sign) == sign else plain


def _columns(values: Mapping[str, float], program: Program) -> tuple[str, ...]:
    """What the table of epochs shows: loss and accuracy of both splits, what a stop or a schedule watches, the time."""
    wanted = ["train.loss", "train.accuracy", "validation.loss", "validation.accuracy"]
    wanted += [value for _, value in watched(program.train)]
    wanted.append("train.seconds")
    return tuple(dict.fromkeys(name for name in wanted if name in values))


def _fitted(name: str, room: int) -> str:
    """A name in exactly so many columns of the terminal, where a letter may take two."""
    return set_cell_size(name if cell_len(name) <= room else f"{set_cell_size(name, room - 1).rstrip()}…", room)


def _width(name: str) -> int:
    split, _, measured = name.rpartition(".")
    return max(len(split), len(measured), 8)


def _worst(test: Evaluation, place: int) -> str:
    worst = test.classes[place]
    if worst.mistaken_for is None:
        return words.clean(worst.name)
    other, number = worst.mistaken_for
    return f"{words.clean(worst.name)}, taken for {words.clean(other)} ({words.times(number)})"
