"""A straight line to another learning rate."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.python import Python
from netspec.catalogue.schedules._decay import Decay


class Linear(Decay):
    """Go to another learning rate in a straight line.

    torch.optim.lr_scheduler.LinearLR, which is told shares of the optimizer's learning rate.
    """

    torch_names: ClassVar = ("torch.optim.lr_scheduler.LinearLR",)
    unlike_torch: ClassVar = {
        "start_factor": "a rise is `warmup`",
        "end_factor": "`to`, a learning rate",
        "total_iters": "`over`",
    }
    examples: ClassVar = (Example("linear(to=1e-5)"), Example("linear(500 steps)"))

    def left(self, progress: float) -> float:
        return 1 - progress

    def python_left(self, progress: str) -> Python:
        return Python(f"(1 - {progress})")
