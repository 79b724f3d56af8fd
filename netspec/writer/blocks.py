"""Scopes of one class and one form, said once as a block with parameters for what differs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from netspec.catalogue.entry import find
from netspec.catalogue.layers import Layer
from netspec.checker.network.known import REUSE
from netspec.writer.steps import PLAIN, Statement, Step, fresh

CONTAINERS = {"", "Sequential", "ModuleList", "ModuleDict"}
SHORT = {"out_channels": "channels", "out_features": "features", "num_heads": "heads", "output_size": "size"}
SMALL = 2
"""How many steps a scope has at least for which a block is worth it."""


@dataclass(frozen=True)
class Expression:
    """An argument that is no number: a parameter of the block, or what follows from one."""

    text: str


@dataclass
class Block:
    """A block, with the names of its values and parameters, some of which have a default."""

    name: str
    values: list[str]
    body: list[Statement]
    parameters: dict[str, Any] = field(default_factory=dict)
    """The default of each, or `REQUIRED`."""


REQUIRED = object()


def in_blocks(model: list[Statement], reserved: Collection[str] = ()) -> list[Block]:
    """Put calls of blocks in the place of scopes that are alike; gives the blocks, those that others call first. None
    has a name that is `reserved`."""
    found: list[Block] = []
    taken = names_in(model) | {*reserved}
    for height in range(1, 1 + max((_height(step) for step in steps_of(model)), default=0)):
        alike: dict[Any, list[Step]] = {}
        for step in _scopes(model):
            if (step.kind not in CONTAINERS or _is_called(step)) and _height(step) == height and _is_closed(step):
                alike.setdefault((step.kind, form(step.body or [])), []).append(step)
        for (kind, _), steps in alike.items():
            if _is_called(steps[0]) or (len(steps) > 1 and sum(1 for _ in _inner(steps[0].body or [])) >= SMALL):
                parameters = {name for block in found for name in block.parameters}
                found.append(_block(kind, steps, taken | parameters, {block.name for block in found}))
                taken.add(found[-1].name)
    return found


def names_in(body: list[Statement]) -> set[str]:
    """The names that values and labels have anywhere in a body, which no block may have."""
    values = {name for statement in _statements(body) for name in (*statement.names, *statement.start)}
    return values | {label for step in _inner(body) if (label := step.label) is not None}


def steps_of(body: list[Statement]) -> Iterator[Step]:
    for statement in body:
        yield from statement.steps


def _inner(body: list[Statement]) -> Iterator[Step]:
    for step in steps_of(body):
        yield step
        yield from _inner(step.body or [])


def _scopes(body: list[Statement]) -> Iterator[Step]:
    return (step for step in _inner(body) if step.body is not None)


def _height(step: Step) -> int:
    """How many levels of scopes there are, the step's own included."""
    return 0 if step.body is None else 1 + max((_height(inner) for inner in steps_of(step.body)), default=0)


def _is_closed(step: Step) -> bool:
    """Whether nothing in a scope is applied again that stands outside of it."""
    again = (inner for inner in _inner(step.body or []) if inner.name == REUSE)
    return all(inner.path.startswith(f"{step.path}.") for inner in again)


def _is_called(step: Step) -> bool:
    """Whether a scope is applied several times, with values of its own each time, which only a block takes."""
    return step.forced and bool(_free(step.body or []))


# ---- the form of a body: everything but the numbers, and the names of values by their order ----


def form(body: list[Statement], names: dict[str, int] | None = None) -> Any:
    names = {} if names is None else names
    return tuple(_statement_form(statement, names) for statement in body)


def _statement_form(statement: Statement, names: dict[str, int]) -> Any:
    start = tuple(_number(part, names) for part in statement.start)
    steps = tuple(_step_form(step, names) for step in statement.steps)
    given = tuple(_number(name, names) for name in statement.names)
    record = tuple((key, _number(name, names)) for key, name in statement.record.items())
    return start, steps, given, record


def _step_form(step: Step, names: dict[str, int]) -> Any:
    words = tuple(sorted((name, value) for name, value in step.fields.items() if isinstance(value, str)))
    values = tuple(_number(value, names) for value in step.values)
    body = form(step.body, names) if step.body is not None else None
    return step.label, step.name, tuple(sorted(step.fields)), words, values, body


