"""Further training of a network."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from netspec.catalogue.stages.finetune import Finetune
from netspec.experiments.stages import Network
from netspec.experiments.stages.programs import final_weights, program_of, run_stage
from netspec.experiments.training import Trainer
from netspec.program.stages import training_of


def carry_out(stage: Finetune, network: Network, folder: Path, trainer: Trainer) -> Network:
    train = training_of(stage, network.base.train)
    assert train is not None, "it has epochs"
    constraints = (*train.constraints, *(network.pending or network.constraints))
    train = train.model_copy(update={"constraints": constraints})
    program = program_of(network, network.program.graph, train, stage.name())
    if not trainer.is_finished(folder):
        run_stage(network, program, lambda: final_weights(network.folder), folder, trainer)
    return replace(network, program=program, folder=folder, pending=(), notes=())
