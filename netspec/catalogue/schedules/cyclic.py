"""A learning rate that goes up and down."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.python import Python
from netspec.catalogue.schedules import Clock
from netspec.catalogue.schedules._cycle import BaseMomentum, Cycle, MaxMomentum
from netspec.catalogue.values import Duration, Quantity


class Cyclic(Cycle):
    """Go from the optimizer's learning rate up to another one and back, again and again, in straight lines.

    torch.optim.lr_scheduler.CyclicLR, where the optimizer's own learning rate is `base_lr`, and `up` and `down` are
    `step_size_up` and `step_size_down`.

    Smith, Cyclical Learning Rates for Training Neural Networks, WACV 2017.
    """

    positional: ClassVar = ("max_lr",)
    torch_names: ClassVar = ("torch.optim.lr_scheduler.CyclicLR",)
    aliases: ClassVar = ("clr",)
    unlike_torch: ClassVar = {
        "base_lr": "the optimizer's `lr`, or a group's",
        "step_size_up": "`up`",
        "step_size_down": "`down`",
        "scale_fn": "a function of Python",
        "scale_mode": "it is for `scale_fn`",
    }
    examples: ClassVar = (
        Example("cyclic(0.1, up=2 epochs)"),
        Example("cyclic(0.1, up=500 steps, down=1500 steps, mode=triangular2)"),
    )

    max_lr: Annotated[float, Field(gt=0, description="the learning rate at the top")]
    up: Annotated[Duration, Field(description="how long it rises")] = Quantity(2000, "steps")
    down: Annotated[Duration | None, Field(description="how long it falls; none is as long as it rises")] = None
    mode: Annotated[
        Literal["triangular", "triangular2", "exp_range"],
        Field(description="whether the top stays, halves with each cycle, or falls by `gamma` with each step"),
    ] = "triangular"
    gamma: Annotated[float, Field(gt=0, le=1, description="factor of a step for `exp_range`")] = 1.0
    base_momentum: BaseMomentum = 0.8
    max_momentum: MaxMomentum = 0.9

    def rate(self, lr: float, step: int, clock: Clock) -> float:
        return lr + (self.max_lr - lr) * self.height(step, clock)

    def height(self, step: int, clock: Clock) -> float:
        up = clock.steps(self.up)
        down = up if self.down is None else clock.steps(self.down)
        return triangle(step, up, down) * self._scale(step // (up + down), step)

    def _scale(self, cycle: int, step: int) -> float:
        if self.mode == "triangular2":
            return 0.5**cycle
        return self.gamma**step if self.mode == "exp_range" else 1.0

    def changes(self) -> tuple[Quantity, ...]:
        return (self.up,)

    def python(self, clock: Clock) -> Python:
        height = self.python_height(clock)
        return Python(f"lr + ({self.max_lr!r} - lr) * {height.text}", height.copied)

    def python_height(self, clock: Clock) -> Python:
        up = clock.steps(self.up)
        down = up if self.down is None else clock.steps(self.down)
        scale = {"triangular2": f"0.5 ** (step // {up + down})", "exp_range": f"{self.gamma!r} ** step"}.get(
            self.mode, "1.0"
        )
        return Python(f"(triangle(step, {up}, {down}) * {scale})", (f"{__name__}.triangle",))


def triangle(step: int, up: int, down: int) -> float:
    """How high it is on a way up and down, again and again: from 0 to 1."""
    elapsed = step % (up + down)
    return elapsed / up if elapsed <= up else (up + down - elapsed) / down
