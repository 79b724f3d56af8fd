"""Arguments and shape checks that transforms and augmentations of images share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from netspec.catalogue.entry import Entry
from netspec.catalogue.values import NonNegativeInt, Numbers, PositiveInt
from netspec.shapes import MisfitError, Shape
from netspec.wording import counted

Size = PositiveInt | tuple[PositiveInt, PositiveInt]
Paddings = (
    NonNegativeInt
    | tuple[NonNegativeInt, NonNegativeInt]
    | tuple[NonNegativeInt, NonNegativeInt, NonNegativeInt, NonNegativeInt]
)
Range = tuple[float, float]
PositiveFloat = Annotated[float, Field(gt=0)]
PositiveRange = tuple[PositiveFloat, PositiveFloat]
Shares = tuple[Annotated[float, Field(ge=0, le=1)], Annotated[float, Field(ge=0, le=1)]]
Degrees = Annotated[float, Field(ge=0)] | Range

UPRIGHT = 90
"""Degrees: what is turned further is nearer to standing on its head."""

Fill = Annotated[
    float | Numbers,
    Field(description="what stands where an image has nothing: a number from 0 to 1, or one for each channel"),
]
PaddingMode = Annotated[
    Literal["constant", "edge", "reflect", "symmetric"],
    Field(
        description="what the border shows: `fill`, the outermost pixel, or the image mirrored, without the "
        "outermost pixel (`reflect`) or with it (`symmetric`)"
    ),
]
Interpolation = Annotated[
    Literal["nearest", "bilinear"],
    Field(description="what is taken for a place between pixels: the nearest, or a mean of those around it"),
]
Probability = Annotated[float, Field(ge=0, le=1, description="probability that an image is changed")]


# ---- what fits ----


def image(entry: Entry, x: Shape, colours: bool = False) -> Shape:
    """The shape, if it is that of images, grey or coloured where that is asked for; else raises MisfitError."""
    if x.rank != 3:
        raise MisfitError(f"`{entry.name()}` is for images, [channels, height, width], not for {x}")
    if colours and x.channels not in (1, 3):
        raise MisfitError(f"`{entry.name()}` is for images with 1 or 3 channels, grey or coloured, and these are {x}")
    return x


def fits_channels(argument: str, numbers: float | Numbers | None, x: Shape) -> None:
    """Raises MisfitError unless it is one number or as many as there are channels."""
    if isinstance(numbers, tuple) and len(numbers) not in (1, x.channels):
        raise MisfitError(
            f"`{argument}` has {counted(len(numbers), 'number')} and the images have {counted(x.channels, 'channel')}",
            argument=argument,
        )


def fits_kernel(argument: str, kernel_size: tuple[int, int], x: Shape) -> None:
    """Raises MisfitError where a kernel of that width and height reaches further than an image can be mirrored."""
    for size, side in zip(kernel_size, reversed(x.spatial), strict=True):
        if size // 2 >= side:
            raise MisfitError(
                f"a kernel of {size} reaches {counted(size // 2, 'pixel')} far, and the images are {x}",
                argument=argument,
            )


def rises(argument: str, numbers: Range | None) -> None:
    """Raises MisfitError where a range ends before it begins."""
    if numbers is not None and numbers[0] > numbers[1]:
        low, high = sorted(numbers)
        raise MisfitError(
            f"`{argument}` ends before it begins", argument=argument, help=f"{argument}=[{low:g}, {high:g}]"
        )


def odd(argument: str, size: Size) -> None:
    """Raises MisfitError for a kernel without a pixel in its middle."""
    for number in pair(size):
        if number % 2 == 0:
            raise MisfitError(f"a kernel of {number} has no middle", argument=argument, help=f"{argument}={number + 1}")


# ---- one number for several ----


def pair(size: Size) -> tuple[int, int]:
    """The same twice, or two numbers as they are."""
    return size if isinstance(size, tuple) else (size, size)


def both(number: float | Range) -> Range:
    """What is along x and what is along y."""
    return number if isinstance(number, tuple) else (number, number)


def turns(degrees: Degrees) -> Range:
    """From where to where: a number is for both directions."""
    return degrees if isinstance(degrees, tuple) else (-degrees, degrees)


def borders(padding: Paddings) -> tuple[int, int, int, int]:
    """What is added at the left, the top, the right and the bottom."""
    if isinstance(padding, int):
        return (padding, padding, padding, padding)
    return padding if len(padding) == 4 else (*padding, *padding)


def from_middle(center: Range | None, x: Shape) -> Range:
    """A place in pixels, x and y, from the middle of an image."""
    height, width = x.spatial
    return (0, 0) if center is None else (center[0] - width / 2, center[1] - height / 2)
