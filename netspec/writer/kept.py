"""What is kept of a spec whose network is another one: its statements, in one file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from netspec.catalogue.sections import MODEL, sections
from netspec.checker.names.overrides import read_override
from netspec.lang import tree
from netspec.lang.read import read_tree
from netspec.lang.text.expressions import quoted
from netspec.lang.text.printer import format_text
from netspec.problems import Problems
from netspec.program.program import Program
from netspec.program.written import written_field
from netspec.source import Source, Span
from netspec.writer.errors import CannotTranslate

LEFT_OUT = frozenset({MODEL, *(section.name() for section in sections() if not section.trains)})
"""Sections that aren't kept: the network is another one, and what is done with trainings is about the old one."""
TRAIN, INIT, DATA, TRANSFORM = "train", "init", "data", "transform"


@dataclass(frozen=True)
class Kept:
    """The statements of a spec but those of its network, with their comments."""

    source: Source
    statements: tuple[tree.Statement, ...]
    comments: Mapping[Span, tree.Comments]

    @classmethod
    def of(cls, program: Program) -> Kept:
        known = {file.path.resolve(): file for file in program.files if file.path is not None}
        statements: list[tree.Statement] = []
        comments: dict[Span, tree.Comments] = {}
        for spec in _chain(program.source, known):
            comments |= spec.comments
            for statement in spec.statements:
                _put(statement, statements)
        about_left_out = {item.text for item in program.assertions if item.is_on(*LEFT_OUT)}
        stay = (item for item in statements if not _asserts(item, about_left_out))
        kept = (_valued(item, program.overrides) for item in stay)
        return cls(program.source, tuple(_with_numbers(item, program) for item in kept), comments)

    @property
    def params(self) -> frozenset[str]:
        return frozenset(item.name.id for item in self.statements if isinstance(item, tree.Param))

    def without(self, params: Collection[str], assertions: Collection[int]) -> Kept:
        """Without some params and assertions; these by their places among all."""
        own = [item for item in self.statements if isinstance(item, tree.Assertion)]
        gone = [own[index] for index in assertions]
        gone_params = (item for item in self.statements if isinstance(item, tree.Param) and item.name.id in params)
        left_out = {id(item) for item in (*gone, *gone_params)}
        return replace(self, statements=tuple(item for item in self.statements if id(item) not in left_out))

    def text(self, network: str, weights: str | None = None, train: Mapping[str, str] | None = None) -> str:
        """The whole spec, formatted, with other settings of `train`; it starts from the `weights` in a file."""
        body = tree.File(self.source.span(0, len(self.source.text)), self.statements)
        parts = [format_text(tree.Tree(self.source, body, self.comments)), network]
        draft = _read("\n".join(parts))
        statements = draft.statements
        settings = dict(train or {}) | ({INIT: f'from_file("*", {quoted(weights)})'} if weights is not None else {})
        if settings:
            lines = "\n".join(f"{name} = {value}" for name, value in settings.items())
            (given,) = _read(f"{TRAIN} {{\n{lines}\n}}").statements
            statements = tuple(_merged([*statements, given]))
        return format_text(replace(draft, body=replace(draft.body, statements=statements)))


def _read(text: str) -> tree.Tree:
    problems = Problems()
    found = read_tree(Source("network.net", text), problems)
    if problems.fatal:
        raise CannotTranslate(f"what was written can't be read: {problems.diagnose()[0].message}")
    return found


def _chain(source: Source, known: Mapping[Path, Source]) -> list[tree.Tree]:
    """The trees of a spec and of the files that it extends, the last of these first."""
    found: list[tree.Tree] = []
    while True:
        spec = read_tree(source, Problems())
        found.insert(0, spec)
        base = next((item.file.value for item in spec.statements if isinstance(item, tree.Extension)), None)
        if base is None or source.path is None or len(found) > len(known):
            return found
        source = known[(source.path.parent / base).resolve()]


