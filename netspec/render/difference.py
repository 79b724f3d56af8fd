"""What differs between two programs, in the terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from netspec.program.difference import Difference, LayerChange, Operation, Setting, Side, Sizes, Weights
from netspec.render.words import clean, count
from netspec.shapes import Shape
from netspec.wording import counted

ARROW = " -> "
SIGNS = {"~": "yellow", "-": "red", "+": "green"}
"""The signs of what differs, of what is gone and of what has come."""


def render_difference(found: Difference) -> RenderableType:
    """Settings, layers, figures and weights; a word where nothing differs."""
    if found.same:
        return Text("the same program")
    parts: list[RenderableType] = []
    if found.settings:
        parts.append(_titled("settings", map(_setting, found.settings)))
    if found.layers:
        parts.append(_titled("layers", map(_layer, found.layers)))
    if not parts:
        parts.append(Text("the operations stand in another order, or the inputs or outputs have other names"))
    parts.append(_figures(found))
    if found.weights.differing:
        parts.append(_titled("tensors", map(_tensor, found.weights.differing.items())))
    apart = [part for number, part in enumerate(parts) for part in (["", part] if number else [part])]
    return Group(*apart)


def _titled(title: str, rows: Iterable[tuple[str | Text, ...]]) -> RenderableType:
    """Rows in columns under a title."""
    table = Table.grid(padding=(0, 2))
    for row in rows:
        table.add_row(*row)
    return Group(Text(title, "bold"), table)


def _setting(setting: Setting) -> tuple[str | Text, ...]:
    return Text(f"  {setting.path}"), Text(f"{_side(setting.old)}{ARROW}{_side(setting.new)}")


def _side(side: Side) -> str:
    return clean(f"{side.value} ({side.origin})")


def _layer(change: LayerChange) -> tuple[str | Text, ...]:
    sign = "~" if change.old and change.new else "-" if change.old else "+"
    name = Text.assemble("  ", (sign, SIGNS[sign]), " ", clean(change.path))
    if sign != "~":
        uses = change.old or change.new
        return name, Text(clean(", ".join(dict.fromkeys(use.written for use in uses)))), Text(_gives(uses))
    return name, Text(clean(_changed(change.old, change.new))), Text(_both(_gives(change.old), _gives(change.new)))


def _changed(old: tuple[Operation, ...], new: tuple[Operation, ...]) -> str:
    """How the operation is written, and where it takes values of other layers, of which."""
    words = _both(old[0].written, new[0].written)
    if len(old) != len(new):
        return f"{words}, used {len(old)}{ARROW}{len(new)} times"
    before, after = map(_takes, (old, new))
    return words if before == after else f"{words}, takes {after} instead of {before}"


def _takes(uses: tuple[Operation, ...]) -> str:
    return " and ".join(f"`{name}`" for use in uses for name in use.takes) or "nothing"


def _gives(uses: tuple[Operation, ...]) -> str:
    return ", ".join(dict.fromkeys(use.gives for use in uses))


def _both(old: str, new: str) -> str:
    return old if old == new else f"{old}{ARROW}{new}"


def _figures(found: Difference) -> RenderableType:
    """Parameters and FLOPs before and after, and how many tensors of the old weights load."""
    rows: list[tuple[str, str]] = []
    for name, (old, new) in (("parameters", found.parameters), ("FLOPs", found.flops)):
        change = f"  ({'+' if new > old else ''}{count(new - old)})" if new != old else ""
        rows.append((name, f"{_both(count(old), count(new))}{change}"))
    rows.append(("weights", in_words(found.weights)))
    table = Table.grid(padding=(0, 2))
    for name, words in rows:
        table.add_row(Text(name, "bold"), words)
    return table


def in_words(weights: Weights) -> str:
    """`38 of 42 tensors load; 2 differ in shape, 2 are new`."""
    number = len(weights.differing)
    parts = [f"{number} differ{'s' * (number == 1)} in shape"] if number else []
    for names, words in ((weights.added, "new"), (weights.removed, "left over")):
        if names:
            parts.append(f"{len(names)} {'is' if len(names) == 1 else 'are'} {words}")
    loading = f"{len(weights.fitting)} of {counted(weights.count, 'tensor')} load"
    return f"{loading}; {', '.join(parts)}" if parts else loading


def _tensor(differing: tuple[str, tuple[Sizes, Sizes]]) -> tuple[str | Text, ...]:
    """A tensor that both have in other sizes; of those that only one has, the layers speak."""
    name, (old, new) = differing
    return Text.assemble("  ", ("~", SIGNS["~"]), " ", clean(name)), Text(_both(str(Shape(old)), str(Shape(new))))


def difference_as_json(found: Difference) -> dict[str, Any]:
    """The whole difference for programs; the same fields always, in the same order."""
    return {
        "same": found.same,
        "settings": [asdict(setting) for setting in found.settings],
        "layers": [asdict(change) for change in found.layers],
        "parameters": _pair(found.parameters),
        "flops": _pair(found.flops),
        "weights": asdict(found.weights),
    }


def _pair(values: tuple[int, int]) -> Mapping[str, int]:
    return dict(zip(("old", "new"), values, strict=True))
