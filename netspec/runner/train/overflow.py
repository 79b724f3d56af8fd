"""Overflow in training: a problem that says where it began, or a rollback if the spec asks for one."""

from __future__ import annotations

from torch import Tensor, nn

from netspec.problems.base import NetspecError
from netspec.problems.measured import Unscaled
from netspec.problems.running import LossNotFinite
from netspec.runner.nonfinite import all_finite, first_overflow, nonfinite_state
from netspec.runner.store.checkpoints import last_checkpoint
from netspec.runner.train.training import Training


class Overflow(Exception):  # noqa: N818 - what happened
    """The numbers of a step overflowed, and the training rolls back."""

    def __init__(self, problem: NetspecError) -> None:
        super().__init__(str(problem))
        self.problem = problem


def state_overflow(
    training: Training, network: nn.Module, epoch: int, index: int | None = None
) -> Overflow | NetspecError | None:
    """The exception to raise if the state of a training's network isn't finite, which names the tensor; None if it
    is."""
    if all_finite(network.state_dict().values()):
        return None
    return overflow(training, nonfinite_state(network) or "a weight", epoch, index)


def overflow(
    training: Training, what: str, epoch: int, index: int | None = None, inputs: tuple[Tensor, ...] = ()
) -> Overflow | NetspecError:
    """The exception to raise for `what` overflowed in an epoch, at a batch by its index from 0 if it is known.

    With the `inputs` of the batch it names the layer or the parameter that overflowed first.
    """
    program = training.program
    where = first_overflow(training.network, inputs) if inputs else None
    last = last_checkpoint(training.checkpoints.folder)
    span = program.span_of("train.optimizer.lr")
    batch = None if index is None else index + 1
    problem = NetspecError.of(
        LossNotFinite(
            span, what, epoch, training.steps.lr, str(last) if last else None, batch, where, _causes(training)
        )
    )
    return Overflow(problem) if program.train.on_nan == "rollback" else problem


def _causes(training: Training) -> tuple[str, ...]:
    """What was measured of the data that makes numbers overflow: large targets and large inputs, with what helps."""
    diagnostics = [problem.diagnose() for problem in training.data.problems if isinstance(problem, Unscaled)]
    return tuple(f"{found.message}: {found.help}" for found in diagnostics)
