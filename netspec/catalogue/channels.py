"""Channels: which positions of values and of tensors belong together, so that all of them are removed or none.

A channel is a number. Where a layer computes each channel of its output from the same channel of its input, both have
one number; where a layer starts with new channels, they get new ones; and where two channels can only be removed
together, they are tied. What a layer says nothing about is fixed: it is never removed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from math import prod

from netspec.immutable import immutable
from netspec.shapes import Shape

PLACE = 0
"""The number of a position that no channel is, such as a row of pixels; it is never removed."""
NO_CHANNELS = "a dimension without channels has the same size"

Axis = tuple[int, ...]
"""The channels along one dimension, in their order."""
Axes = tuple[Axis, ...]
"""The channels along each dimension: of a value without the batch, of a tensor all of them."""


@immutable
class Value:
    """What an operation takes: its shape, and the channels along each of its dimensions."""

    shape: Shape
    axes: Axes


@immutable
class Count:
    """An argument that is the number of channels along an axis that are left."""

    axis: Axis


Argument = Count | int | tuple[Count | int, ...]


@immutable
class Channels:
    """What a layer makes of channels: the axes of each value that it gives, and of its tensors by their own names.

    A tensor that isn't here stays as it is. `arguments` are the arguments of the layer that follow from what is left.
    """

    outputs: tuple[Axes, ...]
    tensors: Mapping[str, Axes] = field(default_factory=dict)
    arguments: Mapping[str, Argument] = field(default_factory=dict)


@dataclass
class Ties:
    """Which channels can only be removed together, and which can't be removed, each with the reason.

    `place` is the operation whose rule is asked, in words.
    """

    place: str = ""
    _parents: list[int] = field(default_factory=lambda: [PLACE])
    _reasons: dict[int, str] = field(default_factory=lambda: {PLACE: NO_CHANNELS})

    def new(self, size: int) -> Axis:
        """Channels that begin here."""
        start = len(self._parents)
        self._parents += range(start, start + size)
        return tuple(range(start, start + size))

    def root(self, channel: int) -> int:
        """The channel that stands for all that it is tied to."""
        parents = self._parents
        while parents[channel] != channel:
            parents[channel] = channel = parents[parents[channel]]
        return channel

    def why_fixed(self, channel: int) -> str | None:
        """Why a channel can't be removed; None if it can be."""
        return self._reasons.get(self.root(channel))

    def fix(self, axis: Axis, reason: str) -> None:
        """Keep channels for a reason, which may have `{place}` for the operation."""
        for channel in axis:
            self._reasons.setdefault(self.root(channel), reason.format(place=self.place))

    def tie(self, one: Axis, other: Axis) -> None:
        """Let the channels of two axes of one size be removed together, one by one."""
        for first, second in zip(one, other, strict=True):
            if PLACE in (first, second):
                self.fix((first, second), f"{NO_CHANNELS} in {{place}}")
                continue
            kept, gone = self.root(first), self.root(second)
            if kept != gone:
                self._parents[gone] = kept
                if gone in self._reasons:
                    self._reasons.setdefault(kept, self._reasons.pop(gone))

    def join(self, axis: Axis, size: int) -> Axis:
        """Tie every `size` channels in a row, and give the first of each."""
        first = axis[::size]
        for offset in range(1, size):
            self.tie(first, axis[offset::size])
        return first

    def match(self, axis: Axis, parts: int) -> Axis:
        """Tie the channels at the same position of equal parts, and give those of the first part."""
        size = len(axis) // parts
        for part in range(1, parts):
            self.tie(axis[:size], axis[part * size : (part + 1) * size])
        return axis[:size]

    def channelwise(self, x: Value, *outputs: Shape) -> tuple[Axes, ...]:
        """The axes of values whose first dimension has the channels of `x`, each computed by itself from all positions
        of the others."""
        for axis in x.axes[1:]:
            self.fix(axis, "{place} mixes the positions along a spatial dimension")
        return tuple((x.axes[0], *places(*shape.dims[1:])) for shape in outputs)

    def regrouped(self, axes: Axes, sizes: Sequence[int]) -> Axes:
        """The axes of the same elements in the same order with other sizes."""
        found: list[Axis] = []
        old = new = 0
        while old < len(axes) or new < len(sizes):
            # the least number of dimensions of both that hold as many elements
            start, begin, before, after = old, new, 1, 1
            if old < len(axes):
                before, old = len(axes[old]), old + 1
            if new < len(sizes):
                after, new = sizes[new], new + 1
            while before != after:
                if before < after:
                    before, old = before * len(axes[old]), old + 1
                else:
                    after, new = after * sizes[new], new + 1
            found += self._segment(axes[start:old], sizes[begin:new])
        return tuple(found)

    def _segment(self, axes: Axes, sizes: Sequence[int]) -> Axes:
        """Axes in a row, split into others: the channels of the first that isn't fixed are kept apart."""
        free = [index for index, axis in enumerate(axes) if len(axis) > 1 and not self._is_fixed(axis)]
        for index, axis in enumerate(axes):
            if index not in free[:1]:
                self.fix(axis, "{place} lays it out with another dimension")
        if not free:
            return places(*sizes)
        (index, *_) = free
        inner, outer = prod(map(len, axes[index + 1 :])), prod(map(len, axes[:index]))
        flat = tuple(channel for channel in axes[index] for _ in range(inner)) * outer
        wide = next(place for place, size in enumerate(sizes) if size > 1)
        parts = list(places(*sizes))
        parts[wide] = self.join(flat, prod(sizes[wide + 1 :]))
        return tuple(parts)

    def _is_fixed(self, axis: Axis) -> bool:
        return all(self.why_fixed(channel) is not None for channel in axis)


def cut(axes: Axes, index: int, sizes: Sequence[int]) -> tuple[Axes, ...]:
    """The axes of parts of these sizes along a dimension."""
    stops = tuple(accumulate(sizes))
    parts = (axes[index][stop - size : stop] for size, stop in zip(sizes, stops, strict=True))
    return tuple((*axes[:index], part, *axes[index + 1 :]) for part in parts)


def constant(ties: Ties, shape: Sequence[int]) -> Channels:
    """The channels of a tensor that is a value by itself."""
    axes = tuple(ties.new(size) if size > 1 else places(1)[0] for size in shape)
    return Channels((axes,), {"": axes}, {"shape": tuple(map(Count, axes))})


def places(*sizes: int) -> Axes:
    """Dimensions without channels."""
    return tuple((PLACE,) * size for size in sizes)
