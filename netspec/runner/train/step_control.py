"""The end of a step: whether it is the last one for now, and whether a checkpoint is due within the epoch."""

from __future__ import annotations

from time import perf_counter

from netspec.interruption import StopRequest
from netspec.runner.train.progress import Progress
from netspec.runner.train.state import save_checkpoint
from netspec.runner.train.training import Training


class StepControl:
    """Ends a training within an epoch, on request or when its `max_time` is over, and saves it within an epoch."""

    def __init__(self, training: Training, before: float, request: StopRequest) -> None:
        """`before` is the number of seconds that a resumed run took before."""
        self.training = training
        self.before = before
        self.request = request
        self.began = self.last_saved = perf_counter()
        limit = training.program.train.max_time
        self.limit = limit.seconds if limit else None

    @property
    def seconds(self) -> float:
        """The time of the run so far, that before it was resumed included."""
        return self.before + perf_counter() - self.began

    @property
    def is_spent(self) -> bool:
        """Whether the time was over before the run was resumed."""
        return self.limit is not None and self.before > self.limit

    @property
    def out_of_time(self) -> bool:
        return self.limit is not None and self.seconds > self.limit

    def should_stop(self, progress: Progress) -> bool:
        """Whether the step just taken is the last one for now; if not, saves a checkpoint if one is due."""
        progress.seconds = self.seconds
        step = self.training.steps.until(progress.moment)
        if self.request.should_stop(step) or self.out_of_time:
            return True
        if self.training.program.train.checkpoint.is_due_within(step, perf_counter() - self.last_saved):
            save_checkpoint(self.training, progress)
            self.saved()
        return False

    def saved(self) -> None:
        """A checkpoint was just saved."""
        self.last_saved = perf_counter()
