"""Targets: what a network learns to predict for each sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from netspec.catalogue.entry import Entry
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor


class Target(Entry):
    """What the target of a sample is: one of some classes, a number, …

    All that depends on it stands on the entry; nobody outside of this folder asks which one it is. Decisions are what
    outputs of the network stand for: they have the form of targets, and metrics compare the two.
    """

    kind: ClassVar[str] = "target"
    taken_by: ClassVar[str | None] = "source"

    noun: ClassVar[str]
    """Its values in the plural, in messages: `classes`, `numbers`."""
    dtype: ClassVar[str] = "float32"
    """The dtype of targets [N, …] as sources give them."""
    compared_as: ClassVar[str] = "float64"
    """The dtype in which metrics get targets and decisions."""
    usual_loss: ClassVar[str]
    """The loss of a spec that writes none."""
    usual_metrics: ClassVar[tuple[str, ...]]
    """The metrics of a spec that writes none."""
    reported: ClassVar[tuple[str, ...]] = ()
    """The metrics that are reported of each class, whatever a spec asks for: each alone hides mistakes that another
    shows."""
    counts_right: ClassVar[bool] = False
    """Whether a decision is right or wrong, so that training has an accuracy."""
    on_pixels: ClassVar[bool] = False
    """Whether targets [N, H, W] lie on the pixels of the first input that is an image: what moves those moves them."""
    python_strata: ClassVar[str] = "np.zeros(len(targets), np.int64)"
    """`strata` as an expression of `targets`, for a script."""
    charts: ClassVar[tuple[str, ...]] = ()
    """The charts and tables of the report that its predictions have, by their names in `netspec.report.charts`."""

    # ---- which one it is ----

    @classmethod
    def required(cls, target: Target, entry: Entry, noun: str | None = None, help: str | None = None) -> Self:
        """The target as one of this kind, which `entry` is for; raises MisfitError if it is another one."""
        if isinstance(target, cls):
            return target
        raise MisfitError(f"`{entry.name()}` is for {noun or cls.noun}, and the targets are {target.plural}", help=help)

    def is_a(self, kind: type[Target]) -> bool:
        """Whether it is a target of that kind."""
        return isinstance(self, kind)

    @property
    def plural(self) -> str:
        """The targets of a data set in a message: `3 classes`, `numbers`."""
        return self.noun

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the classes; none where targets are no classes."""
        return ()

    def difference(self, other: Target) -> str | None:
        """What another target of the same text has instead; None if both are the same."""
        return None if self == other else f"{other} instead of {self}"

    def __str__(self) -> str:
        """The target in a type: `class[10]`, `number`."""
        return self.name()

    # ---- data ----

    def strata(self, targets: np.ndarray) -> np.ndarray | None:
        """The stratum, [N] whole numbers, of each of these targets [N, …]; splits take their share of each. None where
        there are no strata."""
        return None

    def balance(self, targets: np.ndarray) -> dict[str, int]:
        """How many of these targets [N, …] each class has; nothing where there are none."""
        return {}

    def parts(self, targets: np.ndarray) -> Mapping[str, np.ndarray]:
        """The numbers [N] of targets [N, …] whose spread is looked at, by their names; "" is the name of the only one.
        Nothing where their balance says more."""
        return {}

    def text(self, value: Any) -> str:
        """A target or a decision of one sample, of `Tensor.tolist`, as people read it."""
        raise NotImplementedError

    # ---- predictions ----

    def decide(self, output: Tensor, middle: float = 0.0) -> Tensor:
        """The decisions [B, …] that outputs [B, …] stand for where the loss doesn't read them in its own way. An output
        that stands for one of two classes does so above `middle`."""
        raise NotImplementedError

    def right(self, decisions: Tensor, targets: Tensor) -> Tensor:
        """How many decisions are right, a scalar; asked where they are counted."""
        return (decisions == targets).sum()

    def agreeing(self, decisions: Tensor, others: Tensor) -> Tensor:
        """Whether two networks decide the same for each of some samples, [N]; both decisions are [N, …]."""
        return (decisions == others).flatten(1).all(1) if decisions.ndim > 1 else decisions == others

    def unlearned(self, decisions: np.ndarray, targets: np.ndarray) -> float:
        """The share of what there is to learn in these targets that the decisions, both [N, …], lack; 0 if it is little
        enough for samples to count as memorized."""
        raise NotImplementedError

    def prediction(self, decision: Any, probabilities: list[float] | None) -> dict[str, Any]:
        """What is predicted for a sample, as JSON data: `label` and `probabilities`, or other keys."""
        raise NotImplementedError

    def python_decision(self, output: Shape, middle: float = 0.0) -> str | None:
        """`decide` as an expression of `output`, batches of that shape; None if a script has no code for it."""
        return None
