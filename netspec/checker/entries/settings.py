"""Sections of a spec: their settings key by key, and the mistakes in what isn't a setting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from netspec.catalogue.elsewhere import instead
from netspec.catalogue.entry import Entry, find, names
from netspec.catalogue.sections import Section
from netspec.catalogue.slots import slots
from netspec.checker.entries.elaborate import Elaborator
from netspec.checker.names.declarations import Part
from netspec.checker.names.gaps import gaps
from netspec.checker.names.scope import Unresolved
from netspec.checker.names.vocabulary import ARGUMENTS, meant
from netspec.lang import tree
from netspec.problems import Problems
from netspec.problems.names import Duplicate, Misplaced, UnknownKey

E = TypeVar("E", bound=Entry)


def elaborate_section(section: type[E], parts: Sequence[Part], elaborator: Elaborator) -> E:
    """A section from the settings of its parts, of which a later one replaces an earlier one's key by key.

    Raises Unresolved where a key that it needs is missing or bad.
    """
    values: dict[str, Any] = {}
    keys: dict[str, tree.Setting] = {}
    for part in parts:
        for key, statement in _settings(section, part.body, values, elaborator.problems).items():
            if key in keys:
                elaborator.replaced[f"{section.name()}.{key}"] = keys[key].value.span
            keys[key] = statement
    fields = slots(section)
    mistakes = [problem.span for problem in elaborator.problems if problem.span is not None]
    for part in parts:
        # a key that couldn't be read has another value than its default
        unread = (name for gap in gaps(part.body, mistakes).values() for name in gap.names)
        elaborator.tainted |= {f"{section.name()}.{name}" for name in unread if name in fields and name not in keys}
    values |= {key: elaborator.value(fields[key], keys[key].value, section.name()) for key in keys}
    written = {key: statement.value for key, statement in keys.items()}
    places = {key: (statement.name, statement.value) for key, statement in keys.items()}
    elaborator.name_fields(section, section.name(), places)
    result = elaborator.construct(section, values, written, parts[-1].head.span, section.name(), "key")
    elaborator.assign_fields(result, section.name(), places)
    return result


def _settings(
    section: type[Entry], body: tree.Body, values: dict[str, Any], problems: Problems
) -> dict[str, tree.Setting]:
    """The settings of a body by their keys; of a key that doesn't exist, the one that was meant becomes Unresolved."""
    keys: dict[str, tree.Setting] = {}
    for index, statement in enumerate(body.statements):
        if not isinstance(statement, tree.Setting) or len(statement.names) > 1 or statement.note is not None:
            before = body.statements[index - 1] if index else None
            values |= dict.fromkeys(_not_a_setting(section, statement, before, problems), Unresolved)
            continue
        key = statement.name.id
        if key not in slots(section):
            values |= dict.fromkeys(_unknown_key(section, statement.name, problems), Unresolved)
        elif key in keys:
            problems.add(Duplicate(statement.name.span, "key", key, keys[key].name.span))
        else:
            keys[key] = statement
    return keys


def _unknown_key(section: type[Entry], name: tree.Name, problems: Problems) -> list[str]:
    """Report it; gives the key that was likely meant, if there is one."""
    if problems.follows(name.span):
        return []
    others = [other for other in names(Section) if other != section.name()]
    owner = next((other for other in others if name.id in slots(find(Section, other) or section)), None)
    known = tuple(slots(section))
    help = None
    if owner is None:
        own = instead(name.id, section.name(), elsewhere=False)
        help = own or _argument_of_a_default(section, ARGUMENTS.get(name.id, name.id))
    nearest = None if help or owner else meant(name.id, known)
    if nearest is None and help is None:
        help = instead(name.id)
    problems.add(UnknownKey(name.span, section.name(), name.id, nearest, known, owner, help))
    return [nearest] if nearest else []


def _not_a_setting(
    section: type[Entry], statement: tree.Statement, before: tree.Statement | None, problems: Problems
) -> list[str]:
    """Report it; gives the key that was meant, if there is one."""
    message = f"`{section.name()}` holds settings: key = value"
    edit, keys = None, list[str]()
    if isinstance(statement, tree.Line) and (label := statement.pipe.steps[0].label) is not None:
        keys = [label.id] if label.id in slots(section) else []
        operation = statement.pipe.steps[0].operation
        if len(statement.pipe.steps) == 1 and operation is not None:
            edit = f"{label.id} = {operation.span.text}"
    help = None
    if isinstance(before, tree.Setting) and before.span.line == statement.span.line and edit is None:
        # a comma ends a setting
        help = f"several values are in brackets: {before.name.id} = [{before.value.span.text}, {statement.span.text}]"
        problems.add(Misplaced(before.span.to(statement.span), message, help))
        return [before.name.id]
    problems.add(Misplaced(statement.span, message, help, edit))
    return keys


def _argument_of_a_default(section: type[Entry], name: str) -> str | None:
    """What to say of a key that is an argument of the entry that a key takes by default, such as `lr`."""
    for slot in slots(section).values():
        default = slot.default
        if slot.kind is not None and isinstance(default, Entry) and name in slots(type(default)):
            return f"`{name}` is an argument: {slot.name} = {default.name()}({name}=…)"
    return None
