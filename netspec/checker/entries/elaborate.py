"""Calls to catalogue entries: names found, arguments bound, values checked against the fields' types."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from pydantic import ValidationError

from netspec.catalogue.entry import Entry, find, names
from netspec.catalogue.layers import Layer
from netspec.catalogue.listing import listed_kinds
from netspec.catalogue.slots import Slot, slots
from netspec.checker.entries.multi_entries import field_at, split_entries, split_term
from netspec.checker.entries.refusals import refusal
from netspec.checker.names.scope import Scope, Symbol, Unresolved, Value
from netspec.checker.names.values import evaluate, report_undefined, shown, taken
from netspec.checker.names.vocabulary import SAID_ELSEWHERE, SYNONYMS, meant
from netspec.lang import tree
from netspec.lang.arguments import holds_entries
from netspec.problems import Problems
from netspec.problems.names import Duplicate, Misplaced, UnknownArgument, UnknownKey, UnknownOperation
from netspec.problems.values import Conflict, MissingArgument, UnexpectedPosition, WrongValue
from netspec.program.program import Origin
from netspec.shapes import MisfitError
from netspec.source import Span
from netspec.wording import with_article

if TYPE_CHECKING:
    from netspec.checker.names.declarations import Part

E = TypeVar("E", bound=Entry)

NUMBER = re.compile(r"\d+(\.\d+)?([eE][+-]?\d+)?")


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
        inner = tuple(f"{path}{sign}" for path in paths for sign in ".[")
        return not any(doubt in paths or doubt.startswith(inner) for doubt in self.tainted)

    # ---- entries ----

    def entry(self, node: tree.Expression, kind: type[E], path: str) -> E:
        """The entry of a kind that a name or a call stands for. Raises Bad after reporting why."""
        match node:
            case tree.Name() as function:
                arguments: tuple[tree.Argument, ...] = ()
            case tree.Call(function=function, arguments=arguments):
                pass
            case tree.Group(inner=inner):
                return self.entry(inner, kind, path)
            case _:
                owner = "model" if path.startswith("model.") else field_at(path)
                self.problems.add(WrongValue(node.span, owner, with_article(kind.kind), _what(node)))
                raise Unresolved
        found = self.find(function, kind)
        given, tainted = self.bind(found, arguments)
        self.spans[path] = node.span
        values = {name: self._value(slots(found)[name], argument.value, path) for name, argument in given.items()}
        values |= dict.fromkeys(tainted, Unresolved)
        return self._construct(found, values, {name: a.value for name, a in given.items()}, node.span, path)

    def find(self, function: tree.Name, kind: type[E], others: Iterable[str] = ()) -> type[E]:
        """The entry of that name, or Bad after reporting that there is none; `others` are names that could be meant."""
        entry = find(kind, function.id)
        if entry is None:
            # a name of another kind that is written rightly is no slip of the pen
            other = next((other.kind for other in listed_kinds() if function.id in names(other)), None)
            nearest = meant(function.id, (*names(kind), *others)) if other is None else None
            self.problems.add(UnknownOperation(function.span, function.id, kind.kind, nearest, names(kind), other))
            raise Unresolved
        return entry

    def bind(
        self, entry: type[Entry], arguments: tuple[tree.Argument, ...]
    ) -> tuple[dict[str, tree.Argument], list[str]]:
        """The arguments by the names of their fields. What fits no field is reported and left out, and the fields
        that were likely meant by it are the second result."""
        given: dict[str, tree.Argument] = {}
        tainted: list[str] = []
        fields = slots(entry)
        for position, argument in enumerate(arguments):
            if argument.name is not None:
                name = argument.name.id
                if name not in fields:
                    tainted += self._unknown_argument(entry, argument.name)
                    continue
            elif position < len(entry.positional):
                name = entry.positional[position]
            else:
                tainted += self._unexpected_position(entry, arguments, position)
                break
            if name in given:
                self.problems.add(Duplicate(argument.span, "argument", name, given[name].span))
                continue
            given[name] = argument
        return given, tainted

    def _unexpected_position(
        self, entry: type[Entry], arguments: tuple[tree.Argument, ...], position: int
    ) -> list[str]:
        """Report an argument that needs its name; gives the fields that are doubtful because of it."""
        fields, argument, limit = tuple(slots(entry)), arguments[position], len(entry.positional)
        inferred = entry.inferred if issubclass(entry, Layer) else None
        if inferred is not None:
            # torch's first argument was written, and the others have moved by one
            right = ", ".join(item.span.text for item in arguments[1 : limit + 1])
            help = f"`{inferred}` isn't written: {entry.name()}({right}); others go by name"
            self.problems.add(UnexpectedPosition(argument.span, entry.name(), None, "", limit, help))
            return list(entry.positional)
        name = fields[limit] if fields[:limit] == entry.positional and limit < len(fields) else None
        self.problems.add(UnexpectedPosition(argument.span, entry.name(), name, argument.value.span.text, limit))
        return [name] if name else []

    def _unknown_argument(self, entry: type[Entry], name: tree.Name) -> list[str]:
        """Report it; gives the field that was likely meant, if there is one."""
        known = tuple(slots(entry))
        reason = _why_not(entry, name.id)
        nearest = None if reason else meant(name.id, known)
        self.problems.add(UnknownArgument(name.span, entry.name(), name.id, nearest, known, reason))
        return [nearest] if nearest else []

    def _construct(
        self,
        entry: type[E],
        values: dict[str, Any],
        written: dict[str, tree.Expression],
        span: Span,
        path: str,
        what: str = "argument",
    ) -> E:
        """The entry with the values that aren't bad. Raises Bad where it can't be had without those."""
        fields = slots(entry)
        good = {name: value for name, value in values.items() if value is not Unresolved}
        self.tainted |= {f"{path}.{name}" for name, value in values.items() if value is Unresolved}
        missing = [slot for slot in fields.values() if slot.required and slot.name not in values]
        if what == "key" and not self.complete:
            # the key may be what couldn't be read
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
                place = written[error.argument].span if error.argument in written else span
                self.problems.add(Conflict(place, error.reason, help=error.help))
        return result

    def literal(self, entry: type[Entry], slot: Slot, value: float, span: Span) -> None:
        """Report a number that a field doesn't take, whatever the other fields are."""
        try:
            entry.model_validate({slot.name: value})
        except ValidationError as error:
            kinds = {detail["type"] for detail in error.errors(include_url=False) if detail["loc"][:1] == (slot.name,)}
            if kinds - {"missing"}:
                self.problems.add(refusal(slot, value, span))

    # ---- values ----

    def _value(self, slot: Slot, node: tree.Expression, path: str) -> Any:
        """The value of a field, or Bad."""
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
        value = evaluate(node, self.scope, self.problems)
        if isinstance(value, Symbol):
            return self._name(slot, value.id, node)
        if isinstance(value, Value) and value.shape is None:
            # it would have been a number, or what it is of has been said to be wrong
            raise Unresolved
        if isinstance(value, str) and not slot.text:
            self._refuse(slot, node, shown(value), value if value in slot.choices or NUMBER.fullmatch(value) else None)
        if isinstance(value, tuple):
            return tuple(item.id if isinstance(item, Symbol) else item for item in value)
        return value

    def _name(self, slot: Slot, name: str, node: tree.Expression) -> str:
        """A bare name where a field takes one."""
        if slot.text:
            self._refuse(slot, node, f"the name `{name}`", f'"{name}"')
        if slot.choices and name not in slot.choices:
            self._refuse(slot, node, f"`{name}`", meant(name, slot.choices))
        if slot.kind is not None and name in names(slot.kind) and isinstance(node, tree.Name):
            # an entry without its arguments, of which it needs some: else it would be said to be what is asked for
            self.entry(node, slot.kind, slot.name)
        if not slot.choices and slot.words != "a name":
            kind = next((kind.kind for kind in listed_kinds() if name in names(kind)), None)
            if kind is not None:
                self._refuse(slot, node, f"the {kind} `{name}`")
            report_undefined(name, node, self.scope, self.problems)
            raise Unresolved
        return name

    def _refuse(self, slot: Slot, node: tree.Expression, found: str, replacement: str | None = None) -> NoReturn:
        """Report a value of the wrong type where it was written."""
        place, _ = self.scope.source(node)
        labels = taken(place, node)
        self.problems.add(WrongValue(place.span, slot.name, slot.words, found, replacement, labels=labels))
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
                found.append(
                    split_term(self, item, kind, where) if slot.form == "sum" else self.entry(item, kind, where)
                )
        if len(found) < len(nodes):
            raise Unresolved
        return tuple(found)

    # ---- sections ----

    def section(self, section: type[E], parts: Sequence[Part]) -> E:
        """A section from the settings of its parts, of which a later one replaces an earlier one's key by key.

        Raises Bad where a key that it needs is missing or bad.
        """
        values: dict[str, Any] = {}
        keys: dict[str, tree.Setting] = {}
        for part in parts:
            for key, statement in self._settings(section, part.body, values).items():
                if key in keys:
                    self.replaced[f"{section.name()}.{key}"] = keys[key].value.span
                keys[key] = statement
        fields = slots(section)
        values |= {key: self._value(fields[key], keys[key].value, section.name()) for key in keys}
        written = {key: statement.value for key, statement in keys.items()}
        return self._construct(section, values, written, parts[-1].head.span, section.name(), "key")

    def _settings(self, section: type[Entry], body: tree.Body, values: dict[str, Any]) -> dict[str, tree.Setting]:
        """The settings of a body by their keys; of a key that doesn't exist, the one that was meant becomes Bad."""
        keys: dict[str, tree.Setting] = {}
        for statement in body.statements:
            if not isinstance(statement, tree.Setting) or len(statement.names) > 1 or statement.note is not None:
                values |= dict.fromkeys(self._not_a_setting(section, statement), Unresolved)
                continue
            key = statement.name.id
            if key not in slots(section):
                values |= dict.fromkeys(self._unknown_key(section, statement.name), Unresolved)
            elif key in keys:
                self.problems.add(Duplicate(statement.name.span, "key", key, keys[key].name.span))
            else:
                keys[key] = statement
        return keys

    def _unknown_key(self, section: type[Entry], name: tree.Name) -> list[str]:
        """Report it; gives the key that was likely meant, if there is one."""
        from netspec.catalogue.sections import Section

        others = [other for other in names(Section) if other != section.name()]
        owner = next((other for other in others if name.id in slots(find(Section, other) or section)), None)
        known = tuple(slots(section))
        nearest = meant(name.id, known)
        help = None if owner else _argument_of_a_default(section, SYNONYMS.get(name.id, name.id))
        nearest = None if help else nearest
        self.problems.add(UnknownKey(name.span, section.name(), name.id, nearest, known, owner, help))
        return [nearest] if nearest and owner is None else []

    def _not_a_setting(self, section: type[Entry], statement: tree.Statement) -> list[str]:
        """Report it; gives the key that was meant, if there is one."""
        message = f"`{section.name()}` holds settings: key = value"
        edit, keys = None, list[str]()
        if isinstance(statement, tree.Line) and (label := statement.pipe.steps[0].label) is not None:
            keys = [label.id] if label.id in slots(section) else []
            operation = statement.pipe.steps[0].operation
            if len(statement.pipe.steps) == 1 and operation is not None:
                edit = f"{label.id} = {operation.span.text}"
        self.problems.add(Misplaced(statement.span, message, edit=edit))
        return keys


def _argument_of_a_default(section: type[Entry], name: str) -> str | None:
    """What to say of a key that is an argument of the entry that a key takes by default, such as `lr`."""
    for slot in slots(section).values():
        default = slot.default
        if slot.kind is not None and isinstance(default, Entry) and name in slots(type(default)):
            return f"`{name}` is an argument: {slot.name} = {default.name()}({name}=…)"
    return None


def _why_not(entry: type[Entry], argument: str) -> str | None:
    """Why an argument that torch or another library has there isn't one here."""
    if issubclass(entry, Layer) and argument == entry.inferred:
        return "it is taken from the value that comes in"
    elsewhere = SAID_ELSEWHERE.get(entry.kind, {}).get(argument)
    return elsewhere or entry.differences().get(argument)


def _what(node: tree.Expression) -> str:
    """An expression in a message about its kind."""
    match node:
        case tree.Number() | tree.Quantity() | tree.Text() | tree.Constant():
            return node.span.text
        case tree.List():
            return "a list"
        case tree.Pipe():
            return "a pipe"
        case tree.Binary(operator=sign):
            return f"`{sign}` of two values"
        case _:
            return "this expression"
