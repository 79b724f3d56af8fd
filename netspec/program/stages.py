"""What the stages of `compress` train and prune."""

from __future__ import annotations

from netspec.catalogue.sections.train import Train
from netspec.catalogue.stages import Stage
from netspec.program.graph import Graph, Tensor
from netspec.program.selectors import Patterns, learned, select


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
