"""Stages of runs, each in the module of its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from netspec.catalogue.constraints import Constraint
from netspec.catalogue.entry import names
from netspec.catalogue.stages import Stage
from netspec.experiments.training import Trainer
from netspec.program.parts import Part
from netspec.program.program import Program


@dataclass(frozen=True)
class Network:
    """A network on its way through the stages, each of which makes another one of it.

    `base` is the program of the run, and `program` that of the network now, whose weights the run in `folder` ended
    with; `part` is the part of the spec that the run is, if it has several. `constraints` are those of all trainings to
    come, `pending` those of the next one alone. `file` is an ONNX file with the network in whole numbers. `notes` are
    of the stage, sentences without a full stop.
    """

    base: Program
    program: Program
    folder: Path
    part: Part | None = None
    constraints: tuple[Constraint, ...] = ()
    pending: tuple[Constraint, ...] = ()
    file: Path | None = None
    notes: tuple[str, ...] = ()


CarryOut = Callable[[Any, Network, Path, Trainer], Network]


def carry_out(stage: Stage, network: Network, folder: Path, trainer: Trainer) -> Network:
    """Carry out a stage in its folder, or go on with it there. Raises NetspecError."""
    assert stage.name() in names(Stage), "its module is found by its name"
    module = import_module(f"{__name__}.{stage.name()}")
    carry: CarryOut = module.carry_out
    return carry(stage, network, folder, trainer)