def _put(statement: tree.Statement, statements: list[tree.Statement]) -> None:
    """Add a statement that stays; it takes the place of one that says the same of the file that is extended."""
    match statement:
        case tree.Extension() | tree.Import() | tree.Block():
            return
        case tree.Edition() | tree.Param():
            same = [item for item in statements if _declares(item) == _declares(statement)]
            if same:
                statements[statements.index(same[0])] = statement
            else:
                statements.append(statement)
        case tree.Line() if statement.section is not None:
            head = _section_name(statement)
            if head not in LEFT_OUT:
                without = _without_init(statement) if head == TRAIN else statement
                statements[:] = _merged([*statements, without])
        case _:
            statements.append(statement)


def _asserts(statement: tree.Statement, texts: Collection[str]) -> bool:
    return isinstance(statement, tree.Assertion) and statement.condition.span.text in texts


def _declares(statement: tree.Statement) -> str | None:
    match statement:
        case tree.Param(name=name):
            return f"param {name.id}"
        case tree.Edition():
            return "edition"
        case _:
            return None


def _section_name(statement: tree.Statement) -> str | None:
    """The name of the section that a statement is; None if it is none."""
    if not isinstance(statement, tree.Line) or statement.section is None:
        return None
    head, _ = statement.section
    return head.id if isinstance(head, tree.Name) else head.function.id


def _merged(statements: Iterable[tree.Statement]) -> list[tree.Statement]:
    """Statements in which each section stands once, with the settings of all its parts; later ones count."""
    found: list[tree.Statement] = []
    for statement in statements:
        name = _section_name(statement)
        place = next((index for index, item in enumerate(found) if name and _section_name(item) == name), None)
        if place is None:
            found.append(statement)
        else:
            found[place] = _joined(found[place], statement)
    return found


def _joined(first: tree.Statement, second: tree.Statement) -> tree.Statement:
    ours, theirs = _settings(first), _settings(second)
    new = {item.name.id for item in theirs if isinstance(item, tree.Setting)}
    rest = [item for item in ours if not (isinstance(item, tree.Setting) and item.name.id in new)]
    return _with_settings(first, (*rest, *theirs))


def _without_init(statement: tree.Statement) -> tree.Statement:
    kept = (item for item in _settings(statement) if not (isinstance(item, tree.Setting) and item.name.id == INIT))
    return _with_settings(statement, tuple(kept))


def _settings(statement: tree.Statement) -> tuple[tree.Statement, ...]:
    assert isinstance(statement, tree.Line) and statement.section is not None
    return statement.section[1].statements


def _with_settings(statement: tree.Statement, settings: tuple[tree.Statement, ...]) -> tree.Statement:
    assert isinstance(statement, tree.Line) and statement.section is not None
    (step,) = statement.pipe.steps
    body = replace(statement.section[1], statements=settings)
    return replace(statement, pipe=replace(statement.pipe, steps=(replace(step, body=body),)))


def _valued(statement: tree.Statement, values: Mapping[str, str]) -> tree.Statement:
    """A param with the value that it got from outside, and without those that a search may give it."""
    if not isinstance(statement, tree.Param):
        return statement
    value: tree.Expression | None = statement.value
    if (text := values.get(statement.name.id)) is not None:
        value = read_override(statement.name.id, text, (statement.name.id,), Problems())
    return replace(statement, value=value or statement.value, domain=None)


def _with_numbers(statement: tree.Statement, program: Program) -> tree.Statement:
    """The data with the statistics of pretrained weights as numbers: these weights aren't loaded any more."""
    steps = tuple(step.with_numbers() for step in program.data.transform)
    if _section_name(statement) != DATA or steps == program.data.transform:
        return statement
    value = written_field(program.data, TRANSFORM, steps)
    (changed,) = _read(f"{DATA} {{ {TRANSFORM} = {value} }}").statements
    return _joined(statement, changed)
