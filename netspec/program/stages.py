"""What the stages of `compress` train and prune."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod

from netspec.catalogue.sections.train import Train
from netspec.catalogue.stages import Stage
from netspec.immutable import immutable
from netspec.program.channels import Fixed
from netspec.program.graph import Graph, Tensor
from netspec.program.program import Program
from netspec.program.pruning import channels_of
from netspec.program.selectors import Patterns, learned, select
from netspec.program.written import written


@immutable
class StageRow:
    """A stage before it is carried out: the number of epochs that it trains; how many groups of channels, or weights,
    it chooses from, None if that depends on the stages before it; and the layers that keep all channels, by the reason
    why."""

    stage: str
    epochs: int
    removes: str | None
    candidates: int | None
    kept: Mapping[str, Sequence[str]]


def stage_plan(program: Program) -> tuple[StageRow, ...]:
    """What the stages of a spec will do."""
    return tuple(_rows(program)) if program.compress is not None else ()


def _rows(program: Program) -> Iterator[StageRow]:
    assert program.compress is not None, "it has stages"
    as_trained = True
    for stage in program.compress.stages:
        candidates, kept = None, dict[str, Sequence[str]]()
        if as_trained and stage.removes == "filters":
            channels = channels_of(program, stage.spared)
            candidates, kept = len(channels.groups), by_reason(channels.fixed)
            as_trained = False
        elif as_trained and stage.removes == "weights":
            candidates = sum(prod(item.sizes) for item in prunable_weights(program.graph, stage.spared))
        yield StageRow(written(stage), stage.trained_epochs, stage.removes, candidates, kept)


def by_reason(fixed: Sequence[Fixed]) -> dict[str, Sequence[str]]:
    """The paths of layers by the reason why they keep all channels."""
    reasons = dict.fromkeys(item.reason for item in fixed)
    return {reason: tuple(item.path for item in fixed if item.reason == reason) for reason in reasons}


def training_of(stage: Stage, train: Train) -> Train | None:
    """The section `train` of what a stage trains, of that of its run; None if it trains nothing."""
    if not stage.trained_epochs:
        return None
    lr, optimizer = stage.learning_rate, train.optimizer
    if lr is not None:
        optimizer = optimizer.model_copy(update={"lr": lr})
    return train.model_copy(update={"epochs": stage.trained_epochs, "optimizer": optimizer, "init": ()})


def prunable_weights(graph: Graph, keep: Patterns) -> tuple[Tensor, ...]:
    """The weights of which single ones may be set to zero: those with two dimensions or more that aren't kept."""
    kept = set(select(learned(graph), keep).names) if keep else set[str]()
    return tuple(item for item in learned(graph) if len(item.sizes) > 1 and item.name not in kept)
