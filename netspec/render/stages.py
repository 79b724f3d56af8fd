"""Stages in words: what they will do, and a table of what the network was after each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from netspec.program.stages import StageRow
from netspec.render import words
from netspec.saved.stage_record import StageRecord
from netspec.wording import counted, listing

LOSS = "loss"
LISTED = 6
UNITS = {"filters": "groups of channels", "weights": "weights"}


def render_stages(rows: Sequence[StageRow], steps_per_epoch: int) -> list[RenderableType]:
    """A line for each stage, and one for each reason why layers keep all channels; nothing without stages."""
    if not rows:
        return []
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for number, row in enumerate(rows, start=1):
        stage, *more = _lines(row, steps_per_epoch)
        table.add_row(Text(f"{number}"), Text(words.clean(stage)))
        for line in more:
            table.add_row("", Text(f"  {words.clean(line)}"))
    return [Text("\nstages after the training", "bold"), table]


def stage_columns(stages: Sequence[StageRecord]) -> tuple[str, ...]:
    """The heads of the table: the stage, the first metric, and what was measured of size and time."""
    sizes = (words.counted_samples(one.batch) for one in stages[0].latencies)
    return ("stage", _metric(stages), "parameters", "size", *sizes, "computed by")


def stage_rows(stages: Sequence[StageRecord]) -> Iterator[tuple[str, ...]]:
    """The cells of each stage."""
    metric = _metric(stages)
    for stage in stages:
        measured = words.measure(metric, stage.values[metric]) if metric in stage.values else ""
        times = (words.brief(one.median) for one in stage.latencies)
        parameters = words.count(stage.parameters)
        yield (words.clean(stage.stage), measured, parameters, words.size(stage.size), *times, stage.runtime)


def _metric(stages: Sequence[StageRecord]) -> str:
    """The metric that the table has: the first one beside the loss."""
    return next((name for name in stages[0].values if name != LOSS), LOSS)


def _lines(row: StageRow, steps_per_epoch: int) -> Iterator[str]:
    yield row.stage
    if row.epochs:
        yield f"{row.epochs * steps_per_epoch} steps = {counted(row.epochs, 'epoch')} of {steps_per_epoch}"
    if row.removes is not None and row.candidates is not None:
        yield f"ranks {words.count(row.candidates)} {UNITS[row.removes]}"
    for reason, paths in row.kept.items():
        yield f"{listing([f'`{path}`' for path in paths], LISTED)} {_keep(paths)} all channels: {reason}"


def _keep(paths: Sequence[str]) -> str:
    return "keeps" if len(paths) == 1 else "keep"
