"""Calls of functions with their arguments, and the operations of a spec that they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from netspec.importer.calls import Operation
from netspec.writer.errors import CannotTranslate

SAME = ""
"""In the place of an entry's name: what comes in is what comes out."""


@dataclass
class Step:
    """An operation of a spec: the name of an entry, its arguments, and what comes in, the piped value first."""

    entry: str
    fields: dict[str, Any]
    inputs: list[Any]
    path: str | None = None
    """The path of the weights, where they are given to a function one by one."""


@dataclass
class Arguments:
    """The arguments of a call, taken by their names or positions."""

    operation: Operation
    names: tuple[str, ...]
    found: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        given, names = self.operation.arguments, self.names
        if names and names[-1].startswith("*"):  # what is left may be one list or several numbers
            at = len(names) - 1
            rest = given[at:]
            rest = rest[0] if len(rest) == 1 and isinstance(rest[0], tuple) else rest
            given = (*given[:at], *((rest,) if rest else ()))
            names = (*names[:-1], names[-1].removeprefix("*"))
        self.found = dict(zip(names, given, strict=False)) | self.operation.keywords

    def get(self, name: str, default: Any = None) -> Any:
        return self.found.get(name, default)

    def only(self, *names: str) -> None:
        """Refuse arguments other than these that aren't none."""
        for name, value in self.found.items():
            if name not in names and value is not None and value is not False:
                raise CannotTranslate(f"{self.operation.place} has `{name}`, which its operation in a spec hasn't")


Translation = Callable[[Operation], Step]
