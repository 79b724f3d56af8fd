"""Values one behind the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Ties, Value
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Inputs, Layer
from netspec.catalogue.layers._dims import dim_index, named
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import nn


class Concat(Layer):
    """Put values one behind the other along a dimension: torch.cat. The other sizes are equal.

    Dimensions count as torch counts them: 1 is the channels or features. A learned tensor [1, …] is taken for each
    sample, so that `concat(class_token, patches, dim=1)` puts a token before the patches of every image.
    """

    inputs: ClassVar = Inputs(("first", "second"), more=True)
    dtypes: ClassVar = ("float32", "int64")
    takes_unbatched: ClassVar = True
    torch_names: ClassVar = ("torch.cat",)
    aliases: ClassVar = ("concatenate",)
    examples: ClassVar = (
        Example("concat", into=((64, 7, 7), (32, 7, 7)), out=(96, 7, 7)),
        Example("concat(dim=-1)", into=((5, 8), (5, 8), (5, 4)), out=(5, 20)),
    )

    dim: Annotated[int, Field(description="the dimension along which they follow one another")] = 1

    def infer(self, *x: Shape) -> Shape:
        shapes = [_sample(shape) for shape in x]
        if all(not shape.batched for shape in x):
            raise MisfitError("`concat` takes a value of samples beside learned tensors")
        first = next(shape for shape, given in zip(shapes, x, strict=True) if given.batched)
        joined = dim_index(self.dim, first)
        for shape in shapes:
            if shape.dtype != first.dtype:
                raise MisfitError(f"`concat` needs values of one kind: {first} and {shape}")
            if shape.rank != first.rank:
                raise MisfitError(f"`concat` needs values of one rank: {first} and {shape}")
            for index, (one, other) in enumerate(zip(first.dims, shape.dims, strict=True)):
                if index != joined and one != other:
                    raise MisfitError(
                        f"`concat` along dimension {joined + 1} needs the others equal: {first} and {shape}",
                        help=f"{named(index, first.rank)} {one} and {other}",
                    )
        sizes = list(first.dims)
        sizes[joined] = sum(shape.dims[joined] for shape in shapes)
        return first.with_dims(*sizes)

    def channels(self, ties: Ties, *x: Value) -> Channels:
        # without what stands for the batch of a learned tensor
        values = [value.axes if value.shape.batched else value.axes[1:] for value in x]
        joined = dim_index(self.dim, next(value.shape for value in x if value.shape.batched))
        first = list(values[0])
        for axes in values[1:]:
            for index, axis in enumerate(axes):
                if index == joined:
                    first[index] += axis
                else:
                    ties.tie(first[index], axis)
        return Channels((tuple(first),))

    def build(self, *x: Shape) -> nn.Module:
        from netspec.modules.shaping import Concat

        return Concat(self.dim, frozenset(index for index, shape in enumerate(x) if not shape.batched))


def _sample(shape: Shape) -> Shape:
    """The shape of one sample's part; of a learned tensor without the 1 that stands for the batch."""
    if shape.batched:
        return shape
    if not shape.rank or shape.dims[0] != 1:
        raise MisfitError(f"`concat` takes a learned tensor that has 1 in the place of the batch, [1, …], not {shape}")
    return Shape(shape.dims[1:], shape.dtype)
