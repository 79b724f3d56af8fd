"""What a field of an entry takes, read off its annotation: how it is written, and in which words it is described."""

from __future__ import annotations

import types
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types as at
from pydantic.fields import FieldInfo

from netspec.catalogue.entry import Entry, names
from netspec.catalogue.values import Alternatives, AsName, AsText, Bounds, Piped, Quantity, Summed, Term, Units
from netspec.immutable import immutable
from netspec.wording import either, plural, with_article

FEW = 3
"""How many names are worth listing where any of them may stand."""

UNBOUNDED = 2**31 - 1
"""An upper bound that is there for safety and isn't worth a word."""


Form = Literal["one", "alternatives", "pipe", "list", "sum"]


@immutable
class Slot:
    """One field. `kind` is the kind of entry it takes, if it takes entries; `form` how several are written: `one`,
    `alternatives` with `or`, `pipe` with `->`, `list`, `sum` with `+`. `plain` says that it takes values too
    that are no entries, `mixed` that one list may have both, `text` that a string in it is written in quotes,
    `names` that a bare name stands for itself, as in `monitor = validation.loss`, and `bounds` that a range in it is
    its two ends, and not a list of its numbers."""

    name: str
    kind: type[Entry] | None
    form: Form
    plain: bool
    mixed: bool
    text: bool
    names: bool
    bounds: bool
    units: tuple[str, ...]
    choices: tuple[str, ...]
    required: bool
    default: Any
    description: str
    words: str


@cache
def slots(entry: type[Entry]) -> dict[str, Slot]:
    """The fields of an entry by name, in the order of its arguments."""
    return {name: _slot(name, field) for name, field in entry.model_fields.items()}


def _slot(name: str, field: FieldInfo) -> Slot:
    # pydantic takes the outermost metadata off the annotation
    annotation: Any = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    leaves = list(_leaves(annotation))
    kind = next((leaf for leaf, _ in leaves if _is_entry(leaf)), None)
    marks = [mark for _, metadata in leaves for mark in metadata]
    tuples = [part for part in map(_bare, _alternatives(_bare(annotation))) if get_origin(part) is tuple]
    lists = [part for part in tuples if any(_is_entry(leaf) for leaf, _ in _leaves(part))]
    return Slot(
        name=name,
        kind=kind,
        form=_form(field) if kind is not None and lists else "one",
        plain=kind is not None and any(not _is_entry(leaf) and leaf is not type(None) for leaf, _ in leaves),
        mixed=any({_is_entry(leaf) for leaf, _ in _leaves(part)} == {True, False} for part in lists),
        text=_has(marks, AsText),
        names=_has(marks, AsName),
        bounds=any(leaf is Bounds for leaf, _ in leaves),
        units=tuple(unit for mark in marks if isinstance(mark, Units) for unit in mark.units),
        choices=tuple(choice for leaf, _ in leaves if get_origin(leaf) is Literal for choice in get_args(leaf)),
        required=field.is_required(),
        default=field.default,
        description=field.description or "",
        words=describe(annotation),
    )


def _is_entry(leaf: Any) -> bool:
    return isinstance(leaf, type) and issubclass(leaf, Entry)


def _form(field: FieldInfo) -> Form:
    if _has(field.metadata, Alternatives):
        return "alternatives"
    if _has(field.metadata, Summed):
        return "sum"
    return "pipe" if _has(field.metadata, Piped) else "list"


def _has(marks: list[Any], kind: type) -> bool:
    return any(isinstance(mark, kind) for mark in marks)


def _bare(annotation: Any) -> Any:
    """A type without its metadata; of a term in a sum, what it is a term of."""
    return get_args(annotation)[0] if get_origin(annotation) in (Annotated, Term) else annotation


def _metadata(annotation: Any) -> tuple[Any, ...]:
    return annotation.__metadata__ if get_origin(annotation) is Annotated else ()


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    """The members of a union, or the one type."""
    if get_origin(annotation) in (Union, types.UnionType):
        return get_args(annotation)
    return (annotation,)


