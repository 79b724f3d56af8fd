"""Trainings of the stages of `compress`."""

from __future__ import annotations

from netspec.catalogue.sections.train import Train
from netspec.catalogue.stages import Stage


def training_of(stage: Stage, train: Train) -> Train | None:
    """The section `train` of what a stage trains, of that of its run; None if it trains nothing."""
    if not stage.trained_epochs:
        return None
    lr, optimizer = stage.learning_rate, train.optimizer
    if lr is not None:
        optimizer = optimizer.model_copy(update={"lr": lr})
    return train.model_copy(update={"epochs": stage.trained_epochs, "optimizer": optimizer, "init": ()})
