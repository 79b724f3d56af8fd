"""A learned vector before a sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.channels import Channels, Ties, Value, places
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import nn


class PrependClassToken(Layer):
    """Put one learned vector before a sequence, [sequence, features], from which a classifier reads: it comes first.

    `select(dim=1, index=0)` takes it out again behind a Transformer. It is `concat` of a `parameter` in one.

    Dosovitskiy et al., An Image is Worth 16x16 Words, ICLR 2021.
    """

    examples: ClassVar = (Example("prepend_class_token", into=(196, 768), out=(197, 768)),)

    def infer(self, x: Shape) -> Shape:
        if x.rank != 2:
            raise MisfitError(f"`prepend_class_token` takes a sequence of vectors, [sequence, features], not {x}")
        return x.with_dims(x.dims[0] + 1, x.last)

    def channels(self, ties: Ties, x: Value) -> Channels:
        ties.fix(x.axes[0], "{place} adds one to them")
        return Channels(((*places(x.shape.dims[0] + 1), x.axes[1]),), {"weight": (x.axes[1],)})

    def build(self, x: Shape) -> nn.Module:
        from netspec.modules.attention import ClassToken

        return ClassToken(x.last)

    def parameters(self, x: Shape) -> dict[str, tuple[int, ...]]:
        return {"weight": (x.last,)}
