"""Calls to entries of the catalogue, with the values of their fields checked against the fields' types."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from typing import Any, NoReturn, TypeVar

from pydantic import ValidationError

from netspec.catalogue.elsewhere import instead
from netspec.catalogue.entry import Entry, names
from netspec.catalogue.listing import listed_kinds
from netspec.catalogue.slots import Slot, slots
from netspec.catalogue.values import Bounds, Term
from netspec.checker.entries.bind import bind, find_entry
from netspec.checker.entries.multi_entries import field_at, split_entries, split_term
from netspec.checker.entries.refusals import in_place_of, refusal, what_is
from netspec.checker.names.gaps import is_unclosed
from netspec.checker.names.index import Field
from netspec.checker.names.scope import Scope, Symbol, Unresolved, Value
from netspec.checker.names.values import ends_of, evaluate
from netspec.checker.names.vocabulary import meant
from netspec.checker.names.wording import report_undefined, shown, taken
from netspec.lang import tree
from netspec.lang.arguments import holds_entries
from netspec.problems import Problems
from netspec.problems.names import Misplaced
from netspec.problems.values import Conflict, MissingArgument, WrongValue
from netspec.program.program import Origin
from netspec.shapes import MisfitError
from netspec.source import Span
from netspec.wording import with_article

E = TypeVar("E", bound=Entry)

Places = Mapping[str, tuple[tree.Name | None, tree.Expression]]
"""The name that is written for each field, if there is one, and the value."""

NUMBER = re.compile(r"\d+(\.\d+)?([eE][+-]?\d+)?")
DOTTED = re.compile(r"[A-Za-z]\w*(\.\w+)*")


class Elaborator:
    """Turns what is written into entries of the catalogue, and remembers where each value was written."""

    def __init__(self, scope: Scope, problems: Problems, complete: bool = True) -> None:
        self.scope = scope
        self.problems = problems
        # whether everything written was understood so far; what is missing may else be what wasn't
        self.complete = complete
        self.tainted: set[str] = set()
        self.origins: dict[str, Origin] = {}
        self.spans: dict[str, Span] = {}
        # the places of values that an extending file has replaced
        self.replaced: dict[str, Span] = {}

    def trusted(self, *paths: str) -> bool:
        """Whether the values at these paths are what was meant, and not defaults in the place of what is wrong."""
        if not self.tainted:
            return True
        inner = tuple(f"{path}{sign}" for path in paths for sign in ".[")
        return not any(doubt in paths or doubt.startswith(inner) for doubt in self.tainted)

    # ---- entries ----

    def entry(self, node: tree.Expression, kind: type[E], path: str) -> E:
        """The entry of a kind that a name or a call stands for. Raises Unresolved after reporting why."""
        match node:
            case tree.Name() as function:
                arguments: tuple[tree.Argument, ...] = ()
            case tree.Call(function=function, arguments=arguments):
                pass
            case tree.Group(inner=inner):
                return self.entry(inner, kind, path)
            case _:
                owner = "model" if path.startswith("model.") else field_at(path)
                right, help = in_place_of(node, kind, owner)
                self.problems.add(WrongValue(node.span, owner, with_article(kind.kind), what_is(node), right, help))
                raise Unresolved
        found = find_entry(function, kind, self.problems)
        given, tainted = bind(found, arguments, self.problems)
        self.spans[path] = node.span
        values = {name: self.value(slots(found)[name], argument.value, path) for name, argument in given.items()}
        values |= dict.fromkeys(tainted, Unresolved)
        self.scope.index.name_entry(function.span, found)
        places = {name: (argument.name, argument.value) for name, argument in given.items()}
        self.name_fields(found, path, places)
        result = self.construct(found, values, {name: a.value for name, a in given.items()}, node.span, path)
        self.scope.index.evaluate(function.span, result)
        self.assign_fields(result, path, places)
        return result

    # ---- the index ----

    def name_fields(self, entry: type[Entry], path: str, places: Places) -> None:
        """Remember which fields are meant by names and by what is written for them."""
        for name, nodes in places.items():
            found = Field(entry, slots(entry)[name], f"{path}.{name}")
            for node in filter(None, nodes):
                self.scope.index.name_field(node.span, found)

    def assign_fields(self, entry: Entry, path: str, places: Places) -> None:
        """Remember the values of those fields, but for those with a default in the place of what is wrong."""
        for name, nodes in places.items():
            if self.trusted(f"{path}.{name}"):
                for node in filter(None, nodes):
                    self.scope.index.assign(node.span, getattr(entry, name))

    # ---- fields ----

    def construct(
        self,
        entry: type[E],
        values: dict[str, Any],
        written: dict[str, tree.Expression],
        span: Span,
        path: str,
        what: str = "argument",
    ) -> E:
        """The entry with the values that aren't wrong. Raises Unresolved where it can't be had without those."""
        fields = slots(entry)
        good = {name: value for name, value in values.items() if value is not Unresolved}
        self.tainted |= {f"{path}.{name}" for name, value in values.items() if value is Unresolved}
        missing = [slot for slot in fields.values() if slot.required and slot.name not in values]
        if what == "key" and not self.complete:
            # the key may be what couldn't be read
            missing = []
        if missing and is_unclosed(span, self.problems):
            missing = []
        for slot in missing:
            self.problems.add(MissingArgument(span, entry.name(), slot.name, slot.words, what))
        try:
            result = entry.model_validate(good)
        except ValidationError as error:
            wrong = {detail["loc"][0] for detail in error.errors(include_url=False)} & good.keys()
            for name, value in good.items():
                if name in wrong:
                    place, _ = self.scope.source(written[name])
                    self.problems.add(refusal(fields[name], value, place.span, taken(place, written[name])))
            self.tainted |= {f"{path}.{name}" for name in wrong}
            # with a bad value left to its default, what else depends on the entry can still be checked
            rest = {name: value for name, value in good.items() if name not in wrong}
            if any(slot.required and slot.name not in rest for slot in fields.values()):
                raise Unresolved from None
            return entry.model_validate(rest)
        if len(good) == len(values):
            # with one of them bad, whether the arguments go together can't be said
            try:
                result.check()
            except MisfitError as error:
                self.tainted.add(path)
                argument = error.argument or ""
                # of an argument that is a list, it may be one of its items
                given = argument.partition("[")[0] in written
                inner = self.spans.get(f"{path}.{argument}") if argument not in written else written[argument].span
                place = inner if given and inner is not None else span
                self.problems.add(Conflict(place, error.reason, help=error.help))
        return result

    # ---- values ----

    def value(self, slot: Slot, node: tree.Expression, path: str) -> Any:
        """The value of a field, or Unresolved."""
        where = f"{path}.{slot.name}"
        self.origins[where] = Origin.written(node.span)
        self.spans[where] = node.span
        for place, item in enumerate(node.items if isinstance(node, tree.List) else ()):
            self.spans[f"{where}[{place}]"] = item.span
        try:
            if slot.kind is not None and holds_entries(slot, node):
                return self._entries(slot, slot.kind, node, where)
            return self._plain(slot, node)
        except Unresolved:
            return Unresolved

    def _plain(self, slot: Slot, node: tree.Expression) -> Any:
        if slot.bounds and isinstance(node, tree.Range):
            return Bounds(*ends_of(node, self.scope, self.problems))
        if slot.bounds and isinstance(node, tree.List):
            return tuple(self._plain(slot, item) for item in node.items)
        value = evaluate(node, self.scope, self.problems)
        if isinstance(value, Symbol):
            return self._name(slot, value.id, node)
        if _has_unknown(value):
            # it would have been a number, or what it is of has been said to be wrong
            raise Unresolved
        if isinstance(value, str) and not slot.text:
            same = value in slot.choices or NUMBER.fullmatch(value) or (slot.names and DOTTED.fullmatch(value))
            hint = instead(value, slot.name, elsewhere=False)
            self._refuse(slot, node, shown(value), value if same and hint is None else None, hint)
        if isinstance(value, tuple):
            return tuple(item.id if isinstance(item, Symbol) else item for item in value)
        return value

    def _name(self, slot: Slot, name: str, node: tree.Expression) -> str:
        """A bare name where a field takes one."""
        if slot.text:
            self._refuse(slot, node, f"the name `{name}`", f'"{name}"')
        if slot.choices and name not in slot.choices:
            hint = instead(name, slot.name, elsewhere=False)
            self._refuse(slot, node, f"`{name}`", None if hint else meant(name, slot.choices), hint)
        if slot.kind is not None and name in names(slot.kind) and isinstance(node, tree.Name):
            # an entry without its arguments, of which it needs some: else it would be said to be what is asked for
            self.entry(node, slot.kind, slot.name)
        if not slot.choices and not slot.names:
            kind = next((kind.kind for kind in listed_kinds() if name in names(kind)), None)
            if kind is not None:
                self._refuse(slot, node, f"the {kind} `{name}`")
            report_undefined(name, node, self.scope, self.problems)
            raise Unresolved
        return name

    def _refuse(
        self, slot: Slot, node: tree.Expression, found: str, replacement: str | None = None, help: str | None = None
    ) -> NoReturn:
        """Report a value of the wrong type where it was written."""
        place, _ = self.scope.source(node)
        labels = taken(place, node)
        self.problems.add(WrongValue(place.span, slot.name, slot.words, found, replacement, help, labels))
        raise Unresolved

    def _entries(self, slot: Slot, kind: type[Entry], node: tree.Expression, path: str) -> Any:
        """One entry, or a tuple of them where the field takes several."""
        if slot.form == "one":
            return self.entry(node, kind, path)
        for step in node.steps if isinstance(node, tree.Pipe) else ():
            if step.label is not None:
                message = f"`{slot.name}` has no labels: they name the layers of a network"
                self.problems.add(Misplaced(step.label.span, message, f"leave out `{step.label.id}:`"))
        nodes = list(split_entries(slot.form, node))
        many = len(nodes) > 1
        found: list[Any] = []
        for number, item in enumerate(nodes):
            with contextlib.suppress(Unresolved):
                where = f"{path}[{number}]" if many else path
                if slot.mixed and not isinstance(item, tree.Call):
                    found.append(self._plain(slot, item))
                elif slot.form == "sum":
                    factor, entry = split_term(item, kind, where, self.scope, self.problems)
                    found.append(Term(self.entry(entry, kind, where), factor))
                else:
                    found.append(self.entry(item, kind, where))
        if len(found) < len(nodes):
            raise Unresolved
        return tuple(found)


def _has_unknown(value: Any) -> bool:
    """Whether a value is one of the network that can't be had, or has such a one in it."""
    if isinstance(value, tuple):
        return any(map(_has_unknown, value))
    return isinstance(value, Value) and value.shape is None
