"""How good values for params are searched."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.confirmations import Confirmation
from netspec.catalogue.entry import Example
from netspec.catalogue.search_methods import SearchMethod
from netspec.catalogue.search_stops import SearchStop
from netspec.catalogue.sections import Section
from netspec.catalogue.values import Name, PositiveInt, Text
from netspec.immutable import immutable
from netspec.shapes import MisfitError

COSTS = ("parameters", "flops", "latency")
"""Objectives beside the metrics of the validation split; all are to be small."""
LATENCY = "latency"
"""The one of them that is measured, so that it is another one each time."""


@immutable
class Goal:
    """An objective of a search: a metric of the validation split, or one of `COSTS`, and which way is better."""

    name: str
    larger_is_better: bool

    def cost(self, value: float) -> float:
        """A value such that smaller is better."""
        return -value if self.larger_is_better else value

    def __str__(self) -> str:
        return f"{'maximize' if self.larger_is_better else 'minimize'} {self.name}"


class Search(Section):
    """A search over params: a training for each of many settings, to find the best one.

    Searched are the params with a domain: `param lr = 1e-3 in log(1e-4, 1e-1)`. Each trial trains and evaluates the
    network with other values for them. A param that a setting doesn't use, because it belongs to a branch that isn't
    taken, isn't drawn for it. With folds or several seeds, the value of a trial is the mean over its runs.

    `netspec search` runs it. `netspec run` trains once, with the values that the params have in the spec.
    """

    order: ClassVar = 50
    trains: ClassVar = False
    aliases: ClassVar = ("study", "hyperparameters", "tuning", "tuner")
    examples: ClassVar = (
        Example("search { method = random(trials=20)\n maximize = validation.accuracy }"),
        Example(
            'search { method = tpe(trials=40)\n minimize = validation.loss\n params = ["width", "lr"]\n'
            " stop = median(after=3 epochs)\n confirm = top(3, seeds=5) }"
        ),
        Example("search { method = nsga2(trials=100)\n maximize = validation.accuracy\n minimize = parameters }"),
    )

    method: Annotated[
        SearchMethod, Field(description="method that chooses the settings, and how many trials there are")
    ]
    maximize: Annotated[
        Name | tuple[Name, ...] | None, Field(description="metric of the validation split, or several, to maximize")
    ] = None
    minimize: Annotated[
        Name | tuple[Name, ...] | None,
        Field(
            description="metric of the validation split, or several, to minimize; also `parameters`, `flops`, and "
            "`latency`, the measured time for one sample"
        ),
    ] = None
    params: Annotated[
        Text | tuple[Text, ...] | None,
        Field(description="names of the params to search; by default all params with a domain"),
    ] = None
    stop: Annotated[
        SearchStop | None,
        Field(description="rule that ends trials early that do worse than others; `stop` in `train` ends any run"),
    ] = None
    confirm: Annotated[
        Confirmation | None, Field(description="how the best trials are trained again, to tell skill from luck")
    ] = None
    parallel: Annotated[
        PositiveInt,
        Field(
            le=1024,
            description="number of trials that are proposed together, each from the results of the rounds before; as "
            "many workers can run at once, and results don't depend on their number",
        ),
    ] = 1
    seed: Annotated[int, Field(ge=0, lt=2**63, description="random seed of the proposals")] = 0

    @property
    def goals(self) -> tuple[Goal, ...]:
        """The objectives, those to maximize first."""
        return (
            *(Goal(name, larger_is_better=True) for name in _several(self.maximize)),
            *(Goal(name, larger_is_better=False) for name in _several(self.minimize)),
        )

    @property
    def named(self) -> tuple[str, ...] | None:
        """The params that are named; None for all with a domain."""
        return None if self.params is None else _several(self.params)

    def check(self) -> None:
        goals = [goal.name for goal in self.goals]
        for key, names in (("params", self.named or ()), ("maximize", _several(self.maximize)), ("minimize", goals)):
            twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
            if twice is not None:
                raise MisfitError(f"`{twice}` is named twice", argument=key)
        if self.params == ():
            raise MisfitError("no params are named", argument="params", help="leave `params` out to search all")
        for key, what in (("stop", "ends trials early"), ("confirm", "looks for the best trial")):
            if len(goals) > 1 and getattr(self, key) is not None:
                raise MisfitError(
                    f"`{key}` {what}, but with {len(goals)} objectives no trial is simply better than another",
                    argument=key,
                    help=f"leave out `{key}`, or use one objective",
                )


def _several(names: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else names or ()
