"""Input sizes that a network could take, where the data's don't fit: found by going through it again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from netspec.checker.names.declarations import Declarations
from netspec.checker.network.model import Incoming, Model, trace
from netspec.problems import Problems
from netspec.problems.shapes import ShapeMismatch
from netspec.shapes import Shape

FACTORS = (2, 4, 8, 16, 32, 64, 128)
OPERATIONS = 400
"""Up to how many operations a network is gone through again; it takes a fraction of a second."""


def explain_sizes(declared: Declarations, incoming: Incoming, model: Model, problems: Problems) -> None:
    """Say of values that don't join which heights and widths would let them.

    A network that halves sizes and doubles them again comes back to the same size for multiples of a power of two
    alone. That power is the least of which three multiples in a row are taken, and what lies halfway between isn't.
    """
    joins = [problem for problem in problems if isinstance(problem, ShapeMismatch) and problem.joins]
    if not joins or len(incoming.shapes) != 1 or len(model.places) > OPERATIONS or len(problems) > 1:
        return
    ((name, shape),) = incoming.shapes.items()
    if shape.rank < 2:
        return

    def fits(scaled: Shape) -> bool:
        found = Problems()
        with declared.scope.index.pause():
            trace(declared, Incoming({name: scaled}, incoming.span), found, complete=False)
        return not found.fatal

    factor = next((factor for factor in FACTORS if _is_needed(factor, shape, fits)), None)
    if factor is not None:
        words = {2: "length", 3: "height and width", 4: "depth, height and width"}[shape.rank]
        note = f"{words} have to be multiples of {factor}, and the data is {shape}"
        problems.replace(joins[0], replace(joins[0], notes=(note,)))


def _is_needed(factor: int, shape: Shape, fits: Callable[[Shape], bool]) -> bool:
    multiples = list(_multiples(factor, shape))
    between = _moved(multiples[0], factor // 2)
    return all(map(fits, multiples)) and not fits(between)


def _multiples(factor: int, shape: Shape) -> Iterator[Shape]:
    """The three next sizes that are multiples of a factor."""
    first = shape.with_dims(shape.channels, *(-(-size // factor) * factor for size in shape.spatial))
    for turn in range(3):
        yield _moved(first, turn * factor)


def _moved(shape: Shape, more: int) -> Shape:
    return shape.with_dims(shape.channels, *(size + more for size in shape.spatial))
