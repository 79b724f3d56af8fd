"""The catalogue in the terminal and as JSON: its entries by kind, and the page of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from textwrap import indent
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from netspec.catalogue.entry import Entry, Example, Sizes
from netspec.catalogue.layers import Inputs, Layer
from netspec.catalogue.sections import Section
from netspec.catalogue.slots import Slot, slots
from netspec.catalogue.sources import DataSource
from netspec.lang.text.parser import parse
from netspec.lang.text.printer import format_text
from netspec.problems import Problems
from netspec.program.written import written
from netspec.shapes import Shape
from netspec.source import Source


def render_list(by_kind: Mapping[str, Sequence[type[Entry]]]) -> Text:
    """Each kind with its entries, a line each, which a terminal cuts at its edge."""
    lines: list[Text] = []
    for kind, entries in by_kind.items():
        lines += [Text()] if lines else []
        lines.append(Text(kind, "bold"))
        width = max(len(entry.name()) for entry in entries)
        lines += [Text(f"  {entry.name():<{width}}  {entry.summary()}") for entry in entries]
    return Text("\n", no_wrap=True, overflow="ellipsis").join(lines)


def render_pages(entries: Iterable[type[Entry]]) -> RenderableType:
    """The pages of entries of one name, an empty line between two."""
    parts: list[RenderableType] = []
    for number, entry in enumerate(entries):
        parts += [*([""] if number else []), *_page(entry)]
    return Group(*parts)


def _page(entry: type[Entry]) -> list[RenderableType]:
    parts: list[RenderableType] = [
        Text(f"{entry.kind} {entry.name()}", "bold"),
        Text(f"\n  {signature(entry)}\n"),
        Text(entry.documentation()),
    ]
    if slots(entry):
        parts.append(_arguments(slots(entry).values()))
    if entry.torch_names:
        parts += [Text("in torch", "bold"), *(Text(f"  {name}") for name in entry.torch_names)]
    if unlike_torch(entry):
        parts += [
            Text("unlike torch", "bold"),
            *(Text(f"  {name}: {why}") for name, why in unlike_torch(entry).items()),
        ]
    if entry.examples:
        parts += [Text("examples", "bold"), *(Text(_example(entry, example)) for example in entry.examples)]
    return parts


def _arguments(arguments: Iterable[Slot]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("argument", no_wrap=True)
    for column in ("takes", "default", "what it is"):
        table.add_column(column, overflow="fold")
    for slot in arguments:
        table.add_row(slot.name, Text(slot.words), Text(default_text(slot) or ""), Text(slot.description))
    return table


def unlike_torch(entry: type[Entry]) -> dict[str, str]:
    """Torch's arguments that an entry hasn't, or with another default, and why; without those of all of its kind,
    which would be the same lines on every page."""
    kind = next(base for base in entry.__mro__ if issubclass(base, Entry) and base.is_kind())
    shared = kind.differences()
    return {name: why for name, why in entry.differences().items() if shared.get(name) != why}


def default_text(slot: Slot) -> str | None:
    """The default as a spec would write it; None where there is none."""
    return None if slot.required else written(slot.default, slot.text)


def _example(entry: type[Entry], example: Example) -> str:
    """What is written, and the shapes that it takes and gives: `conv(16, 5)  [3, 32, 32] -> [16, 28, 28]`."""
    text = indent(example_text(entry, example), "  ")
    if not example.outputs:
        return text
    into, out = sizes_text(example.inputs), sizes_text(example.outputs)
    return f"{text}   {into} -> {out}" if into else f"{text}   {out}"


def example_text(entry: type[Entry], example: Example) -> str:
    """An example in the one layout of specs; that of a section has several lines."""
    if not issubclass(entry, Section):
        return example.text
    return format_text(parse(Source("example", example.text), Problems())).rstrip("\n")


def sizes_text(values: Iterable[Sizes]) -> str:
    """The sizes of one value or several: `[3, 32, 32]`."""
    return ", ".join(str(Shape(sizes)) for sizes in values)


def signature(entry: type[Entry]) -> str:
    """How an entry is written: arguments by place with their names, then those that are given by name.

    A layer that takes several values has them in front, in brackets those that may be left out.
    """
    if issubclass(entry, Section):
        return f"{entry.name()} {{ … }}"
    first, further = _inputs(entry.inputs) if issubclass(entry, Layer) else ("", [])
    known = slots(entry)
    ordered = [*entry.positional, *(name for name in known if name not in entry.positional)]
    arguments = [*further, *(_argument(known[name], name in entry.positional) for name in ordered)]
    brackets = f"({', '.join(arguments)})" if arguments or issubclass(entry, DataSource) else ""
    return f"{first}{entry.name()}{brackets}"


def _inputs(inputs: Inputs) -> tuple[str, list[str]]:
    """Of several values the first, with its arrow, and those that stand in the call."""
    if len(inputs.names) <= 1:
        return "", []
    further = [f"[{name}]" if index >= inputs.least else name for index, name in enumerate(inputs.names)][1:]
    return f"{inputs.names[0]} -> ", [*further, *(["…"] if inputs.more else [])]


def _argument(slot: Slot, by_place: bool) -> str:
    default = default_text(slot)
    if default is not None:
        return f"{slot.name}={default}"
    return slot.name if by_place else f"{slot.name}=…"


def entry_as_json(entry: type[Entry]) -> dict[str, Any]:
    """An entry's page for programs; the same fields always, in the same order."""
    return {
        "kind": entry.kind,
        "name": entry.name(),
        "signature": signature(entry),
        "summary": entry.summary(),
        "documentation": entry.documentation(),
        "torch": list(entry.torch_names),
        "unlike_torch": entry.differences(),
        "inputs": list(entry.inputs.names) if issubclass(entry, Layer) else [],
        "arguments": [
            {
                "name": slot.name,
                "takes": slot.words,
                "required": slot.required,
                "default": default_text(slot),
                "description": slot.description,
                "by_place": slot.name in entry.positional,
            }
            for slot in slots(entry).values()
        ],
        "examples": [
            {
                "text": example.text,
                "into": [list(sizes) for sizes in example.inputs],
                "out": [list(sizes) for sizes in example.outputs],
            }
            for example in entry.examples
        ],
    }
