"""Names of entries to classes of the catalogue, and arguments to their fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from netspec.catalogue.entry import Entry, find
from netspec.catalogue.layers import Layer
from netspec.catalogue.slots import slots
from netspec.checker.names.scope import Unresolved
from netspec.checker.names.vocabulary import meant, unknown_entry
from netspec.lang import tree
from netspec.problems import Problems
from netspec.problems.names import Duplicate, UnknownArgument
from netspec.problems.values import UnexpectedPosition

E = TypeVar("E", bound=Entry)


def find_entry(function: tree.Name, kind: type[E], problems: Problems, others: Iterable[str] = ()) -> type[E]:
    """The entry of that name; where there is none, one of `others` could be meant too.

    Raises Unresolved after reporting that there is none.
    """
    entry = find(kind, function.id)
    if entry is None:
        if not problems.follows(function.span):
            problems.add(unknown_entry(function.id, kind, function.span, others))
        raise Unresolved
    return entry


def bind(
    entry: type[Entry], arguments: tuple[tree.Argument, ...], problems: Problems
) -> tuple[dict[str, tree.Argument], list[str]]:
    """The arguments by the names of their fields. What fits no field is reported and left out, and the fields
    that were likely meant by it are the second result."""
    given: dict[str, tree.Argument] = {}
    tainted: list[str] = []
    fields = slots(entry)
    for position, argument in enumerate(arguments):
        if argument.name is not None:
            name = argument.name.id
            if name not in fields:
                tainted += _unknown_argument(entry, argument.name, problems)
                continue
        elif position < len(entry.positional):
            name = entry.positional[position]
        else:
            tainted += _unexpected_position(entry, arguments, position, problems)
            break
        if name in given:
            problems.add(Duplicate(argument.span, "argument", name, given[name].span))
            continue
        given[name] = argument
    return given, tainted


def _unexpected_position(
    entry: type[Entry], arguments: tuple[tree.Argument, ...], position: int, problems: Problems
) -> list[str]:
    """Report an argument that needs its name; gives the fields that are doubtful because of it."""
    fields, argument, limit = tuple(slots(entry)), arguments[position], len(entry.positional)
    inferred = entry.inferred if issubclass(entry, Layer) else None
    if inferred is not None:
        # torch's first argument was written, and the others have moved by one
        right = ", ".join(item.span.text for item in arguments[1 : limit + 1])
        help = f"`{inferred}` isn't written: {entry.name()}({right}); others go by name"
        problems.add(UnexpectedPosition(argument.span, entry.name(), None, "", limit, help))
        return list(entry.positional)
    name = fields[limit] if fields[:limit] == entry.positional and limit < len(fields) else None
    problems.add(UnexpectedPosition(argument.span, entry.name(), name, argument.value.span.text, limit))
    return [name] if name else []


def _unknown_argument(entry: type[Entry], name: tree.Name, problems: Problems) -> list[str]:
    """Report it; gives the field that was likely meant, if there is one."""
    known = tuple(slots(entry))
    reason = _why_not(entry, name.id)
    nearest = None if reason else meant(name.id, known)
    problems.add(UnknownArgument(name.span, entry.name(), name.id, nearest, known, reason))
    return [nearest] if nearest else []


def _why_not(entry: type[Entry], argument: str) -> str | None:
    """Why an argument that torch or another library has there isn't one here."""
    if issubclass(entry, Layer) and argument == entry.inferred:
        return "it is taken from the value that comes in"
    return entry.set_elsewhere.get(argument) or entry.differences().get(argument)
