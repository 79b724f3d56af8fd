"""Replacements: `replace("body.fc") { … }` in a model, found before it is gone through, by the paths of what goes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from netspec.checker.names.declarations import REPLACE, Declarations, Part, is_replacement
from netspec.diagnostics import Guess, Label, did_you_mean
from netspec.immutable import immutable
from netspec.lang import tree
from netspec.problems import Problems
from netspec.problems.names import Duplicate, Misplaced
from netspec.problems.paths import ReplacedAround, UnknownPath
from netspec.shapes import Shape
from netspec.source import Span

EXAMPLE = f'{REPLACE}("body.fc") {{ linear(10) }}'


class Replaced(Exception):  # noqa: N818 - it is caught where the step is gone through, and is never seen outside
    """Another operation stands in the place of a step."""

    def __init__(self, replacement: Replacement) -> None:
        super().__init__(replacement.path)
        self.replacement = replacement


@immutable
class Replacement:
    """What takes the place of the operation or the scope at a path; `place` is where the path is written."""

    path: str
    body: tree.Body
    place: tree.Text


@dataclass
class Applied:
    """A replacement where it was applied: the step that went, and the shape that it gives, once it is gone through.
    `find_before` finds out what the step would have given."""

    replacement: Replacement
    step: Span
    find_before: Callable[[], Shape | None]
    gives: Shape | None = None

    @cached_property
    def before(self) -> Shape | None:
        """The shape that the step would have given; None if it can't be had."""
        return self.find_before()

    def labels(self) -> tuple[Label, ...]:
        """Both places, with the shapes."""
        gave = f", which gave {self.before}" if self.before is not None else ""
        return (
            Label(self.replacement.place.span, f"in its place, this gives {self.gives}"),
            Label(self.step, f"`{self.replacement.path}`{gave}"),
        )

    @property
    def help(self) -> str | None:
        """What the replacement has to give."""
        place = f"what takes the place of `{self.replacement.path}`"
        return f"{place} has to give {self.before} too" if self.before is not None else None


@dataclass
class Replacements:
    """The replacements of a model by their paths; `home` is the file in which they are written. `steps` are the places
    of all steps by their paths, which are only kept if there are replacements."""

    home: Declarations
    found: dict[str, Replacement] = field(default_factory=dict)
    steps: dict[str, Span] = field(default_factory=dict)
    lines: set[Span] = field(default_factory=set)

    def at(self, path: str, span: Span) -> Replacement | None:
        """The replacement of the step with that path, which stands at `span`."""
        if not self.found:
            return None
        self.steps.setdefault(path, span)
        return self.found.get(path)

    @property
    def reasons(self) -> dict[str, str]:
        """The paths that are replaced, each with the line in which it is."""
        return {path: f"replaced in line {item.place.span.line}" for path, item in self.found.items()}

    @property
    def idle(self) -> list[Replacement]:
        """Those whose paths no step of the network had so far."""
        return [replacement for path, replacement in self.found.items() if path not in self.steps]

    def report_idle(self, problems: Problems) -> None:
        """Report the paths that no step of the network has."""
        for replacement in self.idle:
            path = replacement.path
            around = next((other for other in self.found if path.startswith(f"{other}.")), None)
            if around is not None:
                problems.add(ReplacedAround(replacement.place.span, path, around, self.found[around].place.span))
                continue
            problems.add(self._unknown(replacement))

    def _unknown(self, replacement: Replacement) -> UnknownPath:
        path, span = replacement.path, replacement.place.span
        scope, known = _scope_of(path, self.steps)
        nearest = _nearest(path, scope, known, self.steps)
        quoted = Guess.of(f'"{nearest}"', certain=nearest.certain) if nearest and span.text[:1] == '"' else nearest
        return UnknownPath(span, path, quoted, scope, known)


def _nearest(path: str, scope: str, known: Sequence[str], paths: Collection[str]) -> Guess | None:
    """The path that was likely meant: with another name in its scope, or below the label of a network."""
    prefix = f"{scope}." if scope else ""
    name, dot, rest = path.removeprefix(prefix).partition(".")
    guess = did_you_mean(name, known)
    if guess is not None and f"{prefix}{guess}{dot}{rest}" in paths:
        return Guess.of(f"{prefix}{guess}{dot}{rest}", certain=guess.certain)
    below = [other for other in paths if other.endswith(f".{path}")]
    return Guess.of(below[0], certain=False) if len(below) == 1 else None


def _scope_of(path: str, paths: Collection[str]) -> tuple[str, tuple[str, ...]]:
    """The longest start of a path that is a scope, and the names in it; an empty one for the whole network."""
    scope = path
    while scope:
        scope = scope.rpartition(".")[0]
        if not scope or any(other.startswith(f"{scope}.") for other in paths):
            break
    prefix = f"{scope}." if scope else ""
    inside = [other.removeprefix(prefix) for other in paths if other.startswith(prefix)]
    return scope, tuple(dict.fromkeys(name.partition(".")[0] for name in inside))


# ---- declarations ----


def find_replacements(parts: Sequence[Part], home: Declarations, problems: Problems) -> Replacements:
    """The replacements of a model, which has several parts where a file changes the model of the one that it extends:
    those of a later part take the place of earlier ones. What is wrong with them is reported."""
    replacements = Replacements(home)
    for part in parts:
        own: dict[str, Span] = {}
        for statement in part.body.statements:
            if not isinstance(statement, tree.Line) or not is_replacement(statement) or statement.section is None:
                continue
            replacements.lines.add(statement.span)
            found = _replacement(*statement.section, problems)
            if found is None:
                continue
            if found.path in own:
                problems.add(Duplicate(found.place.span, "replacement of", found.path, own[found.path]))
            own.setdefault(found.path, found.place.span)
            replacements.found[found.path] = found
    return replacements


def _replacement(head: tree.Name | tree.Call, body: tree.Body, problems: Problems) -> Replacement | None:
    arguments = head.arguments if isinstance(head, tree.Call) else ()
    path = arguments[0].value if len(arguments) == 1 and arguments[0].name is None else None
    if not isinstance(path, tree.Text) or not path.value:
        problems.add(
            Misplaced(head.span, f"`{REPLACE}` takes the path of an operation or a scope in quotes: {EXAMPLE}")
        )
        return None
    if not body.statements:
        message = f'nothing stands in the place of "{path.value}"'
        problems.add(Misplaced(body.span, message, f'to leave it out: {REPLACE}("{path.value}") {{ identity }}'))
        return None
    return Replacement(path.value, body, path)
