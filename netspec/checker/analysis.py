"""Analysis of a spec, as far as it can be understood: for the terminal, for editors and for programs alike."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from netspec.checker.context import Context, Described
from netspec.checker.found import Found, find_at
from netspec.checker.names.declarations import Declarations
from netspec.checker.names.files import Files, Includes
from netspec.checker.names.index import Index
from netspec.checker.network.model import Model
from netspec.checker.passes import run
from netspec.checker.suppressions import silence
from netspec.checker.tokens import Token, token_at, tokens_of
from netspec.diagnostics import Diagnostic
from netspec.immutable import immutable
from netspec.lang.read import is_json, read_tree
from netspec.lang.source_file import read_source
from netspec.lang.tree import Tree
from netspec.problems import NetspecError, Problems
from netspec.problems.files import OnlyBlocks
from netspec.program.parts import Part, parts_of
from netspec.program.program import Program
from netspec.saved.spec import SavedSpec, unreadable
from netspec.source import Source

if TYPE_CHECKING:
    from netspec.checker.space import Compiled, Settings


class Analysis:
    """What can be said of a spec. Everything is found when it is first asked for, and what is wrong in one place of the
    spec takes nothing away from the others: the network has its shapes with a mistake in `train`, and those of all
    lines that don't depend on one in the network.

    It loads no torch, fetches nothing and writes nothing. `files` are the other files that the spec may name,
    `overrides` values for params, as `--set name=value` gives them; where the data is `described`, what is on the disk
    isn't looked at. A `trial` of a search is analysed without its search. Raises NetspecError if the spec at a path
    can't be read at all.
    """

    def __init__(
        self,
        source: Source | Path,
        *,
        files: Files | None = None,
        overrides: Mapping[str, str] | None = None,
        described: Described | None = None,
        trial: bool = False,
    ) -> None:
        self.files = files or Files()
        self.source = source if isinstance(source, Source) else self.files.read(source)
        self.overrides = dict(overrides or {})
        self._described = described
        self._is_trial = trial

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """Everything that is written but blanks, in its order."""
        return tokens_of(self.source)

    @property
    def tree(self) -> Tree:
        """What could be read; a statement that couldn't isn't there."""
        return self._read[0]

    @property
    def declared(self) -> Declarations | None:
        """Params, blocks and sections; None if the file isn't JSON though its name says so."""
        return self._context.declared if self._context.has("declared") else None

    @property
    def network(self) -> Model | None:
        """The network, with a graph if all of it is known; None if there is no `model`, or it unrolls to too much."""
        return self._context.model if self._context.has("model") else None

    @property
    def program(self) -> Program | None:
        """What can be run; None if there is an error, or nothing but blocks for other files."""
        fatal = any(diagnostic.is_error for diagnostic in self.diagnostics)
        return self._context.program if self._context.has("program") and not fatal else None

    @property
    def reads(self) -> frozenset[str]:
        """The params that the data, the network or the training depends on, through other params or not."""
        return self.declared.scope.read_by(None) if self.declared is not None else frozenset()

    @property
    def settings(self) -> Settings | None:
        """The settings of its search; None if it has none, or there is a mistake in what the search is over."""
        return self._context.settings if self._context.has("settings") else None

    @property
    def index(self) -> Index:
        """What the names and the expressions stand for, by their spans."""
        return self._context.index

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Everything that is wrong or likely a mistake, in source order."""
        context = self._context
        problems = silence((self.tree, *context.files.trees.values()), context.problems)
        if is_json(self.source) and not problems.fatal:
            from netspec.lang.json.structure import check_structure

            check_structure(self.source, problems)
        found = problems.diagnose(self.source)
        written = [source for source in (self.source, *context.files.sources) if is_json(source)]
        if any(diagnostic.fix is not None for diagnostic in found) and written:
            from netspec.lang.json.fixes import in_json

            for source in written:
                found = in_json(found, source)
        return found

    def at(self, offset: int) -> Found | None:
        """What stands at an offset of the text, or ends there; None between blanks. Never raises."""
        token = token_at(self.source, offset)
        if token is None:
            return None
        return find_at(token, offset, self.tree, self.index, self._context.sections)

    def trial(self, values: Mapping[str, str]) -> Analysis:
        """The same spec with other values for params, as a trial of a search has them."""
        overrides = {**self.overrides, **values}
        return Analysis(self.source, files=self.files, overrides=overrides, described=self._described, trial=True)

    def _compile(self, values: Mapping[str, str]) -> Compiled:
        from netspec.checker.space import Compiled

        trial = self.trial(values)
        return Compiled(trial.program, trial.reads, tuple(item for item in trial.diagnostics if item.is_error))

    @cached_property
    def _read(self) -> tuple[Tree, Problems]:
        problems = Problems()
        return read_tree(self.source, problems), problems

    @cached_property
    def _context(self) -> Context:
        spec, problems = self._read
        context = Context(
            self.source,
            spec,
            Includes(self.source, self.files),
            problems,
            self.overrides,
            self._described,
            saved_program,
        )
        if not self._is_trial:
            context.compile = self._compile
        # where JSON is out of place the tree has a gap, and what would be said of the gap follows from that
        if not (is_json(self.source) and problems.fatal):
            run(context)
        return context


@immutable
class Checked:
    """An analysis as the result of a check: the program, or everything that is wrong."""

    analysis: Analysis

    @property
    def source(self) -> Source:
        return self.analysis.source

    @property
    def tree(self) -> Tree:
        return self.analysis.tree

    @property
    def program(self) -> Program | None:
        """The program if nothing is wrong."""
        return self.analysis.program

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Everything to be said, in source order."""
        return self.analysis.diagnostics

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
    files = Files() if texts is None else Files(texts, disk=False)
    analysis = Analysis(source, files=files, overrides=overrides, described=described)
    # a check is over when it is done: what is on the disk later doesn't count
    _ = analysis.diagnostics
    return Checked(analysis)


def saved_analysis(saved: SavedSpec) -> Analysis:
    """The analysis of a saved spec, without any file of a spec that was not saved with it."""
    return Analysis(
        saved.source,
        files=Files(saved.texts, disk=False),
        overrides=saved.overrides,
        described=saved.described,
        trial=saved.role is not None,
    )


def saved_program(folder: Path) -> Program:
    """The program of the run in a folder: its spec, checked again. Raises NetspecError if it has none that can be read
    and checked."""
    return saved_part(folder)[0]


def saved_part(folder: Path) -> tuple[Program, Part | None]:
    """The same, and the part of its spec that the run is, if that has several runs."""
    saved = SavedSpec.of(folder)
    program = Checked(saved_analysis(saved)).require()
    if saved.role is not None:
        program = saved.role.of(program)
    if saved.part is None:
        return program, None
    found = parts_of(program).named(saved.part)
    if found is None:
        raise unreadable(folder)
    return found.of(program), found
