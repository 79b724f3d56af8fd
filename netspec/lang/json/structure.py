"""Validation of the JSON form against its published JSON Schema, as an editor does it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from netspec.catalogue.entry import kinds, names
from netspec.catalogue.sections import Section
from netspec.lang.json import nodes
from netspec.lang.json.syntax import parse_value
from netspec.problems import Problems
from netspec.problems.syntax import AgainstSchema
from netspec.resources import resource
from netspec.source import Source, Span

if TYPE_CHECKING:
    from jsonschema.protocols import Validator


def check_structure(source: Source, problems: Problems) -> None:
    """Report what the schema refuses, one problem per mistake.

    The checker reports the same mistakes in better words, so this runs after it, only if it found no error: a file
    that is valid for netspec is valid for every editor.
    """
    document = parse_value(source, Problems())
    if document is None:
        return
    for error in _validator().iter_errors(_plain(document)):
        problems.add(AgainstSchema(_span_at(document, list(error.absolute_path)), error.message))


@cache
def _validator() -> Validator:
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    return extend(Draft202012Validator, {"allOf": _chosen})(_schema())


def _schema() -> dict[str, Any]:
    """The schema as it is published; made of the catalogue if that has entries from elsewhere too."""
    schema = json.loads(resource("grammar", "netspec.schema.json").read_text(encoding="utf-8"))
    known = schema["$defs"]
    published = [kind for kind in kinds() if kind.kind_key() in known or kind is Section]
    if all(f"{kind.kind_key()}.{name}" in known for kind in published for name in names(kind)):
        return schema

    from netspec.lang.json.schema import json_schema

    return json_schema()


def _chosen(validator: Any, choices: Sequence[dict[str, Any]], instance: Any, schema: Any) -> Iterator[Any]:
    """The schema's `allOf` holds an `if` for each `op`: the one that applies is looked up, not searched for."""
    by_name = {choice["if"]["properties"]["op"]["const"]: choice["then"] for choice in choices}
    name = instance.get("op")
    if isinstance(name, str) and name in by_name:
        yield from validator.descend(instance, by_name[name])


def _plain(value: nodes.Value) -> Any:
    match value:
        case nodes.Object(members=members):
            return {member.key.value: _plain(member.value) for member in members}
        case nodes.Array(items=items):
            return [_plain(item) for item in items]
        case nodes.Number(text=text):
            return json.loads(text)
        case nodes.String(value=plain) | nodes.Literal(value=plain):
            return plain
        case _:
            raise TypeError(f"no JSON value: {value}")


def _span_at(value: nodes.Value, path: list[str | int]) -> Span:
    """The span of the value at a path of keys and indices."""
    for step in path:
        match value:
            case nodes.Object() if isinstance(step, str) and (inner := value.get(step)) is not None:
                value = inner
            case nodes.Array(items=items) if isinstance(step, int):
                value = items[step]
            case _:
                break
    return value.span
