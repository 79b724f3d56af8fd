"""One rise and one fall of the learning rate."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.python import Python, literal
from netspec.catalogue.schedules import Clock
from netspec.catalogue.schedules._cycle import BaseMomentum, Cycle, MaxMomentum
from netspec.catalogue.schedules._decay import half_wave
from netspec.shapes import MisfitError


class OneCycle(Cycle):
    """Rise to the optimizer's learning rate and fall to far below where it began, with the momentum the other way.

    torch.optim.lr_scheduler.OneCycleLR, where the optimizer's own learning rate is `max_lr`.

    Smith and Topin, Super-Convergence: Very Fast Training of Neural Networks Using Large Learning Rates, 2018.
    """

    torch_names: ClassVar = ("torch.optim.lr_scheduler.OneCycleLR",)
    aliases: ClassVar = (
        "onecycle",
        "super_convergence",
    )
    unlike_torch: ClassVar = {
        "max_lr": "the optimizer's `lr`, or a group's",
        "total_steps": "`over`, else the rest of the training",
        "epochs": "`over`, else the rest of the training",
        "steps_per_epoch": "follows from the data",
    }
    examples: ClassVar = (Example("one_cycle"), Example("one_cycle(pct_start=0.2, cycle_momentum=false)"))

    pct_start: Annotated[float, Field(ge=0, le=1, description="share of the time in which it rises")] = 0.3
    anneal_strategy: Annotated[Literal["cos", "linear"], Field(description="the curve on which it goes")] = "cos"
    base_momentum: BaseMomentum = 0.85
    max_momentum: MaxMomentum = 0.95
    div_factor: Annotated[float, Field(gt=0, description="the top divided by what it begins with")] = 25.0
    final_div_factor: Annotated[float, Field(gt=0, description="what it begins with divided by what it ends with")] = (
        1e4
    )
    three_phase: Annotated[
        bool, Field(description="fall as fast as it rose, and go on to the end in a third phase")
    ] = False

    def check(self) -> None:
        if self.three_phase and self.pct_start > 0.5:
            raise MisfitError(
                "a fall that is as long as the rise needs a `pct_start` of at most 0.5", argument="pct_start"
            )

    def rate(self, lr: float, step: int, clock: Clock) -> float:
        first = lr / self.div_factor
        last = first / self.final_div_factor
        rates = (first, lr, first, last) if self.three_phase else (first, lr, last)
        return self._between(rates, step, clock)

    def height(self, step: int, clock: Clock) -> float:
        return self._between((0.0, 1.0, 0.0, 0.0) if self.three_phase else (0.0, 1.0, 0.0), step, clock)

    def _between(self, values: tuple[float, ...], step: int, clock: Clock) -> float:
        return between(values, tuple(self._ends(clock)), step, self.anneal_strategy == "cos")

    def python(self, clock: Clock) -> Python:
        first = f"lr / {self.div_factor!r}"
        last = f"{first} / {self.final_div_factor!r}"
        return self._python_between(
            f"{first}, lr, {first}, {last}" if self.three_phase else f"{first}, lr, {last}", clock
        )

    def python_height(self, clock: Clock) -> Python:
        return self._python_between("0.0, 1.0, 0.0, 0.0" if self.three_phase else "0.0, 1.0, 0.0", clock)

    def _python_between(self, values: str, clock: Clock) -> Python:
        ends, waves = literal(tuple(self._ends(clock))), self.anneal_strategy == "cos"
        return Python(f"between(({values}), {ends}, step, {waves})", (f"{__name__}.between",))

    def _ends(self, clock: Clock) -> Iterator[float]:
        """The steps at which the phases end, as torch has them."""
        yield self.pct_start * clock.total - 1
        if self.three_phase:
            yield 2 * self.pct_start * clock.total - 2
        yield clock.total - 1


def between(values: tuple[float, ...], ends: tuple[float, ...], step: int, waves: bool) -> float:
    """The value at a step that goes from each of some values to the next, phase by phase: these end at `ends`."""
    start = 0.0
    for (left, right), end in zip(pairwise(values), ends, strict=True):
        if step <= end:
            progress = (step - start) / (end - start) if end > start else 1.0
            share = 1 - half_wave(progress) if waves else progress
            return left + (right - left) * share
        start = end
    return values[-1]
