"""What a drawing of a network shows: a box for each input, operation and output, and the arrows between them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from netspec.immutable import immutable
from netspec.program.graph import Graph, Node
from netspec.program.written import written
from netspec.render.words import clean, count, shorten

OPERATION = 48
"""How much of an operation is shown; a list of sizes may be long."""

Role = Literal["input", "operation", "output"]


class TooLarge(Exception):  # noqa: N818 - the offence is the name
    """A drawing would be larger than anybody could look at, and than the memory might hold."""


@immutable
class Box:
    """One thing in the drawing. Its words are clean: in one line each, and free of what steers a terminal.

    `takes` are the values that come in, `gives` those that go out, by the graph's numbers. `scope` is the outermost
    one, '' for what stands in none.
    """

    role: Role
    name: str
    operation: str
    shape: str
    parameters: int
    scope: str
    takes: tuple[int, ...]
    gives: tuple[int, ...]

    @property
    def learns(self) -> str:
        return count(self.parameters) if self.parameters else ""


@immutable
class Arrow:
    """A value on its way, from a box to another one, by their indices."""

    value: int
    start: int
    end: int


@dataclass(frozen=True)
class Boxes:
    """The boxes in an order in which each comes after those it takes from."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]

    def scopes(self) -> dict[str, list[int]]:
        """The boxes of each outermost scope that holds more than one, by their indices."""
        sizes = Counter(box.scope for box in self.boxes)
        found: dict[str, list[int]] = {}
        for index, box in enumerate(self.boxes):
            if box.scope and sizes[box.scope] > 1:
                found.setdefault(box.scope, []).append(index)
        return found


def boxes_of(graph: Graph) -> Boxes:
    """The drawing of a graph, without positions."""
    inputs = [
        Box("input", clean(item.name), "", str(item.shape), 0, "", (), (value,))
        for value, item in enumerate(graph.inputs)
    ]
    outputs = [
        Box("output", clean(item.name), "", str(graph.shapes[item.value]), 0, "", (item.value,), ())
        for item in graph.outputs
    ]
    boxes = (*inputs, *map(_operation, graph.nodes), *outputs)
    makers = {value: index for index, box in enumerate(boxes) for value in box.gives}
    arrows = (Arrow(value, makers[value], end) for end, box in enumerate(boxes) for value in box.takes)
    return Boxes(boxes, tuple(dict.fromkeys(arrows)))


def _operation(node: Node) -> Box:
    shapes = ", ".join(map(str, node.shapes))
    operation = shorten(written(node.layer), OPERATION)
    scope, dot, _ = node.path.partition(".")
    return Box(
        "operation",
        clean(node.path),
        operation,
        shapes,
        node.parameter_count,
        clean(scope) if dot else "",
        node.inputs,
        node.outputs,
    )
