"""The channels that can be removed from a network, and the choice of those that are, by their scores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from netspec.program.channels import ChannelMap, Group
from netspec.program.program import Program
from netspec.program.selectors import Patterns
from netspec.program.values import named_value


def channels_of(program: Program, keep: Patterns = ()) -> ChannelMap:
    """The channels of a program's network; those stay that `keep` selects, or whose values a loss compares."""
    names = (loss.student_value for _, _, loss in program.loss.taught())
    values = (named_value(program.graph, name) for name in names if name is not None)
    return ChannelMap.of(program.graph, keep=keep, values=[value for value in values if value is not None])


def chosen(
    channels: ChannelMap, scores: Mapping[int, float], share: float, *, per_layer: bool = False
) -> frozenset[int]:
    """The groups of channels, by their numbers, that are a `share` of those that have a score, the lowest first.

    Equal scores are in the network's order. The share is one of all groups, or with `per_layer` of those of each layer,
    rounded down. Fewer are chosen where more would leave nothing of a value or a tensor.
    """
    groups = [group for group in channels.groups if group.number in scores]
    gone: set[int] = set()
    left = _Left(channels)
    for family in _families(groups) if per_layer else [groups]:
        most = len(gone) + int(len(family) * share)
        for group in sorted(family, key=lambda group: scores[group.number]):
            if len(gone) < most and left.take(group.number):
                gone.add(group.number)
    return frozenset(gone)


def relative(channels: ChannelMap, scores: Mapping[int, float]) -> dict[int, float]:
    """Scores divided by their mean over the groups that come from the same layers, so that those of layers with large
    and with small weights can be compared."""
    found: dict[int, float] = {}
    for family in _families([group for group in channels.groups if group.number in scores]):
        mean = sum(scores[group.number] for group in family) / len(family)
        found |= {group.number: scores[group.number] / mean if mean else 0.0 for group in family}
    return found


def _families(groups: Iterable[Group]) -> list[list[Group]]:
    found: dict[object, list[Group]] = {}
    for group in groups:
        found.setdefault(group.family, []).append(group)
    return list(found.values())


class _Left:
    """How many groups are left of each axis that could lose all of them."""

    def __init__(self, channels: ChannelMap) -> None:
        free = {group.number for group in channels.groups}
        axes = {axis for given in (*channels.values, *channels.tensors.values()) for axis in given if axis}
        used = {frozenset(map(channels.root, axis)) for axis in axes}
        self._counts = {axis: len(axis) for axis in used if axis <= free}
        self._axes: dict[int, list[frozenset[int]]] = {}
        for axis in self._counts:
            for number in axis:
                self._axes.setdefault(number, []).append(axis)

    def take(self, number: int) -> bool:
        """Remove a group unless it is the last one of an axis; whether it is gone."""
        axes = self._axes.get(number, [])
        if any(self._counts[axis] == 1 for axis in axes):
            return False
        for axis in axes:
            self._counts[axis] -= 1
        return True
