"""Shape annotations behind lines, against the shapes of their values."""

from __future__ import annotations

from typing import Any

from netspec.checker.names.scope import Scope, Symbol, Value
from netspec.checker.names.values import evaluate
from netspec.checker.names.wording import shown
from netspec.diagnostics import Label
from netspec.lang import tree
from netspec.problems import Problems
from netspec.problems.shapes import NoteMismatch
from netspec.problems.values import WrongValue

ANY = "_"
"""What stands for a size that isn't noted."""


def check_note(note: tree.List, value: Any, scope: Scope, problems: Problems) -> None:
    """Report a note that says something else than what comes out. Raises Unresolved where it can't be read."""
    sizes = evaluate(note, scope, problems)
    for item, size in zip(note.items, sizes, strict=True):
        if not (isinstance(size, int) and not isinstance(size, bool)) and size != Symbol(ANY):
            problems.add(WrongValue(item.span, "a shape", f"whole numbers, and `{ANY}` for any", shown(size)))
            return
    if not isinstance(value, Value):
        problems.add(WrongValue(note.span, "a shape", "one value of the network", shown(value)))
        return
    if value.shape is None:
        return
    dims = value.shape.dims
    if len(sizes) != len(dims) or any(size not in (dim, Symbol(ANY)) for size, dim in zip(sizes, dims, strict=True)):
        labels = (Label(value.span, f"gives {value.shape}"),) if value.span else ()
        problems.add(NoteMismatch(note.span, note.span.text, str(value.shape), labels))
