"""A border around a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._spatial import Channelwise, check_spatial
from netspec.catalogue.values import NonNegativeInt, Paddings
from netspec.shapes import MisfitError, Shape, per_dimension

if TYPE_CHECKING:
    from torch import nn


Ends = tuple[NonNegativeInt, NonNegativeInt]


class Pad(Channelwise):
    """Add a border around a sequence, an image or a volume: torch.nn.functional.pad.

    One number is for every side; a list has for each spatial dimension a number for both of its ends, or a pair.
    """

    positional: ClassVar = ("padding",)
    torch_names: ClassVar = (
        "torch.nn.ConstantPad1d",
        "torch.nn.ConstantPad2d",
        "torch.nn.ConstantPad3d",
        "torch.nn.ZeroPad1d",
        "torch.nn.ZeroPad2d",
        "torch.nn.ZeroPad3d",
        "torch.nn.ReflectionPad1d",
        "torch.nn.ReflectionPad2d",
        "torch.nn.ReflectionPad3d",
        "torch.nn.ReplicationPad1d",
        "torch.nn.ReplicationPad2d",
        "torch.nn.ReplicationPad3d",
        "torch.nn.CircularPad1d",
        "torch.nn.CircularPad2d",
        "torch.nn.CircularPad3d",
    )
    aliases: ClassVar = (
        "zero_padding",
        "zero_padding1d",
        "zero_padding2d",
        "zero_padding3d",
        "padding",
    )
    unlike_torch: ClassVar = {"value": "0 unless said, as in ZeroPad2d"}
    examples: ClassVar = (
        Example("pad(2)", into=(3, 28, 28), out=(3, 32, 32)),
        Example("pad([1, 2], mode=reflect)", into=(3, 8, 8), out=(3, 10, 12)),
        Example("pad([[0, 1], [0, 1]])", into=(3, 7, 7), out=(3, 8, 8)),
        Example("pad([[2, 0]])", into=(16, 20), out=(16, 22)),
    )

    padding: Annotated[
        Paddings | tuple[Ends, ...], Field(description="what is added at each end; pairs are before and behind")
    ]
    mode: Annotated[
        Literal["constant", "reflect", "replicate", "circular"], Field(description="what the border holds")
    ] = "constant"
    value: Annotated[float, Field(description="the number in a border of `constant`")] = 0.0

    def infer(self, x: Shape) -> Shape:
        check_spatial("pad", x)
        limit = {"reflect": -1, "circular": 0}.get(self.mode)
        ends = self._ends(x)
        for size, added in zip(x.spatial, ends, strict=True):
            if limit is not None and max(added) > size + limit:
                reason = f"`mode={self.mode}` has at most {size + limit} to add to {size}, not {max(added)}"
                raise MisfitError(reason, argument="padding")
        return x.with_dims(x.channels, *(size + sum(added) for size, added in zip(x.spatial, ends, strict=True)))

    def _ends(self, x: Shape) -> tuple[tuple[int, int], ...]:
        """What is added before and behind, for each spatial dimension."""
        each = per_dimension(self.padding, len(x.spatial), "padding")
        return tuple((added, added) if isinstance(added, int) else added for added in each)

    def deterministic(self, x: Shape) -> bool:
        return self.mode != "reflect"

    def build(self, x: Shape) -> nn.Module:
        from torch.nn.functional import pad

        from netspec.modules.shaping import Function

        # torch wants the last dimension first
        ends = [added for pair in reversed(self._ends(x)) for added in pair]
        value = {"value": self.value} if self.mode == "constant" else {}
        return Function(pad, pad=ends, mode=self.mode, **value)
