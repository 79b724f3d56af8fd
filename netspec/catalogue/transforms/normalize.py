"""Normalise the channels of images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.transforms import Statistics, Transform
from netspec.catalogue.values import Numbers
from netspec.shapes import Shape, ShapeError

if TYPE_CHECKING:
    from torch import Tensor


class Normalize(Transform):
    """Subtract a mean from each channel of an image and divide it by a standard deviation.

    `normalize(measured)` takes both from the training split; `normalize(mean=[…], std=[…])` takes the numbers
    given, one for each channel, of pixels from 0 to 1, as torchvision's Normalize does.
    """

    positional: ClassVar = ("statistics",)
    examples: ClassVar = (
        Example("normalize(measured)", into=(1, 28, 28), out=(1, 28, 28)),
        Example("normalize(mean=[0.5, 0.5, 0.5], std=[0.5, 0.5, 0.5])", into=(3, 32, 32), out=(3, 32, 32)),
    )

    statistics: Annotated[
        Literal["measured"] | None, Field(description="`measured` takes mean and std from the training split")
    ] = None
    mean: Annotated[Numbers | None, Field(description="mean of each channel")] = None
    std: Annotated[
        tuple[Annotated[float, Field(gt=0)], ...] | None, Field(description="standard deviation of each channel")
    ] = None

    def infer(self, x: Shape) -> Shape:
        if x.rank != 3:
            raise ShapeError(f"`normalize` is for images, [channels, height, width], and the data is {x}", help="`standardize` is for tables")
        given = [("mean", self.mean), ("std", self.std)]
        if self.statistics is None and not (self.mean and self.std):
            raise ShapeError("`normalize` needs `measured`, or both `mean` and `std`", help="normalize(measured)")
        for argument, numbers in given:
            if numbers is None:
                continue
            if self.statistics is not None:
                raise ShapeError(f"`normalize` is given both `measured` and `{argument}`", argument=argument)
            if len(numbers) != x.channels:
                raise ShapeError(
                    f"`{argument}` has {len(numbers)} number{'s' * (len(numbers) != 1)} and the images have {x.channels} channel{'s' * (x.channels != 1)}",
                    argument=argument,
                )
        return x

    def measure(self, inputs: Tensor) -> Statistics:
        if self.statistics is None:
            return {}
        std, mean = inputs.double().transpose(0, 1).flatten(1).std(1), inputs.double().transpose(0, 1).flatten(1).mean(1)
        return {"mean": mean.tolist(), "std": std.tolist()}

    def apply(self, inputs: Tensor, measured: Statistics) -> Tensor:
        import torch

        mean = torch.tensor(self.mean or measured["mean"], device=inputs.device).view(-1, 1, 1)
        std = torch.tensor(self.std or measured["std"], device=inputs.device).view(-1, 1, 1)
        # a channel that never changes carries nothing, and isn't divided by 0
        return (inputs - mean) / torch.where(std > 0, std, 1)
