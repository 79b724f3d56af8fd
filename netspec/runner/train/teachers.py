"""Teachers: networks of saved runs, in evaluation mode, and what they give for the samples of a training."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from netspec.builder import build_empty
from netspec.builder.network import Network
from netspec.builder.views import View
from netspec.catalogue.losses import TaughtLoss
from netspec.catalogue.teachers import Teacher
from netspec.checker import saved_program
from netspec.data.prepare import PreparedData, RawSplits
from netspec.data.processing import Processing, restored_processing
from netspec.formats.errors import DataError
from netspec.formats.files import why_no_folder
from netspec.formats.run_weights import run_folder, run_weights
from netspec.formats.weights_file import WeightsFile
from netspec.problems.base import NetspecError
from netspec.problems.training import WrongTeacher
from netspec.program.plan import evaluation_batch
from netspec.program.program import Program
from netspec.program.values import named_value
from netspec.runner.store.checkpoint import MODEL, load_into, most_bytes, read_checkpoint
from netspec.runner.store.checkpoints import last_checkpoint
from netspec.runner.store.folder import RunFolder
from netspec.runner.train.evaluate import evaluate
from netspec.saved.formats import TEACHERS
from netspec.saved.spec import no_run
from netspec.saved.teacher_record import TeacherRecord, read_teachers


@dataclass(frozen=True)
class TeacherNetwork:
    """The network of a saved run on the device: it is in evaluation mode, and nothing of it is learned.

    `view` computes the values that are learned from, and `processing` makes of samples what it takes, as its own
    transforms were fitted.
    """

    folder: Path
    weights: WeightsFile
    program: Program
    network: Network
    view: View
    processing: tuple[Processing, ...]

    @classmethod
    def of(cls, folder: Path, losses: Sequence[TaughtLoss], device: torch.device) -> TeacherNetwork:
        """Load the teacher of some losses, one value for each of them. Raises NetspecError."""
        program = saved_program(folder)
        weights = weights_of(folder, losses[0])
        checkpoint = read_checkpoint(weights.path.parent, most_bytes(program))
        network = build_empty(program)
        assert isinstance(network, Network)
        try:
            load_into(network, checkpoint.tensors[MODEL])
            processing = restored_processing(program.type, program.data, checkpoint.fitted())
        except (KeyError, ValueError, RuntimeError) as error:
            raise no_run(folder, "its weights are those of another network") from error
        network = network.to(device).eval().requires_grad_(False)
        graph = program.graph
        values = [value for loss in losses if (value := named_value(graph, loss.teacher_value)) is not None]
        if len(values) < len(losses):
            raise no_run(folder, "its network lacks what is learned from")
        view = View(network, graph, range(len(graph.inputs)), values)
        return cls(folder, weights, program, network, view, processing)

    def evaluate(self, data: PreparedData, raw: RawSplits) -> dict[str, float]:
        """The metrics of the teacher on the split that the student is evaluated on; none where the two have other
        targets, or where there is no such split."""
        split = data.data_record.evaluated_split(data.program.evaluate)
        samples, own = raw.splits.get(split or ""), self.program.loss
        if split is None or samples is None or self.program.type.target != data.program.type.target or data.scaling:
            return {}
        targets = data.split(split)
        assert targets is not None
        size, program = evaluation_batch(data.program), replace(data.program, loss=own)
        batches = (
            (inputs, targets.targets[start : start + len(inputs[0])])
            for start, inputs in self.inputs(samples.inputs, size, data.device)
        )
        criterion = own.build(data.classes).to(data.device)
        found = evaluate(self.network, criterion, batches, len(samples.targets), program, split, final=False)
        return {name: value for name, value in found.values.items() if name != "loss"}

    def inputs(self, samples: Sequence[np.ndarray], size: int, device: torch.device):
        """What the network takes for samples as the data has them, batch by batch, with the index of the first."""
        for start in range(0, len(samples[0]), size):
            batch = (values[start : start + size] for values in samples)
            ready = zip(self.processing, batch, strict=True)
            yield start, tuple(one.evaluated(values).to(device) for one, values in ready)


def weights_of(folder: Path, loss: TaughtLoss) -> WeightsFile:
    """The weights of a run that are learned from. Raises NetspecError if it has none."""
    try:
        return run_weights(str(folder), folder, folder, loss.teacher.weights)
    except DataError as error:
        raise _no_teacher(error) from None


def record_of(folder: Path, weights: WeightsFile, values: Mapping[str, float]) -> TeacherRecord:
    assert weights.sha256 is not None, "a run's manifest has it"
    return TeacherRecord(str(folder), weights.path.parent.name, weights.sha256, values)


def name_of(teacher: Teacher) -> str:
    """What the record of a run calls a teacher: the folder that the spec names, and the weights if it chooses some."""
    return teacher.folder if teacher.weights is None else f"{teacher.folder} ({teacher.weights})"


def find_teacher(program: Program, loss: TaughtLoss, path: str, before: TeacherRecord | None) -> Path:
    """The folder of a teacher: the one that the run has begun with, if that is still there, else the one that the spec
    names. Raises NetspecError where its weights are others than those that the run has begun with."""
    if before is None:
        return _named(loss, program)
    known = Path(before.folder)
    folder = known if why_no_folder(before.folder, known) is None else _named(loss, program)
    now = weights_of(folder, loss)
    if now.sha256 != before.digest:
        raise NetspecError.of(
            WrongTeacher(
                program.span_of(path),
                f"the teacher `{folder}` has other weights than when the run began",
                notes=(f"SHA-256 {_start(now.sha256)} of {now.path.parent.name}, and was {_start(before.digest)}",),
                help="bring the run of the teacher back, or begin a new run",
            )
        )
    return folder


def _start(digest: str | None) -> str:
    return f"{str(digest)[:12]}…"


def _named(loss: TaughtLoss, program: Program) -> Path:
    try:
        return run_folder(loss.teacher.folder, program.folders.spec).resolve()
    except DataError as error:
        raise _no_teacher(error) from None


def _no_teacher(error: DataError) -> NetspecError:
    return NetspecError.of(WrongTeacher(None, f"there is no such teacher: {error.reason}", help=error.help))


def known_teachers(folder: RunFolder, names: Collection[str]) -> Mapping[str, TeacherRecord]:
    """The teachers of those names that a run has begun with; none before its first checkpoint if nothing is recorded.
    Raises NetspecError if the record isn't that of all of them."""
    found = read_teachers(folder.path)
    if found is None:
        if last_checkpoint(folder.checkpoints) is not None:
            raise no_run(folder.path, f"there is no {TEACHERS.file}, which says whose weights it has learned from")
        return {}
    for name in names:
        if name not in found:
            raise no_run(folder.path, f"{TEACHERS.file} has no teacher `{name}`, from which its spec learns")
    return found
