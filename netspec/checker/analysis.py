"""The analysis of a spec: its tree, its program, and everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from netspec.checker.context import Context, Described
from netspec.checker.names.files import Files
from netspec.checker.passes import run
from netspec.checker.suppressions import silence
from netspec.diagnostics import Diagnostic
from netspec.lang.read import is_json, read_tree
from netspec.lang.source_file import read_source
from netspec.lang.tree import Tree
from netspec.problems import NetspecError, Problems
from netspec.problems.files import OnlyBlocks
from netspec.program.program import Program
from netspec.source import Source


@dataclass(frozen=True)
class Checked:
    """What a check found: the tree, the program if nothing is wrong, and everything to be said, in source order."""

    source: Source
    tree: Tree
    program: Program | None
    diagnostics: tuple[Diagnostic, ...]

    def require(self) -> Program:
        """The program; raises NetspecError with all diagnostics if there is none."""
        if self.program is not None:
            return self.program
        if any(diagnostic.is_error for diagnostic in self.diagnostics):
            raise NetspecError(self.diagnostics)
        raise NetspecError.of(OnlyBlocks(self.source.whole(), self.source.name))


def check_file(path: Path, overrides: Mapping[str, str] | None = None) -> Checked:
    """Check the spec at a path; raises NetspecError only if it can't be read at all.

    `overrides` are values for params, as `--set name=value` gives them.
    """
    return check_source(read_source(path), overrides)


def check_source(
    source: Source,
    overrides: Mapping[str, str] | None = None,
    texts: Mapping[Path, str] | None = None,
    described: Described | None = None,
) -> Checked:
    """Check a spec's text. Loads no torch, fetches nothing, and writes nothing.

    Where `texts` are given they are the other files that it may name, by their absolute paths; where the data is
    `described`, what is on the disk isn't looked at.
    """
    problems = Problems()
    tree = read_tree(source, problems)
    # where JSON is out of place the tree has a gap, and what would be said of the gap follows from that
    files = Files(source, texts)
    context = Context(source, tree, files, problems, overrides or {}, described)
    if not (is_json(source) and problems.fatal):
        run(context)
    problems = silence((tree, *files.trees.values()), problems)
    if is_json(source):
        from netspec.lang.json.fixes import in_json
        from netspec.lang.json.structure import check_structure

        if not problems.fatal:
            check_structure(source, problems)
        diagnostics = in_json(problems.diagnose(), source)
    else:
        diagnostics = problems.diagnose()
    program = context.program if context.has("program") and not problems.fatal else None
    return Checked(source, tree, program, diagnostics)
