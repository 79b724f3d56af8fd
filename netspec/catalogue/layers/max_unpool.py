"""Max pooling undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Ties, Value
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Inputs, Layer
from netspec.catalogue.layers._spatial import check_spatial
from netspec.catalogue.values import Paddings, Sizes
from netspec.shapes import MisfitError, Shape, per_dimension

if TYPE_CHECKING:
    from torch import nn


class MaxUnpool(Layer):
    """Put the values of a max pooling back where they were, among zeros.

    `values -> max_unpool(places, kernel_size=2)` comes after `values, places = max_pool(2, return_indices=true)`.

    The rank is taken from the value: torch.nn.MaxUnpool1d, 2d or 3d. `output_size` is there because a pooling gives
    one size for several. Where the places don't lie in it, the first batch ends with an error.

    Zeiler and Fergus, Visualizing and Understanding Convolutional Networks, ECCV 2014.
    """

    inputs: ClassVar = Inputs(("input", "indices"))
    dtypes: ClassVar = ("float32", "int64")
    torch_names: ClassVar = ("torch.nn.MaxUnpool1d", "torch.nn.MaxUnpool2d", "torch.nn.MaxUnpool3d")
    examples: ClassVar = (
        Example("max_unpool(kernel_size=2)", into=((4, 4, 4), (4, 4, 4)), out=(4, 8, 8), indices=(False, True)),
    )

    kernel_size: Annotated[Sizes, Field(description="size of the window of the pooling")]
    stride: Annotated[
        Sizes | None, Field(description="distance between two places of the window; none means the window's size")
    ] = None
    padding: Annotated[Paddings, Field(description="what the pooling added at each border")] = 0
    output_size: Annotated[Sizes | None, Field(description="the size that comes out, if it isn't the smallest")] = None

    def infer(self, x: Shape, indices: Shape) -> Shape:
        check_spatial("max_unpool", x)
        if (x.dtype, indices.dtype) != ("float32", "int64") or x.dims != indices.dims:
            raise MisfitError(f"`max_unpool` takes values and their indices, of one shape, not {x} and {indices}")
        rank = len(x.spatial)
        stride = self.kernel_size if self.stride is None else self.stride
        steps = per_dimension(stride, rank, "stride")
        kernel = per_dimension(self.kernel_size, rank, "kernel_size")
        padding = per_dimension(self.padding, rank, "padding")
        usual = tuple(
            (size - 1) * step - 2 * p + k for size, step, p, k in zip(x.spatial, steps, padding, kernel, strict=True)
        )
        return x.with_dims(x.channels, *self._chosen(usual, steps))

    def _chosen(self, usual: tuple[int, ...], steps: tuple[int, ...]) -> tuple[int, ...]:
        """The sizes that come out; others than the usual ones are less than a step away."""
        if self.output_size is None:
            if min(usual) < 1:
                raise MisfitError(f"`padding` leaves nothing: {list(usual)}", argument="padding")
            return usual
        found = per_dimension(self.output_size, len(usual), "output_size")
        for size, common, step in zip(found, usual, steps, strict=True):
            if abs(size - common) >= step:
                reason = (
                    f"a pooling gives this from {max(1, common - step + 1)} to {common + step - 1}, not from {size}"
                )
                raise MisfitError(reason, argument="output_size")
        return found

    def deterministic(self, x: Shape, indices: Shape) -> bool:
        return False

    def channels(self, ties: Ties, x: Value, indices: Value) -> Channels:
        for one, other in zip(x.axes, indices.axes, strict=True):
            ties.tie(one, other)
        return Channels(ties.channelwise(x, self.infer(x.shape, indices.shape)))

    def build(self, x: Shape, indices: Shape) -> nn.Module:
        from netspec.modules.pooling import MaxUnpool

        return MaxUnpool(self.kernel_size, self.stride, self.padding, self.infer(x, indices).spatial)
