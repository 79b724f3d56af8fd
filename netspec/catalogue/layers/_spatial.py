"""Values with channels and one to three spatial dimensions: a sequence, an image or a volume."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import prod

from netspec.catalogue.channels import Argument, Axis, Channels, Count, Ties, Value, places
from netspec.catalogue.layers import Layer
from netspec.immutable import immutable
from netspec.shapes import MisfitError, Shape, per_dimension, window_size

RANKS = (2, 3, 4)


class Channelwise(Layer):
    """A layer that computes each channel from the same channel of one input; its tensors have a number for each."""

    def channels(self, ties: Ties, x: Value) -> Channels:
        tensors = self.parameters(x.shape) | self.buffers(x.shape)
        along = {name: (x.axes[0],) for name, sizes in tensors.items() if sizes}
        return Channels(ties.channelwise(x, *self.outputs(x.shape)), along)


@immutable
class Grouped:
    """The channels of a convolution: those that it gives, in all and of one group, those of one group that it takes,
    and its arguments."""

    outputs: Axis
    made: Axis
    taken: Axis
    arguments: Mapping[str, Argument]

    @classmethod
    def of(cls, ties: Ties, inputs: Axis, groups: int, outputs: int) -> Grouped:
        """The channels of a number of groups. A group of one channel goes with that channel; of larger ones the same
        positions of all groups go together."""
        size, made = len(inputs) // groups, outputs // groups
        if groups > 1 and size == 1:
            given = tuple(channel for channel in inputs for _ in range(made))
            one_of_each, one = places(made, 1)
            return cls(given, one_of_each, one, {"out_channels": Count(given), "groups": Count(inputs)})
        taken, new = ties.match(inputs, groups), ties.new(made)
        return cls(new * groups, new, taken, {"out_channels": Count(new * groups)})


def check_spatial(name: str, x: Shape, ranks: tuple[int, ...] = RANKS) -> None:
    """Refuse what isn't [channels, …] of one of these ranks. Raises MisfitError."""
    if x.rank not in ranks:
        words = {2: "a sequence", 3: "an image", 4: "a volume"}
        known = [words[rank] for rank in ranks]
        listed = " or ".join([", ".join(known[:-1]), known[-1]]) if len(known) > 1 else known[0]
        raise MisfitError(f"`{name}` takes {listed}, [channels, …], not {x}")


def with_indices(values: Shape, given: bool) -> Shape | tuple[Shape, Shape]:
    """What a max pooling gives: the largest values, and if `given` the places where they were."""
    return (values, replace(values, dtype="int64")) if given else values


def windows(
    size: tuple[int, ...],
    kernel: int | tuple[int, ...],
    stride: int | tuple[int, ...],
    padding: int | tuple[int, ...],
    dilation: int | tuple[int, ...],
) -> tuple[int, int]:
    """How many numbers a window that slides over an image has, and how many places. Raises MisfitError."""
    arguments = {"kernel_size": kernel, "stride": stride, "padding": padding, "dilation": dilation}
    each = [per_dimension(value, len(size), name) for name, value in arguments.items()]
    places = tuple(window_size(*one) for one in zip(size, *each, strict=True))
    if min(places) < 1:
        raise MisfitError(f"the window reaches over more than {list(size)} with its border", argument="kernel_size")
    return prod(each[0]), prod(places)
