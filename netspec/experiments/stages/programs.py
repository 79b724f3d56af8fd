"""Programs of stages: those of a network that was changed, and of its further training."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from torch import Tensor

from netspec.catalogue.sections.train import Train
from netspec.checker import Analysis, Checked
from netspec.experiments.stages import Network
from netspec.experiments.training import Trainer
from netspec.problems.base import NetspecError
from netspec.problems.compressing import NotCompressed
from netspec.program.graph import Graph
from netspec.program.program import Program
from netspec.program.space import Role
from netspec.program.written import written_field
from netspec.runner.store.folder import RunFolder
from netspec.runner.uses.saved_run import SavedRun
from netspec.source import Source
from netspec.writer.errors import CannotTranslate
from netspec.writer.spec import respecified

Weights = Callable[[], Mapping[str, Tensor]]


def final_weights(folder: Path) -> dict[str, Tensor]:
    """The tensors that a run ended with, by the names of the state_dict. Raises NetspecError."""
    return SavedRun.of(folder).network.state_dict()


def program_of(network: Network, graph: Graph, train: Train, stage: str) -> Program:
    """The program of a graph with another section `train`, as the text of a spec that needs no other file. Raises
    NetspecError, also if the graph can't be written as text."""
    try:
        text = respecified(network.program, graph, train=_settings(train, network.program.train)).text
    except CannotTranslate as error:
        raise NetspecError.of(NotCompressed(None, stage, str(error))) from error
    return checked(network, text)


def checked(network: Network, text: str) -> Program:
    """The program of a spec's text, for the data of a network, as a file beside the spec of the run would be it."""
    program = network.program
    source = Source(f"{program.name}.net", text, program.source.path)
    analysis = Analysis(source, described=(program.source_index, program.type), trial=True)
    return Checked(analysis).require()


def run_stage(
    network: Network, program: Program, weights: Weights, folder: Path, trainer: Trainer, role: Role | None = None
) -> None:
    """Run the program of a stage in its folder from the weights on, or go on with its run there."""
    own = role.of(program) if role is not None else program
    resume = folder.exists()
    with RunFolder(folder, resume=resume, resumed_by=trainer.resumed_by) as locked:
        locked.write_spec(program, network.part, role)
        one = network.part.of(own) if network.part is not None else own
        replace(trainer, weights=weights).run_all(one, locked, resume=resume)


def _settings(train: Train, before: Train) -> dict[str, str]:
    """The settings in which a section differs from another one, as a spec writes them."""
    values = {
        name: (getattr(train, name), getattr(before, name)) for name in type(train).model_fields if name != "init"
    }
    return {name: written_field(train, name, new) for name, (new, old) in values.items() if new != old}
