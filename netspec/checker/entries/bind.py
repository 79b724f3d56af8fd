"""Names of entries to classes of the catalogue, and arguments to their fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from pydantic import ValidationError

from netspec.catalogue.elsewhere import instead
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


def find_entry(
    function: tree.Name, kind: type[E], problems: Problems, others: Callable[[], Iterable[str]] = tuple
) -> type[E]:
    """The entry of that name; where there is none, one of `others` could be meant too, which are asked for only then.

    Raises Unresolved after reporting that there is none.
    """
    entry = find(kind, function.id)
    if entry is None:
        if not problems.follows(function.span):
            problems.add(unknown_entry(function.id, kind, function.span, others()))
        raise Unresolved
    return entry


def bind(
    entry: type[Entry], arguments: tuple[tree.Argument, ...], problems: Problems
) -> tuple[dict[str, tree.Argument], list[str]]:
    """The arguments by the names of their fields. What fits no field is reported and left out, and the fields
    that were likely meant by it are the second result."""
    given: dict[str, tree.Argument] = {}
    tainted: list[str] = []
    fields, misplaced = slots(entry), False
    for position, argument in enumerate(arguments):
        if argument.name is not None:
            name = argument.name.id
            if name not in fields:
                tainted += _unknown_argument(entry, argument.name, problems)
                continue
        elif position < len(entry.positional):
            name = entry.positional[position]
        else:
            tainted += [] if misplaced else _unexpected_position(entry, arguments, position, given, problems)
            misplaced = True
            continue
        if name in given:
            problems.add(Duplicate(argument.span, "argument", name, given[name].span))
            continue
        given[name] = argument
    return given, tainted


def _unexpected_position(
    entry: type[Entry],
    arguments: tuple[tree.Argument, ...],
    position: int,
    given: Mapping[str, tree.Argument],
    problems: Problems,
) -> list[str]:
    """Report an argument that needs its name; gives the fields that are doubtful because of it."""
    argument, named = arguments[position], {item.name.id for item in arguments if item.name is not None}
    unnamed, limit = len(arguments) - len(named), sum(name not in named for name in entry.positional)
    by_name = _by_name(entry, arguments)
    inferred = entry.inferred if issubclass(entry, Layer) else None
    if inferred is not None and all(item.name is None for item in arguments[:position]):
        # torch's first argument was written, and the others have moved by one
        right = ", ".join(item.span.text for item in arguments[1 : limit + 1])
        shorter = f"`{inferred}` isn't written: {entry.name()}{f'({right})' if right else ''}"
        help = f"others go by name: {by_name}; or, as {shorter}" if by_name else f"{shorter}; others go by name"
        problems.add(UnexpectedPosition(argument.span, entry.name(), None, "", limit, help))
        return list(entry.positional)
    known = dict.fromkeys((*entry.positional, *_needed(entry), *slots(entry)))
    rest = [name for name in known if name not in (*given, *named)]
    # it stands behind one with a name, and would be good before it
    late = unnamed <= limit
    name = rest[0] if rest and (late or tuple(slots(entry))[: len(entry.positional)] == entry.positional) else None
    alone = late or (limit == 0 and unnamed == 1)
    help = None if alone and name else f"others go by name: {by_name or ', '.join(rest)}" if rest else None
    problems.add(UnexpectedPosition(argument.span, entry.name(), name, argument.value.span.text, limit, help))
    return rest[: max(unnamed - limit, 1)] if name else []


def _needed(entry: type[Entry]) -> list[str]:
    return [name for name, slot in slots(entry).items() if slot.required]


def _by_name(entry: type[Entry], arguments: tuple[tree.Argument, ...]) -> str | None:
    """The call with names for the numbers that need them, in the order of the fields, if these take them."""
    # what all entries of a kind have beside the first comes behind what is the entry's own, as in torch
    order = dict.fromkeys([*entry.positional, *_needed(entry), *list(slots(entry))[:1], *entry.__annotations__])
    names = [name for name in order if name in slots(entry)]
    numbers = [item.value.value for item in arguments if item.name is None and isinstance(item.value, tree.Number)]
    if len(numbers) < len(arguments) or len(numbers) > len(names):
        return None
    given = dict(zip(names, numbers, strict=False))
    try:
        entry.model_validate(given)
    except ValidationError as error:
        if any(detail["type"] != "missing" for detail in error.errors(include_url=False)):
            return None
    limit = len(entry.positional)
    texts = [item.span.text for item in arguments]
    named = [text if index < limit else f"{names[index]}={text}" for index, text in enumerate(texts)]
    return f"{entry.name()}({', '.join(named)})"


def _unknown_argument(entry: type[Entry], name: tree.Name, problems: Problems) -> list[str]:
    """Report it; gives the field that was likely meant, if there is one."""
    known = tuple(slots(entry))
    reason = _why_not(entry, name.id)
    nearest = None if reason or problems.full else meant(name.id, known)
    problems.add(UnknownArgument(name.span, entry.name(), name.id, nearest, known, reason))
    return [nearest] if nearest else []


def _why_not(entry: type[Entry], argument: str) -> str | None:
    """Why an argument that torch or another library has there isn't one here."""
    if issubclass(entry, Layer) and argument == entry.inferred:
        return "it is taken from the value that comes in"
    said = entry.set_elsewhere.get(argument) or entry.differences().get(argument)
    return said or instead(argument, "argument", elsewhere=False)
