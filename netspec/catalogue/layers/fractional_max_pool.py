"""Max pooling over windows at random places, in two or three dimensions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._spatial import Channelwise, check_spatial, with_indices
from netspec.catalogue.values import Sizes
from netspec.shapes import MisfitError, Shape, per_dimension

if TYPE_CHECKING:
    from torch import nn


Ratio = Annotated[float, Field(gt=0, lt=1)]


class FractionalMaxPool(Channelwise):
    """The largest number of each of so many windows, at random places of an image or a volume.

    The places are drawn anew each time, in evaluation too. The rank is taken from the value:
    torch.nn.FractionalMaxPool2d or 3d.

    Graham, Fractional Max-Pooling, 2014.
    """

    cannot_export: ClassVar = dict.fromkeys(("onnx", "pt2"), "its windows are drawn at random in evaluation too")
    positional: ClassVar = ("kernel_size",)
    no_python: ClassVar = "it draws its windows at random in evaluation too"
    torch_names: ClassVar = ("torch.nn.FractionalMaxPool2d", "torch.nn.FractionalMaxPool3d")
    examples: ClassVar = (
        Example("fractional_max_pool(2, output_size=20)", into=(16, 28, 28), out=(16, 20, 20)),
        Example("fractional_max_pool(2, output_ratio=0.7)", into=(16, 28, 28), out=(16, 19, 19)),
    )

    kernel_size: Annotated[Sizes, Field(description="size of the windows")]
    output_size: Annotated[Sizes | None, Field(description="the size that comes out")] = None
    output_ratio: Annotated[
        Ratio | tuple[Ratio, ...] | None, Field(description="what share of the size comes out, instead of a size")
    ] = None
    return_indices: Annotated[
        bool, Field(description="give two values, the second with the place of each number among those of its channel")
    ] = False

    def check(self) -> None:
        if (self.output_size is None) == (self.output_ratio is None):
            raise MisfitError("`fractional_max_pool` takes either `output_size` or `output_ratio`")

    def varies(self, *, training: bool) -> bool:
        return True

    def infer(self, x: Shape) -> Shape | tuple[Shape, Shape]:
        check_spatial("fractional_max_pool", x, (3, 4))
        kernel = per_dimension(self.kernel_size, len(x.spatial), "kernel_size")
        sizes = self._sizes(x)
        argument = "output_ratio" if self.output_size is None else "output_size"
        for size, k, out in zip(x.spatial, kernel, sizes, strict=True):
            # torch leaves one place out in volumes
            most = size - k + (x.rank == 3)
            if not 1 <= out <= most:
                reason = f"{size} places hold at most {max(most, 0)} windows of {k}, not {out}"
                raise MisfitError(reason, argument=argument)
        return with_indices(x.with_dims(x.channels, *sizes), self.return_indices)

    def _sizes(self, x: Shape) -> tuple[int, ...]:
        rank = len(x.spatial)
        if self.output_ratio is None:
            return per_dimension(self.output_size or 1, rank, "output_size")
        ratios = self.output_ratio if isinstance(self.output_ratio, tuple) else (self.output_ratio,) * rank
        if len(ratios) != rank:
            raise MisfitError(
                f"`output_ratio` has {len(ratios)} numbers for {rank} dimensions", argument="output_ratio"
            )
        return tuple(int(size * ratio) for size, ratio in zip(x.spatial, ratios, strict=True))

    def deterministic(self, x: Shape) -> bool:
        return False

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        modules: dict[int, Callable[..., nn.Module]] = {3: nn.FractionalMaxPool2d, 4: nn.FractionalMaxPool3d}
        return modules[x.rank](self.kernel_size, self._sizes(x), return_indices=self.return_indices)
