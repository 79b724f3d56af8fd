"""Specs from Python: check, fix, format, convert and compare them, plan their runs, and build their networks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netspec.api.syntax import text_of, tree_of
from netspec.checker import Checked, check_file, check_source
from netspec.diagnostics import Diagnostic
from netspec.files import rewrite
from netspec.lang.read import is_json
from netspec.lang.source_file import read_source
from netspec.program.program import Program
from netspec.source import Source

if TYPE_CHECKING:
    from torch import nn

    from netspec.program.difference import Difference

Spec = Program | str | Path
"""A spec that was checked, or the path of one."""

FIX_ROUNDS = 10
"""The number of times that `fix` checks again, as a fix may bring another mistake to light."""


def check(path: str | Path, overrides: Mapping[str, str] | None = None) -> Program:
    """The checked program of a spec; loads no torch. Raises NetspecError with all that is wrong.

    `overrides` are values for params by their names, each as a spec would write it.
    """
    return check_file(Path(path), overrides).require()


def as_program(spec: Spec) -> Program:
    """The program of a spec, which is checked if it is a path."""
    return spec if isinstance(spec, Program) else check(spec)


def fix(path: str | Path) -> Iterator[Diagnostic]:
    """Apply the fixes of a spec's diagnostics to its file until there are none, and yield each that was fixed.

    Raises NetspecError if the file can't be read or written.
    """
    from netspec.render.diagnostics import apply

    for _ in range(FIX_ROUNDS):
        checked = check_file(Path(path))
        fixed = fixable(checked)
        if not fixed:
            return
        edits = [edit for diagnostic in fixed if diagnostic.fix for edit in diagnostic.fix.edits]
        rewrite(Path(path), apply(checked.source, edits).encode())
        yield from fixed


def fixable(checked: Checked) -> list[Diagnostic]:
    """The diagnostics with a fix of the spec itself, but for those that overlap with an earlier one."""
    found: list[Diagnostic] = []
    end = -1
    for diagnostic in checked.diagnostics:
        spans = [edit.span for edit in diagnostic.fix.edits] if diagnostic.fix else []
        if spans and all(span.source is checked.source and span.start > end for span in spans):
            found.append(diagnostic)
            end = max(span.end for span in spans)
    return found


def fmt(spec: Source | str | Path, *, shapes: bool = False) -> str:
    """The text of a spec in the standard format, with `shapes` behind the lines of its network if they are asked for.

    Raises NetspecError if the spec can't be read, or with `shapes` if anything is wrong with it.
    """
    source = _source(spec)
    if not shapes:
        return text_of(tree_of(source), as_json=is_json(source))
    from netspec.lang.shape_notes import with_shapes

    checked = check_source(source)
    sizes = {span: shape.dims for span, shape in checked.require().lines.items()}
    return text_of(with_shapes(checked.tree, sizes), as_json=is_json(source))


def convert(spec: Source | str | Path) -> str:
    """The text of a spec in the other syntax, `.net` or JSON. Raises NetspecError if the spec can't be read."""
    source = _source(spec)
    return text_of(tree_of(source), as_json=not is_json(source))


def diff(old: Spec, new: Spec) -> Difference:
    """What differs between two specs. Raises NetspecError with all that is wrong with one of them."""
    from netspec.program.difference import difference

    return difference(as_program(old), as_program(new))


def plan(spec: Spec) -> dict[str, Any]:
    """What a run of a spec would do, as JSON data; loads neither torch nor data. Raises NetspecError."""
    from netspec.render.plan import plan_as_json

    return plan_as_json(as_program(spec))


def build(program: Program) -> nn.Module:
    """The network of a program on the CPU, with the initial weights that follow from `train.seed` and the files that
    `train.init` loads.

    Raises NetspecError if those files aren't what they were when the program was checked, and torch's RuntimeError if
    the memory is too small.
    """
    from netspec.builder import build

    return build(program)


def _source(spec: Source | str | Path) -> Source:
    return spec if isinstance(spec, Source) else read_source(Path(spec))