def _number(name: str, names: dict[str, int]) -> Any:
    """A name by its order; signs, numbers and `input` stay, and what is behind a dot."""
    head, dot, rest = name.partition(".")
    if not PLAIN.fullmatch(head) or head == "input":
        return name
    return names.setdefault(head, len(names)), dot, rest


# ---- a block ----


def _block(kind: str, steps: list[Step], taken: set[str], blocks: set[str]) -> Block:
    first = steps[0].body or []
    name = fresh(snake(kind), taken)
    outer = [_free(step.body or []) for step in steps]
    block = Block(name, outer[0], first)
    columns = [list(_holes(step.body or [])) for step in steps]
    used = names_in(first) | set(outer[0]) | {name}
    by_values: dict[tuple[Any, ...], str] = {}
    calls: list[dict[str, Any]] = [{} for _ in steps]
    channels = tuple(step.channels for step in steps)
    for index, (step, field_name) in enumerate(columns[0]):
        values = tuple(column[index][0].fields[field_name] for column in columns)
        if len(set(map(repr, values))) == 1:
            continue
        text = by_values.get(_key(values)) or _follows(values, by_values, channels, field_name)
        if text is None:
            text = fresh(SHORT.get(field_name, field_name), used | blocks)
            used.add(text)
            by_values[_key(values)] = text
            usual = _default(step, field_name)
            block.parameters[text] = usual if usual is not REQUIRED and usual in values else REQUIRED
            for call, value in zip(calls, values, strict=True):
                call[text] = value
        step.fields[field_name] = Expression(text)
    for step, call, values in zip(steps, calls, outer, strict=True):
        step.name, step.body, step.fields, step.values = name, None, call, values
    return block


def _key(values: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(map(repr, values))


def _follows(
    values: tuple[Any, ...], known: dict[tuple[Any, ...], str], channels: tuple[int | None, ...], name: str
) -> str | None:
    """What numbers follow from: the channels that come in, or a multiple of something that is known already."""
    if not all(type(value) is int for value in values):
        return None
    candidates = {} if None in channels else {_key(channels): "input.channels"}
    for key, text in (known | candidates).items():
        if not all(part.isdigit() and int(part) for part in key) or (name == "kernel_size"):
            continue
        ratios = {value / int(part) for value, part in zip(values, key, strict=True)}
        if len(ratios) == 1 and (ratio := ratios.pop()).is_integer() and ratio >= 1:
            if ratio == 1:
                known[_key(values)] = text
                return text
            if key in known:
                return f"{int(ratio)} * {text}"
    return None


def _default(step: Step, name: str) -> Any:
    entry = find(Layer, step.name)
    info = entry.model_fields.get(name) if entry is not None else None
    return REQUIRED if info is None or info.is_required() else info.default


def _holes(body: list[Statement]) -> Iterator[tuple[Step, str]]:
    """The arguments that are numbers, in an order that is the same for bodies of one form."""
    for step in _inner(body):
        for name in step.fields:
            if not isinstance(step.fields[name], str):
                yield step, name


def _statements(body: list[Statement]) -> Iterator[Statement]:
    for statement in body:
        yield statement
        for step in statement.steps:
            yield from _statements(step.body or [])


def _free(body: list[Statement]) -> list[str]:
    """The names of values in a body that are given outside of it, in their order."""
    given = {name for statement in _statements(body) for name in statement.names}
    given |= {step.label for step in _inner(body) if step.label and step.name in ("parameter", "buffer")}
    parts = (
        part
        for statement in _statements(body)
        for part in (
            *statement.start,
            *statement.record.values(),
            *(value for step in statement.steps for value in (step.values[1:] if step.name == REUSE else step.values)),
        )
    )
    heads = (part.partition(".")[0] for part in parts)
    return list(dict.fromkeys(head for head in heads if PLAIN.fullmatch(head) and head not in (*given, "input")))


def snake(kind: str) -> str:
    """`BasicConv2d` as `basic_conv2d`; anything else in a class's name is left out."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", kind)
    name = re.sub(r"[^A-Za-z0-9_]+", "", words).lower().strip("_")[:40]
    return name if PLAIN.fullmatch(name) else "part"
