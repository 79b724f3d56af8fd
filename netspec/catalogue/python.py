"""Python that does without netspec what an entry does: a piece of a script, and how values are written in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from netspec.immutable import immutable

PYTHON_FOLDER = "DATA"
"""The constant of a script that says where its data is."""


@immutable
class Python:
    """A piece of a script: an expression or lines, as the kind of the entry says.

    `before` is what is computed first, once for a training or an epoch. `copied` are functions of netspec that it
    calls, by their modules and names: the script gets copies of them. `constants` are values at its top, which a reader
    may want to change, and `helpers` are functions that are written for it alone.
    """

    text: str
    copied: tuple[str, ...] = ()
    before: str = ""
    constants: Mapping[str, Any] = field(default_factory=dict, hash=False)
    helpers: tuple[str, ...] = ()


def literal(value: Any) -> str:
    """A number, a string, None or a list or tuple of them as Python writes it.

    A string becomes nothing but a string, whatever is in it: what can't be printed is escaped.
    """
    match value:
        case str():
            text = repr(value)
            return f'"{text[1:-1]}"' if '"' not in value and "'" not in value else text
        case float() if value != value or value in (float("inf"), float("-inf")):
            return f'float("{value}")'
        case list():
            return f"[{', '.join(map(literal, value))}]"
        case tuple():
            return f"({', '.join(map(literal, value))}{',' * (len(value) == 1)})"
        case None | bool() | int() | float():
            return repr(value)
        case _:
            raise TypeError(f"no literal: {value!r}")
