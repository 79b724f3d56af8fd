"""Refusals: the problem of a value that a field's type doesn't take, with a replacement where there is a plain one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from netspec.catalogue.elsewhere import instead
from netspec.catalogue.entry import Entry, entries, find, names
from netspec.catalogue.sections import sections
from netspec.catalogue.slots import UNBOUNDED, Slot, slots
from netspec.catalogue.values import Quantity
from netspec.checker.names.arithmetic import is_number
from netspec.checker.names.vocabulary import unknown_entry
from netspec.checker.names.wording import shown
from netspec.diagnostics import Label
from netspec.lang import tree
from netspec.problems import Problem, Problems
from netspec.problems.names import FEW
from netspec.problems.values import MissingUnit, WrongValue
from netspec.program.written import written
from netspec.source import Span
from netspec.wording import either

DIVISION = "a size is computed from integers alone: `8 * 3 // 2` rather than `8 * 1.5`, `//` rather than `/`"
NAMES = re.compile(r"\[?\s*[A-Za-z_]\w*(\s*,\s*[A-Za-z_]\w*)*\s*,?\s*\]?")
LITERAL = re.compile(r"[\d_.eE+]+")


def refusal(slot: Slot, value: Any, span: Span, labels: tuple[Label, ...] = ()) -> Problem:
    """The problem of a value of the wrong type or out of range, with what would be right where that is plain."""
    found, replacement, help = shown(value), None, None
    match value:
        case Quantity() if not slot.units:
            replacement = _as_number(slot, value)
        case int() | float() if slot.units and is_number(value) and value > 0:
            return _without_unit(slot, value, span)
        case float() if value.is_integer() and "whole number" in slot.words:
            # 64 / 2 is the fraction 32.0; a param in it must not be lost
            replacement = f"{value:.0f}" if LITERAL.fullmatch(span.text) else None
            help = None if replacement else DIVISION
        case int() if value > UNBOUNDED:
            found += f": the largest size is {UNBOUNDED:_}"
        case str() if slot.text:
            found = "one with control characters"
        case _ if slot.text and NAMES.fullmatch(span.text):
            # names of params were meant, and stood for their values
            replacement = re.sub(r"\w+", r'"\g<0>"', span.text)
        case None if not slot.required:
            help = f"leave `{slot.name}` out: the default is {written(slot.default, slot.text)}"
        case _:
            pass
    if replacement is None and help is None:
        help = instead(_sort_of(value), slot.name, elsewhere=False)
    return WrongValue(span, slot.name, slot.words, found, replacement, help, labels)


SIGNS = {"sum": " + ", "alternatives": " or ", "pipe": " -> "}


def in_place_of(node: tree.Expression, kind: type[Entry], owner: str) -> tuple[str | None, str | None]:
    """For what isn't an entry: the same entry as it is written here, and what helps otherwise."""
    match node:
        case tree.Text(value=value) if find(kind, value) is not None:
            return value, None
        case tree.Text(value=value):
            known = unknown_entry(value, kind, node.span)
            return None, f"write `{known.nearest}`" if known.nearest else known.hint
        case tree.List(items=items) if items:
            return None, _without_brackets(items, owner)
        case tree.Constant():
            return None, f"leave `{owner}` out for the default"
        case _:
            return None, _with_number(node, kind) or _examples(kind)


def _without_brackets(items: Sequence[tree.Expression], owner: str) -> str:
    form = next((slots(section)[owner].form for section in sections() if owner in slots(section)), "one")
    texts = [item.value if isinstance(item, tree.Text) else item.span.text for item in items]
    if len(texts) > 1 and form not in SIGNS:
        return f"`{owner}` takes one: {texts[0]}"
    return f"without brackets: {SIGNS.get(form, '').join(texts)}"


def _with_number(node: tree.Expression, kind: type[Entry]) -> str | None:
    """The entries of a small kind that are a number by themselves, with that number."""
    if not isinstance(node, tree.Number) or len(names(kind)) > FEW:
        return None
    single = [entry for entry in entries(kind) if len(entry.positional) == 1]
    plain = [entry for entry in single if not slots(entry)[entry.positional[0]].units]
    return f"write {either([f'`{entry.name()}({node.span.text})`' for entry in plain])}" if plain else None


def _examples(kind: type[Entry]) -> str | None:
    """Examples of a small kind."""
    if len(names(kind)) > FEW:
        return None
    texts = [example.text for entry in entries(kind) for example in entry.examples[:1]]
    return f"for example {either([f'`{text}`' for text in texts])}" if texts else None


def _sort_of(value: Any) -> str:
    """What a table of values has for one: a string itself, or what it is."""
    return value if isinstance(value, str) else "list" if isinstance(value, tuple) else "number"


def _as_number(slot: Slot, value: Quantity) -> str | None:
    """What is written for a quantity where a number of the same thing is taken: 10% is a tenth, and the key says that
    3 epochs are `epochs = 3`."""
    if value.unit != "%":
        return str(value.number) if slot.name == value.unit else None
    return None if "whole number" in slot.words else f"{value.number / 100:.12g}"


def _without_unit(slot: Slot, value: float, span: Span) -> Problem:
    rights = [
        # 0.1 is a tenth, not a tenth of a percent
        f"{f'{100 * value:g}' if value < 1 else span.text}%" if unit == "%" else f"{span.text} {unit}"
        for unit in slot.units
    ]
    return MissingUnit(span, slot.name, span.text, tuple(rights))


def check_literal(entry: type[Entry], slot: Slot, value: float, span: Span, problems: Problems) -> None:
    """Report a number that a field doesn't take, whatever the other fields are."""
    try:
        entry.model_validate({slot.name: value})
    except ValidationError as error:
        wrong = {detail["type"] for detail in error.errors(include_url=False) if detail["loc"][:1] == (slot.name,)}
        if wrong - {"missing"}:
            problems.add(refusal(slot, value, span))


def what_is(node: tree.Expression) -> str:
    """An expression in a message about its kind."""
    match node:
        case tree.Number() | tree.Quantity() | tree.Text() | tree.Constant():
            return node.span.text
        case tree.List():
            return "a list"
        case tree.Pipe():
            return "a pipe"
        case tree.Binary(operator=sign):
            return f"`{sign}` of two values"
        case _:
            return "this expression"
