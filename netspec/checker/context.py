"""Context of a check: the facts that passes have found so far, and a pass as a value that says what it needs."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from netspec.catalogue.sources import DataFolders
from netspec.catalogue.types import DataType
from netspec.checker.entries.elaborate import Elaborator
from netspec.checker.names.declarations import Declarations
from netspec.checker.names.files import Includes
from netspec.checker.names.index import Index
from netspec.checker.network.model import Incoming, Model
from netspec.immutable import immutable
from netspec.lang import tree
from netspec.problems import Problems
from netspec.program.assertion import Assertion
from netspec.program.graph import Graph
from netspec.program.objective import Objective
from netspec.program.program import Program
from netspec.program.sections import HasSections
from netspec.source import Source, Span

if TYPE_CHECKING:
    from netspec.checker.space import Compile, Settings
    from netspec.program.loading import Match

DATA_FOLDER = "NETSPEC_DATA"
"""The environment variable that names the folder of downloaded data sets; `data` in the current folder otherwise."""

Described = tuple[int, DataType]
"""The source that a run would take, by its index among the alternatives, and its type."""

GOOD = "good"
"""The need of a pass that is for specs without errors so far."""


class Context(HasSections):
    """What is known of a spec. A fact is an attribute, which the pass that finds it sets; one that can't be had isn't
    there, and the passes that need it are skipped.

    `given` is the type of the data if it is known from elsewhere, so that what is on the disk isn't looked at;
    `saved_program` checks the spec of the run in a folder, and raises NetspecError. `compile` checks the spec with
    other values for params; it isn't there for what is a trial of a search already.
    """

    declared: Declarations
    elaborator: Elaborator
    described: Described
    inputs: Incoming
    loss: Objective
    model: Model
    graph: Graph
    assertions: tuple[Assertion, ...]
    weights: tuple[Match, ...]
    program: Program
    compile: Compile
    settings: Settings

    def __init__(
        self,
        source: Source,
        spec: tree.Tree,
        files: Includes,
        problems: Problems,
        overrides: Mapping[str, str],
        given: Described | None,
        saved_program: Callable[[Path], Program],
    ) -> None:
        self.source = source
        self.tree = spec
        self.files = files
        self.problems = problems
        self.overrides = overrides
        self.given = given
        self.saved_program = saved_program
        self.folders = data_folders(source)
        # whether everything written was understood so far; what is missing may else be what wasn't
        self.complete = not problems.fatal
        self.sections = {}
        self.index = Index()

    def has(self, need: str) -> bool:
        """Whether a fact or a section of that name is there; of a path, whether its value can be trusted."""
        if need == GOOD:
            return not self.problems.fatal
        if "." in need:
            return self.elaborator.trusted(need)
        return need in self.sections or need in vars(self)

    @property
    def spans(self) -> dict[str, Span]:
        """Where each value is written, by its path."""
        return self.elaborator.spans

    @property
    def type(self) -> DataType:
        return self.described[1]


@immutable
class Pass:
    """A step of the check. `needs` are names of facts and of sections, and paths of values that have to be what was
    meant, not defaults in the place of what is wrong: what would be said of those follows from a mistake."""

    name: str
    run: Callable[[Context], None]
    needs: tuple[str, ...] = ()

    def __call__(self, context: Context) -> None:
        """Run it, if all that it needs is there."""
        if all(map(context.has, self.needs)):
            self.run(context)


def data_folders(source: Source) -> DataFolders:
    """Where a spec's files are looked for: beside it, and data sets in one folder for all specs."""
    folder = source.path.parent if source.path else Path()
    return DataFolders(folder, Path(os.environ.get(DATA_FOLDER) or "data"))
