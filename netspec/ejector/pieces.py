"""The pieces of a script: names of torch and copies of netspec's, calls over one line or several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from netspec.catalogue.python import Python, literal
from netspec.ejector.copied import Copies
from netspec.ejector.recorded import Call, Name, Product, Sum

WIDTH = 110
SHORT = {"torch.nn.functional.": "F.", "torch.nn.": "nn."}
"""How a script names modules of torch."""


class Pieces:
    """Writes values and calls, and keeps what they need: copies of definitions, constants and functions."""

    def __init__(self) -> None:
        self.copies = Copies()
        self.constants: dict[str, Any] = {}
        self.helpers: list[list[str]] = []

    def use(self, piece: Python) -> str:
        """The text of a piece, whose constants and functions the script gets."""
        for path in piece.copied:
            self.copies.add(path)
        for name, value in piece.constants.items():
            self.constant(name, value)
        self.helpers += [helper.splitlines() for helper in piece.helpers]
        return piece.text

    def constant(self, name: str, value: Any) -> str:
        """The name of a value at the top of the script."""
        assert self.constants.setdefault(name, value) == value, f"two values of {name}"
        return name

    def name(self, path: str) -> str:
        """A name of torch as a script has it, or that of a copy."""
        if path.startswith("netspec."):
            return self.copies.add(path)
        return next((short + path.removeprefix(long) for long, short in SHORT.items() if path.startswith(long)), path)

    def value(self, value: Any) -> str:
        """A value that a method of an entry computed with."""
        match value:
            case Name():
                return self.name(value.path)
            case Call():
                return self.call(value)
            case Sum(left=left, right=right):
                return f"{self.value(left)} + {self.value(right)}"
            case Product(factor=factor, of=of):
                return f"{literal(factor)} * {self.value(of)}"
            case _ if hasattr(value, "tolist"):  # a tensor that was computed
                return f"torch.tensor({literal(value.tolist())})"
            case list() | tuple() if any(isinstance(item, Call | Name) for item in value):
                return f"[{', '.join(map(self.value, value))}]"
            case _:
                return literal(value)

    def call(self, call: Call, first: Sequence[str] = ()) -> str:
        """A call, with more arguments before its own."""
        own = [self.value(value) if name is None else f"{name}={self.value(value)}" for name, value in call.bound()]
        return f"{self.name(call.function.path)}({', '.join((*first, *own))})"


def spread(head: str, items: Sequence[str], tail: str, indent: str = "") -> list[str]:
    """Items between brackets in one line if it isn't too long, else in lines of their own."""
    line = f"{indent}{head}{', '.join(items)}{tail}"
    if len(line) <= WIDTH:
        return [line]
    lines, current = [f"{indent}{head}"], f"{indent}   "
    for item in items:
        if len(current) + len(item) + 2 > WIDTH and current.strip():
            lines.append(current)
            current = f"{indent}   "
        current += f" {item},"
    return [*lines, current, f"{indent}{tail}"]


def indented(lines: Sequence[str], by: int = 1) -> list[str]:
    """Lines moved to the right; empty ones stay empty."""
    return ["    " * by + line if line else line for line in lines]
