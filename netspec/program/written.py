"""Values as a spec would write them."""

from __future__ import annotations

from typing import Any

from netspec.catalogue.entry import Entry
from netspec.catalogue.slots import slots
from netspec.catalogue.sources import DataSource
from netspec.catalogue.values import Term, number_text

SEPARATORS = {"alternatives": " or ", "pipe": " -> ", "sum": " + "}


def written(value: Any, text: bool = False) -> str:
    """A value in the language; of an entry, without what is left to its default. `text` puts strings in quotes."""
    match value:
        case Entry():
            return _call(value)
        case Term(entry=entry, factor=factor):
            return f"{written(entry) if factor == 1 else f'{number_text(factor)} * {written(entry)}'}"
        case tuple():
            return f"[{', '.join(written(item, text) for item in value)}]"
        case bool() | None:
            return str(value).lower()
        case float():
            return number_text(value)
        case str() if text:
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{escaped}"'
        case _:
            return str(value)


def written_field(entry: Entry, name: str, value: Any) -> str:
    """The value of an entry's field in the language: several entries with `or`, `->` or `+` or as a list."""
    slot = slots(type(entry))[name]
    if slot.form in SEPARATORS and value:
        return SEPARATORS[slot.form].join(map(written, value))
    return written(value, slot.text)


def _call(entry: Entry) -> str:
    fields = type(entry).model_fields
    given = {
        name: written_field(entry, name, getattr(entry, name))
        for name, field in fields.items()
        if field.is_required() or getattr(entry, name) != field.default
    }
    arguments: list[str] = []
    for name in entry.positional:
        # behind one that is left out, the others need their names
        if name not in given:
            break
        arguments.append(given.pop(name))
    arguments += [f"{name}={text}" for name, text in given.items()]
    if arguments or isinstance(entry, DataSource):
        return f"{entry.name()}({', '.join(arguments)})"
    return entry.name()
