"""Shapes of values between layers: plain data, without the batch dimension."""

from __future__ import annotations

from math import prod
from typing import Literal, TypeVar

from netspec.immutable import immutable

T = TypeVar("T")
Dtype = Literal["float32", "int64"]


class MisfitError(ValueError):
    """An entry doesn't fit what it is given: an operation the value that comes in, an argument the others.

    `reason` says what the entry needs and what it got; `argument` names the argument to blame,
    if one is to blame; `help` says what would be right.
    """

    def __init__(self, reason: str, *, argument: str | None = None, help: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.argument = argument
        self.help = help


@immutable
class Shape:
    """The sizes of one sample's value, as torch orders them after the batch: `[channels, height, width]`.

    `dtype` is torch's: `int64` for indices such as words by number. A value without a batch, `batched` False, is the
    same for all samples, as a learned tensor is; its sizes are then all that it has.
    """

    dims: tuple[int, ...]
    dtype: Dtype = "float32"
    batched: bool = True

    @classmethod
    def of(cls, *dims: int) -> Shape:
        return cls(dims)

    @property
    def rank(self) -> int:
        return len(self.dims)

    @property
    def size(self) -> int:
        """How many numbers one sample holds."""
        return prod(self.dims)

    @property
    def channels(self) -> int:
        """The size of torch's dimension 1: the channels of an image, the features of a vector."""
        return self.dims[0]

    @property
    def spatial(self) -> tuple[int, ...]:
        """What follows the channels: length, height and width, or depth, height and width."""
        return self.dims[1:]

    @property
    def last(self) -> int:
        return self.dims[-1]

    def with_last(self, size: int) -> Shape:
        return Shape((*self.dims[:-1], size), self.dtype, self.batched)

    def with_dims(self, *dims: int) -> Shape:
        """The same kind of value with other sizes."""
        return Shape(dims, self.dtype, self.batched)

    def __str__(self) -> str:
        sizes = f"[{', '.join(map(str, self.dims))}]"
        return sizes if self.dtype == "float32" else f"{self.dtype}{sizes}"


def per_dimension(value: int | tuple[T, ...], rank: int, argument: str) -> tuple[int | T, ...]:
    """An argument that is one number for all spatial dimensions or a list with one for each."""
    if isinstance(value, int):
        return (value,) * rank
    if len(value) != rank:
        raise MisfitError(
            f"`{argument}` has {len(value)} numbers for {rank} spatial dimension{'s' * (rank != 1)}",
            argument=argument,
            help=f"write one number, or a list of {rank}",
        )
    return value


def window_size(size: int, kernel: int, stride: int, padding: int, dilation: int = 1, *, ceil: bool = False) -> int:
    """The length of what a sliding window leaves of `size`, as torch computes it for convolution and pooling."""
    reach = size + 2 * padding - dilation * (kernel - 1) - 1
    if not ceil:
        return reach // stride + 1
    length = -(-reach // stride) + 1
    # torch drops a last window that would start in the padding on the right
    return length - 1 if (length - 1) * stride >= size + padding else length
