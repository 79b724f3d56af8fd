"""The lines of a network as data: pipes of steps, and the names that values and steps may have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from netspec.catalogue.entry import find, names
from netspec.catalogue.layers import Layer
from netspec.checker.network.known import BUILT_IN, REUSE
from netspec.lang import lexical
from netspec.zoo import NAME as ZOO

RESERVED = {
    *(*lexical.RESERVED, *BUILT_IN, ZOO, "input", "output", "repeat", "for", "in", "block", "param", "assert"),
    *("netspec", "extends", "from", "import", "model", "data", "train", "evaluate", "min", "max"),
}
LEADING = ("dropout", "permute", "transpose")
"""Operations that may stand before the layer of a line."""
PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
LONGEST_STEM = 56
"""How much of a name is kept before a number, so that both are a name still."""


@dataclass(eq=False)
class Step:
    """An operation, a call of a block, or with a body a scope. `fields` are all of its arguments."""

    name: str
    label: str | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    values: list[str] = field(default_factory=list)
    body: list[Statement] | None = None
    kind: str = ""
    path: str = ""
    channels: int | None = None
    """The channels of what comes in."""
    wanted: str | None = None
    forced: bool = False
    weighty: bool = False


@dataclass(eq=False)
class Statement:
    """A pipe: where it begins, its steps, and the names of what it gives; without names it is a line."""

    start: tuple[str, ...] = ()
    """Nothing for the value of the line above; a name; or a sign and its two sides."""
    steps: list[Step] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    record: dict[str, str] = field(default_factory=dict)
    """What the body gives, if it is several values."""


def is_free(name: str) -> bool:
    """Whether a value, a block or its parameter may have the name."""
    return name not in RESERVED and name not in names(Layer) and PLAIN.fullmatch(name) is not None


def fresh(wish: str, taken: set[str]) -> str:
    """A name that is still free, as near as can be to the one that is wished for."""
    if is_free(wish) and wish not in taken:
        return wish
    stem = wish[:LONGEST_STEM] if PLAIN.fullmatch(wish[:LONGEST_STEM]) else "x"
    return next(name for number in count(2) if is_free(name := f"{stem}{number}") and name not in taken)


def needs_start(step: Step) -> bool:
    """Whether the values in its call would be all that it takes, if it stood at the start of a line."""
    entry = find(Layer, step.name)
    return bool(step.values) and entry is not None and entry.inputs.optional > 0


def place_labels(steps: list[Step]) -> None:
    """Give a label to every step whose name isn't the position that it has anyway."""
    used: set[str] = set()
    wanted = {step.wanted for step in steps if step.wanted is not None}
    position = 0
    for step in steps:
        if step.name == REUSE:
            continue
        place = position
        while str(place) in used:
            place += 1
        if step.wanted is not None and (step.forced or step.wanted != str(place)):
            step.label, position = step.wanted, position + 1
        elif step.wanted is None and str(place) in wanted:
            step.label, position = fresh(f"{step.name}_{place}", used | wanted), position + 1
        else:
            position = place + 1
        used.add(step.label or str(place))


def lines_of(line: Statement) -> Iterator[Statement]:
    """A long line as several, each with a layer that has weights and what belongs to it."""
    if line.names or line.record or len(line.steps) < 2:
        yield line
        return
    part = Statement(line.start)
    for step in line.steps:
        ends = not all(other.name in LEADING for other in part.steps)
        ends = (step.weighty and ends) or bool(part.steps and part.steps[-1].body is not None)
        if part.steps and ends and not needs_start(step):
            yield part
            part = Statement()
        part.steps.append(step)
    yield part
