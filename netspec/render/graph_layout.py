"""Where the boxes of a drawing stand: in layers from top to bottom, with lanes between them for long arrows.

Boxes are put into layers so that arrows point down; an arrow that passes a layer has a lane of its own in it, a place
without a box. The order in each layer is one with few crossings, and the places are such that what follows one another
stands in a line. Lanes and boxes of a layer don't overlap, and between two layers there is room for arrows to move
sideways, so none of them crosses a box.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from statistics import fmean, median

from netspec.immutable import immutable
from netspec.render.graph_boxes import TooLarge

SWEEPS = 8
LIMIT = 100_000
"""How many points a layout has at most: seconds of work, and a drawing as long as a street."""

LANE, BOX, SPINE = range(3)
"""The ranks of points: who has more say about where it stands."""


@immutable
class Sizes:
    """How wide a box and a lane are, and how far apart the things in a layer."""

    box: float
    lane: float
    gap: float


@immutable
class Layout:
    """Layers of points, from the top. The first points are the boxes, by their places; the others are lanes.

    `x` has the middle of each, `steps` the pieces of arrows, each from a point to one in the next layer.
    """

    layers: tuple[tuple[int, ...], ...]
    x: tuple[float, ...]
    steps: tuple[tuple[int, int], ...]


@dataclass
class _Points:
    """The points on their way to a layout: `layer` of each, and its neighbours above and below."""

    boxes: int
    layer: list[int]
    above: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    below: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))

    def join(self, start: int, end: int) -> None:
        if end not in self.below[start]:
            self.below[start].append(end)
            self.above[end].append(start)

    def lane(self, layer: int) -> int:
        self.layer.append(layer)
        return len(self.layer) - 1

    def layers(self) -> list[list[int]]:
        found: list[list[int]] = [[] for _ in range(max(self.layer, default=-1) + 1)]
        for point, layer in enumerate(self.layer):
            found[layer].append(point)
        return found

    def is_lane(self, point: int) -> bool:
        return point >= self.boxes


def lay_out(count: int, arrows: Iterable[tuple[int, int]], sizes: Sizes) -> Layout:
    """The layout of so many boxes, in an order in which each comes after those with arrows to it.

    Raises TooLarge where there would be too many lanes.
    """
    points = _with_lanes(count, sorted(set(arrows)))
    layers = _ordered(points)
    x = _placed(points, layers, sizes)
    steps = tuple((start, end) for start in sorted(points.below) for end in points.below[start])
    return Layout(tuple(map(tuple, layers)), tuple(x), steps)


def _with_lanes(count: int, arrows: Sequence[tuple[int, int]]) -> _Points:
    """Every arrow as steps from layer to layer; the arrows of one box share their lanes, one in each layer."""
    points = _Points(count, _layers(count, arrows))
    lengths: dict[int, int] = defaultdict(int)
    for start, end in arrows:
        lengths[start] = max(lengths[start], points.layer[end] - points.layer[start] - 1)
    if count + sum(lengths.values()) > LIMIT:
        raise TooLarge
    lanes: dict[tuple[int, int], int] = {}
    for start, end in arrows:
        here = start
        for layer in range(points.layer[start] + 1, points.layer[end]):
            if (start, layer) not in lanes:
                lanes[start, layer] = points.lane(layer)
            points.join(here, lanes[start, layer])
            here = lanes[start, layer]
        points.join(here, end)
    return points


def _layers(count: int, arrows: Sequence[tuple[int, int]]) -> list[int]:
    """Each box below all that it takes from; one that takes nothing right above the first that takes from it."""
    layer = [0] * count
    by_end = sorted(arrows, key=lambda arrow: arrow[1])
    for start, end in by_end:
        layer[end] = max(layer[end], layer[start] + 1)
    takers: dict[int, list[int]] = defaultdict(list)
    for start, end in arrows:
        takers[start].append(layer[end])
    taking = {end for _, end in arrows}
    for box in range(count):
        if box not in taking and takers[box]:
            layer[box] = min(takers[box]) - 1
    return layer


# ---- order ----


def _ordered(points: _Points) -> list[list[int]]:
    """The layers, each in the order with the fewest crossings that was met while going down and up."""
    layers = points.layers()
    best, fewest = [list(layer) for layer in layers], _crossings(points, layers)
    for sweep in range(SWEEPS):
        if fewest == 0:
            break
        down = sweep % 2 == 0
        neighbours = points.above if down else points.below
        for upper, lower in _pairs(layers, down):
            _sort(lower, {point: index for index, point in enumerate(upper)}, neighbours)
        crossings = _crossings(points, layers)
        if crossings < fewest:
            best, fewest = [list(layer) for layer in layers], crossings
    return best


def _pairs(layers: Sequence[list[int]], down: bool) -> Iterable[tuple[list[int], list[int]]]:
    """Neighbouring layers in the order of a sweep: the one that stands, the one that moves."""
    ordered = layers if down else layers[::-1]
    return pairwise(ordered)


def _sort(layer: list[int], place: dict[int, int], neighbours: dict[int, list[int]]) -> None:
    """Bring each point to the middle of its neighbours; one without any stays near where it is."""
    middle = {
        point: fmean(place[other] for other in neighbours[point]) if neighbours[point] else float(index)
        for index, point in enumerate(layer)
    }
    layer.sort(key=lambda point: middle[point])


def _crossings(points: _Points, layers: Sequence[list[int]]) -> int:
    total = 0
    for upper, lower in pairwise(layers):
        place = {point: index for index, point in enumerate(lower)}
        ends: list[int] = []
        for point in upper:
            found = sorted(place[other] for other in points.below[point])
            total += sum(len(ends) - bisect_right(ends, end) for end in found)
            for end in found:
                insort(ends, end)
    return total


# ---- places ----


def _placed(points: _Points, layers: Sequence[list[int]], sizes: Sizes) -> list[float]:
    """The middle of each point; the leftmost thing begins at 0."""
    spine = _spine(points)
    ranks = [LANE if points.is_lane(point) else SPINE if point in spine else BOX for point in range(len(points.layer))]
    widths = [sizes.lane if points.is_lane(point) else sizes.box for point in range(len(points.layer))]
    x = [0.0] * len(points.layer)
    for layer in layers:
        _settle(layer, x, x, widths, ranks, sizes.gap)
    for sweep in range(2 * SWEEPS):
        down = sweep % 2 == 1
        ahead, behind = (points.above, points.below) if down else (points.below, points.above)
        for _, layer in _pairs(layers, down):
            # once the boxes stand, the end of a lane goes with the rest of it, so that it is straight
            ends = behind if sweep >= SWEEPS else ahead
            wanted = {point: _wanted(point, ahead[point], ends[point], x, ranks) for point in layer}
            _settle(layer, wanted, x, widths, ranks, sizes.gap)
    left = min((position - width / 2 for position, width in zip(x, widths, strict=True)), default=0.0)
    return [position - left for position in x]


def _spine(points: _Points) -> set[int]:
    """The boxes along a longest path, which stand in a straight line."""
    found: set[int] = set()
    above = [max(range(len(points.layer)), key=lambda point: points.layer[point])] if points.layer else []
    while above:
        point = next(point for point in above if not points.is_lane(point))
        found.add(point)
        above = points.above[point]
    return found


def _wanted(point: int, ahead: Sequence[int], behind: Sequence[int], x: Sequence[float], ranks: Sequence[int]) -> float:
    """In line with the neighbour of the highest rank, in the middle if there are several; a lane with its lane."""
    if ranks[point] == LANE:
        lanes = [[other for other in others if ranks[other] == LANE] for others in (ahead, behind)]
        ahead = lanes[0] or lanes[1] or ahead
    if not ahead:
        return x[point]
    highest = max(ranks[other] for other in ahead)
    return median(x[other] for other in ahead if ranks[other] == highest)


def _settle(
    layer: Sequence[int],
    wanted: Mapping[int, float] | Sequence[float],
    x: list[float],
    widths: Sequence[float],
    ranks: Sequence[int],
    gap: float,
) -> None:
    """Put the points of a layer as near to where they want to be as their order and their widths let them.

    This is isotonic regression: neighbours that would overlap move as one, to the mean of what they want, in which
    those of a higher rank have much more say.
    """
    apart = [(widths[left] + widths[right]) / 2 + gap for left, right in pairwise(layer)]
    offsets = list(accumulate(apart, initial=0.0))
    groups: list[tuple[float, float, int]] = []  # where it stands, its weight, how many points
    for point, offset in zip(layer, offsets, strict=False):
        position, weight, size = wanted[point] - offset, 1e6 ** ranks[point], 1
        while groups and groups[-1][0] > position:
            other, its, points = groups.pop()
            position, weight, size = (other * its + position * weight) / (its + weight), its + weight, size + points
        groups.append((position, weight, size))
    positions = [position for position, _, size in groups for _ in range(size)]
    for point, position, offset in zip(layer, positions, offsets, strict=False):
        x[point] = position + offset
