"""Losses in which the samples of some classes count more than those of others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from netspec.catalogue.class_weights import ClassWeighting
from netspec.catalogue.losses import Loss
from netspec.catalogue.losses._outputs import OfClasses, count_classes
from netspec.catalogue.targets import Target
from netspec.shapes import MisfitError, Shape
from netspec.wording import counted

if TYPE_CHECKING:
    from torch import Tensor

Weights = Annotated[tuple[Annotated[float, Field(gt=0)], ...], Field(min_length=1)]


class ClassWeights(Loss):
    """A loss with weights of the classes."""

    weight: Annotated[
        Literal["balanced"] | Weights | tuple[ClassWeighting, ...] | None,
        Field(
            description="what the samples of each class count: a number for each class in their order, some classes by "
            "name, or `balanced`, so that all classes count alike, however many training samples they have"
        ),
    ] = None

    def outputs(self, target: Target, output: Shape) -> dict[Shape, str]:
        if self.by_place and len(self.by_place) != (count := count_classes(self, target)):
            numbers = counted(len(self.by_place), "number")
            raise MisfitError(
                f"`weight` has {numbers}, and the data {count} classes",
                argument="weight",
                help="one number for each class, or `class_weight` for some of them",
            )
        return super().outputs(target, output)

    @property
    def measured(self) -> str | None:
        return "weight" if self.weight == "balanced" else None

    @property
    def by_name(self) -> tuple[ClassWeighting, ...]:
        """The weights that are given by the names of the classes."""
        given = self.weight if isinstance(self.weight, tuple) else ()
        return tuple(item for item in given if isinstance(item, ClassWeighting))

    @property
    def by_place(self) -> tuple[float, ...]:
        """The weights that are given in the order of the classes."""
        given = self.weight if isinstance(self.weight, tuple) else ()
        return tuple(item for item in given if not isinstance(item, ClassWeighting))

    def named_classes(self) -> Mapping[str, str]:
        several = len(self.by_name) > 1
        return {f"weight[{index}].of" if several else "weight.of": item.of for index, item in enumerate(self.by_name)}

    def weights(self, classes: Mapping[str, int]) -> Tensor | None:
        """The weight of each class, [classes]; None where all count alike."""
        from torch import tensor

        if self.weight is None:
            return None
        if self.weight == "balanced":
            # scikit-learn's; a class without samples counts as if it had one
            whole = sum(classes.values()) / len(classes)
            return tensor([whole / max(count, 1) for count in classes.values()])
        named = {item.of: item.weight for item in self.by_name}
        return tensor(self.by_place or [named.get(name, 1.0) for name in classes])


class Weighted(ClassWeights, OfClasses):
    """A loss of one number for each class, with weights of the classes."""
