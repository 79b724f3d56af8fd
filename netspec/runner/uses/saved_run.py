"""Saved runs: the program and the weights of a run, loaded from its folder to evaluate and to predict."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from netspec.builder import build_empty
from netspec.checker import saved_program
from netspec.data.prepare import PreparedData, RawSplits, load_splits, prepare_splits
from netspec.data.processing import Processing, restored_processing
from netspec.data.target_scaling import TargetScaling
from netspec.formats.errors import DataError
from netspec.problems.base import NetspecError
from netspec.problems.running import NoRun
from netspec.program.data_errors import as_problem
from netspec.program.plan import evaluation_batch
from netspec.program.program import Program
from netspec.runner.events import Evaluation
from netspec.runner.machine.memory import ensure_memory, memory_problems
from netspec.runner.store.checkpoint import MODEL, CheckpointData, damage, load_into, most_bytes, read_checkpoint
from netspec.runner.store.same_data import ensure_same_data
from netspec.runner.train.evaluate import evaluate
from netspec.saved.moment import Moment
from netspec.saved.weights import chosen_checkpoint

CPU = torch.device("cpu")
"""Where runs are evaluated."""


@dataclass(frozen=True)
class SavedRun:
    """The program of a run, and its network with the weights of a checkpoint, in evaluation mode on the CPU.

    `fitted` is what each transform learned in training, as JSON data; `state` is all of the checkpoint but its tensors;
    `scaling` is how targets were scaled for the loss, None if they weren't.
    """

    folder: Path
    program: Program
    network: nn.Module
    moment: Moment
    fitted: tuple[Mapping[str, Any], ...]
    state: Mapping[str, Any]
    scaling: TargetScaling | None = None

    @classmethod
    def of(cls, folder: Path, which: str | None = None) -> SavedRun:
        """Load a run with its `best` or its `last` weights, by default its final ones: the best if its `stop` restores
        them, else the last. A run without a best epoch has the last only. Raises NetspecError."""
        program = saved_program(folder)
        with evaluation_memory(program):
            checkpoint = _chosen_checkpoint(folder, which, program)
            network = build_empty(program)
        try:
            with evaluation_memory(program):
                load_into(network, checkpoint.tensors[MODEL])
        except RuntimeError as error:
            raise NetspecError.of(NoRun(None, str(folder), "its weights are those of another network")) from error
        checkpoint.ensure_of(program.hash)
        moment = Moment(checkpoint.state["epoch"], checkpoint.state["batch"])
        scaling = _scaling_of(program, checkpoint)
        return cls(folder, program, network.eval(), moment, checkpoint.fitted(), checkpoint.state, scaling)

    def evaluate(self, split: str) -> Evaluation | None:
        """Evaluate the weights on `train`, `validation` or `test`; None if the data has no such split. Raises
        NetspecError."""
        return self.evaluate_on(self.prepare(), split)

    def prepare(self) -> PreparedData:
        """Load the data from where the spec says. Raises NetspecError, also if it isn't the data of the run: its splits
        would be drawn differently, and the weights evaluated on samples that they were trained on."""
        raw = self.load()
        with self._data_problems():
            return prepare_splits(raw, CPU)

    def load(self) -> RawSplits:
        """The same samples as the source has them, split by split. Raises NetspecError as `prepare` does."""
        with self._data_problems():
            raw = load_splits(self.program)
        ensure_same_data(self.program, raw, self.state.get("data"), self.folder)
        return raw

    @contextmanager
    def _data_problems(self) -> Generator[None]:
        try:
            with evaluation_memory(self.program):
                yield
        except DataError as error:
            raise NetspecError.of(as_problem(error, self.program.span_of("data.source"))) from error

    def evaluate_on(self, data: PreparedData, split: str) -> Evaluation | None:
        """Evaluate the weights on a split of prepared data; None if it has no such split."""
        criterion, samples = self.program.loss.build(data.classes, self.scaling), data.size(split)
        batches = data.batches(split, evaluation_batch(data.program))
        with evaluation_memory(self.program):
            return evaluate(self.network, criterion, batches, samples, data.program, split) if samples else None

    def processing(self) -> tuple[Processing, ...]:
        """The processing of each input, with what its transforms measured in training. Raises NetspecError."""
        with self._measured_problems():
            return restored_processing(self.program.type, self.program.data, self.fitted)

    def ready(self, inputs: Sequence[np.ndarray]) -> tuple[Tensor, ...]:
        """Samples [N, …] as the data set has them, one array for each of its inputs, as the network takes them. Raises
        NetspecError."""
        with self._measured_problems():
            return tuple(one.evaluated(values) for one, values in zip(self.processing(), inputs, strict=True))

    @contextmanager
    def _measured_problems(self) -> Generator[None]:
        try:
            with evaluation_memory(self.program):
                yield
        except (KeyError, ValueError, RuntimeError) as error:
            raise damage(self.checkpoint, "what its transforms measured doesn't fit the data") from error

    def predict(self, inputs: Sequence[np.ndarray]) -> tuple[Tensor, Tensor | None]:
        """Predict samples [N, …] as the data set has them, one array for each of its inputs.

        Returns the decisions [N, …], and the probabilities of classes [N, classes] if the loss has them.
        """
        ready = self.ready(inputs)
        loss, size = self.program.loss, evaluation_batch(self.program)
        with torch.inference_mode(), evaluation_memory(self.program):
            parts = [self.network(*batch) for batch in zip(*(values.split(size) for values in ready), strict=True)]
            output = torch.cat(parts)
            target = self.program.type.target
            decisions = loss.decide(output, target)
            decisions = decisions if self.scaling is None else self.scaling.undone(decisions)
            return decisions, loss.probabilities(output) if target.labels else None

    @property
    def checkpoint(self) -> Path:
        """The folder of the checkpoint that the weights are from."""
        return self.folder / "checkpoints" / self.moment.name


@dataclass(frozen=True)
class SavedEvaluation:
    """The evaluation of a saved run, and the moment that its weights are of."""

    moment: Moment
    evaluation: Evaluation


def _scaling_of(program: Program, checkpoint: CheckpointData) -> TargetScaling | None:
    """How targets were scaled in training; None if they weren't. Raises NetspecError if the state doesn't say it."""
    if not program.data.target_transform:
        return None
    try:
        return TargetScaling.restored(program.data.target_transform, checkpoint.target_fitted())
    except ValueError as error:
        raise damage(checkpoint.path, "what was measured of the targets doesn't fit the spec") from error


@contextmanager
def evaluation_memory(program: Program) -> Generator[None]:
    """Refuse a network that can't fit into the memory, and turn a full memory into a problem. Raises NetspecError."""
    ensure_memory(program, CPU)
    with memory_problems(program, CPU):
        yield


def _chosen_checkpoint(folder: Path, which: str | None, program: Program) -> CheckpointData:
    """The checkpoint with the `best` or the `last` weights of a run. Raises NetspecError."""
    return read_checkpoint(chosen_checkpoint(folder, program, which), most_bytes(program))