def _leaves(annotation: Any, metadata: tuple[Any, ...] = ()) -> Any:
    """Every type that has no parts, with the metadata around it."""
    bare, metadata = _bare(annotation), metadata + _metadata(annotation)
    if get_origin(bare) in (Union, types.UnionType, tuple):
        for part in get_args(bare):
            if part is not Ellipsis:
                yield from _leaves(part, metadata if get_origin(bare) is not tuple else ())
    else:
        yield bare, metadata


# ---- words ----


def describe(annotation: Any) -> str:
    """What a field takes, in words: `a whole number above 0 or a list of whole numbers above 0`."""
    bare, metadata = _bare(annotation), _metadata(annotation)
    parts: list[str] = []
    for part in _alternatives(bare):
        if get_origin(part) is Annotated:
            parts.append(describe(part))
        elif get_origin(part) is Literal:
            parts += [f"`{choice}`" for choice in get_args(part)]
        elif isinstance(part, type) and issubclass(part, Entry):
            parts += _describe_kind(part)
        elif part is not type(None):
            parts.append(_describe_one(part, metadata))
    if type(None) in _alternatives(bare):
        parts.append("none")
    return either(parts)


def _describe_one(part: Any, metadata: tuple[Any, ...]) -> str:
    origin = get_origin(part)
    if origin is tuple:
        return _describe_tuple(get_args(part))
    if part is bool:
        return "`true` or `false`"
    if part is int:
        return f"a whole number{_range(metadata)}"
    if part is float:
        return f"a number{_range(metadata)}"
    if part is Quantity:
        units = next(mark.units for mark in metadata if isinstance(mark, Units))
        times = [unit for unit in units if unit != "%"]
        share = ["a share like `10%`"] if "%" in units else []
        return either([*share, *([f"a number of {either(times)}, like `3 {times[0]}`"] if times else [])])
    if part is Bounds:
        return "a range like `1..64`"
    if part is str:
        is_text = any(isinstance(mark, AsText) for mark in metadata)
        return "a string in quotes" if is_text else "a name"
    raise TypeError(f"no words for {part}")


def _describe_kind(kind: type[Entry]) -> list[str]:
    """The entries of a small kind by their names, else the kind."""
    known = names(kind)
    return [f"`{name}`" for name in known] if len(known) <= FEW else [with_article(kind.kind)]


def _describe_tuple(parts: tuple[Any, ...]) -> str:
    inner = parts[0]
    bare = _bare(inner)
    if isinstance(bare, type) and issubclass(bare, Entry):
        return f"one or more {plural(bare.kind)}"
    words = describe(inner).removeprefix("a ")
    for noun in ("list",) if words.startswith("list") else ("number", "string", "name"):
        words = words.replace(noun, f"{noun}s", 1)
    return f"a list of {words}" if len(parts) < 2 or parts[1] is Ellipsis else f"a list of {len(parts)} {words}"


def _range(metadata: tuple[Any, ...]) -> str:
    """` above 0`, ` from 0 to 1`: the bounds among a number's metadata."""
    bounds: dict[type, Any] = {}
    for mark in metadata:
        for bound in mark.metadata if isinstance(mark, FieldInfo) else (mark,):
            bounds[type(bound)] = bound
    low = f"above {bounds[at.Gt].gt}" if at.Gt in bounds else f"from {bounds[at.Ge].ge}" if at.Ge in bounds else ""
    high = ""
    if at.Le in bounds and bounds[at.Le].le != UNBOUNDED:
        high = f"to {bounds[at.Le].le}" if at.Ge in bounds else f"up to {bounds[at.Le].le}"
    elif at.Lt in bounds and bounds[at.Lt].lt < UNBOUNDED:
        high = f"to below {bounds[at.Lt].lt}" if low else f"below {bounds[at.Lt].lt}"
    if low.startswith("from") and not high:
        low = low.replace("from", "of at least")
    words = " ".join(filter(None, (low, "and" if low.startswith("above") and high else "", high)))
    return f" {words}" if words else ""
