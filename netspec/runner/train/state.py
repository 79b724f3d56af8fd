"""The state of a training: saved to checkpoints, and loaded from them to resume, to roll back or to restore weights."""

from __future__ import annotations

from typing import Any

from netspec.problems.base import NetspecError
from netspec.problems.running import CheckpointDamaged
from netspec.runner.events import Resumed
from netspec.runner.machine.environment import environment
from netspec.runner.store.checkpoint import MODEL, TRAINED, CheckpointData, load_into, load_weights
from netspec.runner.store.same_data import ensure_same_data
from netspec.runner.train.overflow import state_overflow
from netspec.runner.train.progress import Progress
from netspec.runner.train.training import Training
from netspec.saved.moment import Moment

NORM_BATCHES = 32
"""The number of batches over which batch norms are updated for a checkpoint within an epoch: all batches of the epoch
would take longer than the work that it saves, and a user who ends a run may not wait for it."""


def save_checkpoint(training: Training, progress: Progress, *, final: bool = False) -> None:
    """Commit a checkpoint, of the `final` weights or of those on the way. Randomness follows from the seed and the
    moment, so no generator has to be saved.

    Raises Overflow or NetspecError instead if weights overflowed, as nothing can resume from those.
    """
    at = (progress.epoch + 1, progress.batch - 1) if progress.batch else (progress.epoch,)
    if (broken := state_overflow(training, training.network, *at)) is not None:
        raise broken
    if progress.batch:
        # at the end of an epoch they are up to date
        training.update_norms(progress.epoch + 1, None if final else NORM_BATCHES)
    if (broken := state_overflow(training, training.eval_network, *at)) is not None:
        raise broken
    state: dict[str, Any] = {
        "spec": training.program.hash,
        "seed": training.program.train.seed,
        "data": training.data.data_record.digest,
        "statistics": [dict(fitted) for fitted in training.data.data_record.fitted],
        "target_statistics": [dict(fitted) for fitted in training.data.data_record.target_fitted],
        "environment": environment(training.device),
        **progress.as_data(),
    }
    tensors = {MODEL: training.eval_network.state_dict()}
    if training.eval_network is not training.network:
        tensors[TRAINED] = training.network.state_dict()
    best = progress.standing.best_epoch
    training.checkpoints.save(progress.moment, tensors, training.steps.state(), state, best=best)


def load_checkpoint(training: Training, checkpoint: CheckpointData) -> Progress:
    """Bring a training to the state of a checkpoint. Raises NetspecError if the checkpoint is of another training."""
    ensure_same_data(training.program, training.data.data_record, checkpoint.state.get("data"), checkpoint.path)
    checkpoint.ensure_of(training.program.hash)
    tensors = checkpoint.tensors
    try:
        progress = Progress.of(checkpoint.state)
        load_into(training.network, tensors.get(TRAINED, tensors[MODEL]))
        if training.averaging is not None:
            training.averaging.load(tensors[MODEL], started=TRAINED in tensors)
        training.steps.load(checkpoint.optimizer())
    except (KeyError, TypeError, ValueError, AttributeError, RuntimeError) as error:
        raise NetspecError.of(CheckpointDamaged(None, str(checkpoint.path), "it is of another training")) from error
    return progress


def resume_newest(training: Training) -> tuple[Progress, Resumed | None]:
    """Resume from the newest checkpoint that is whole; from the start, with None, if there are no checkpoints.

    Raises NetspecError if there are some and none is whole.
    """
    checkpoints = training.checkpoints
    newest, damages = checkpoints.newest()
    if newest is None:
        if damages:
            raise damages[0]
        return Progress(), None
    progress = load_checkpoint(training, newest)
    # what is damaged and newer would be taken for the state of what comes now
    checkpoints.discard(progress.moment)
    checkpoints.settle(best=progress.standing.best_epoch, last=progress.moment)
    return progress, Resumed(
        progress.moment,
        tuple(diagnostic.message for error in damages for diagnostic in error.diagnostics),
        tuple(_differences(training, newest.state.get("environment", {}))),
    )


def restore_weights(training: Training, epoch: int) -> None:
    """Load the weights after an epoch into the network that is evaluated."""
    checkpoints = training.checkpoints
    training.eval_network.load_state_dict(load_weights(checkpoints.path(Moment(epoch)), checkpoints.most))


def _differences(training: Training, before: Any) -> list[str]:
    """What differs from when a checkpoint was saved, so that the bits may differ."""
    now = environment(training.device)
    before = before if isinstance(before, dict) else {}
    return [f"{name} is {now[name]}, and was {before.get(name)}" for name in now if before.get(name) != now[name]]
