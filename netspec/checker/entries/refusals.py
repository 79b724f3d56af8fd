"""Refusals: the problem of a value that a field's type doesn't take, with a replacement where there is a plain one."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from netspec.catalogue.entry import Entry
from netspec.catalogue.slots import UNBOUNDED, Slot
from netspec.catalogue.values import Quantity
from netspec.checker.names.arithmetic import is_number
from netspec.checker.names.wording import shown
from netspec.diagnostics import Label
from netspec.problems import Problem, Problems
from netspec.problems.values import MissingUnit, WrongValue
from netspec.source import Span

DIVISION = "`//` divides whole numbers; `/` gives a fraction"


def refusal(slot: Slot, value: Any, span: Span, labels: tuple[Label, ...] = ()) -> Problem:
    """The problem of a value of the wrong type or out of range, with what would be right where that is plain."""
    found, replacement, help = shown(value), None, None
    match value:
        case Quantity() if not slot.units:
            replacement = _as_number(slot, value)
        case int() | float() if slot.units and is_number(value) and value > 0:
            return _without_unit(slot, value, span)
        case float() if value.is_integer() and "whole number" in slot.words:
            # 64 / 2 is the fraction 32.0
            help = DIVISION if "/" in span.text else None
            replacement = None if help else f"{value:.0f}"
        case int() if value > UNBOUNDED:
            found += f": the largest size is {UNBOUNDED:_}"
        case str() if slot.text:
            found = "one with control characters"
        case _:
            pass
    return WrongValue(span, slot.name, slot.words, found, replacement, help, labels)


def _as_number(slot: Slot, value: Quantity) -> str | None:
    """What is written for a quantity where a number is taken: 10% is a tenth."""
    if value.unit != "%":
        return str(value.number)
    return None if "whole number" in slot.words else f"{value.number / 100:.12g}"


def _without_unit(slot: Slot, value: float, span: Span) -> Problem:
    unit = slot.units[0]
    # 0.1 is a tenth, not a tenth of a percent
    number = f"{100 * value:g}" if unit == "%" and value < 1 else span.text
    return MissingUnit(span, slot.name, span.text, number, unit)


def check_literal(entry: type[Entry], slot: Slot, value: float, span: Span, problems: Problems) -> None:
    """Report a number that a field doesn't take, whatever the other fields are."""
    try:
        entry.model_validate({slot.name: value})
    except ValidationError as error:
        wrong = {detail["type"] for detail in error.errors(include_url=False) if detail["loc"][:1] == (slot.name,)}
        if wrong - {"missing"}:
            problems.add(refusal(slot, value, span))
