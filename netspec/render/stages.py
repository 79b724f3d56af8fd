"""Stages of a run in words: a table of what the network was after each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netspec.render import words
from netspec.saved.stage_record import Latency, StageRecord

LOSS = "loss"


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


def common_times(latencies: Sequence[Latency]) -> str:
    """What most batches of each size stay below."""
    return ", ".join(f"{words.brief(one.most)} for {words.counted_samples(one.batch)}" for one in latencies)


def _metric(stages: Sequence[StageRecord]) -> str:
    """The metric that the table has: the first one beside the loss."""
    return next((name for name in stages[0].values if name != LOSS), LOSS)
