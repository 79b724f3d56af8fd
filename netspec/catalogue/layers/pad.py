"""A border around a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue._spatial import check_spatial
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.catalogue.values import Paddings
from netspec.shapes import Misfit, Shape, per_dimension

if TYPE_CHECKING:
    from torch import nn


class Pad(Layer):
    """Add a border around a sequence, an image or a volume: torch.nn.functional.pad.

    One number is for every side, a list has one for each spatial dimension, for both of its ends.
    """

    positional: ClassVar = ("padding",)
    examples: ClassVar = (
        Example("pad(2)", into=(3, 28, 28), out=(3, 32, 32)),
        Example("pad([1, 2], mode=reflect)", into=(3, 8, 8), out=(3, 10, 12)),
    )

    padding: Annotated[Paddings, Field(description="what is added at each end")]
    mode: Annotated[
        Literal["constant", "reflect", "replicate", "circular"], Field(description="what the border holds")
    ] = "constant"
    value: Annotated[float, Field(description="the number in a border of `constant`")] = 0.0

    def infer(self, x: Shape) -> Shape:
        check_spatial("pad", x)
        added = per_dimension(self.padding, len(x.spatial), "padding")
        limit = {"reflect": -1, "circular": 0}.get(self.mode)
        for size, p in zip(x.spatial, added, strict=True):
            if limit is not None and p > size + limit:
                raise Misfit(
                    f"`mode={self.mode}` has at most {size + limit} to add to {size}, not {p}", argument="padding"
                )
        return x.with_dims(x.channels, *(size + 2 * p for size, p in zip(x.spatial, added, strict=True)))

    def build(self, x: Shape) -> nn.Module:
        from torch.nn.functional import pad

        from netspec.modules.shaping import Function

        added = per_dimension(self.padding, len(x.spatial), "padding")
        # torch wants the last dimension first, each with its two ends
        ends = [p for size in reversed(added) for p in (size, size)]
        value = {"value": self.value} if self.mode == "constant" else {}
        return Function(pad, pad=ends, mode=self.mode, **value)
