"""The JSON form against its published JSON Schema: what the schema refuses, an editor would mark, and so do we."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from netspec.catalogue.entry import kinds, names
from netspec.catalogue.sections import Section
from netspec.lang.json import syntax as json_text
from netspec.problems import Problems
from netspec.problems.syntax import AgainstSchema
from netspec.resources import resource
from netspec.source import Source, Span

if TYPE_CHECKING:
    from jsonschema.protocols import Validator


def check_structure(source: Source, problems: Problems) -> None:
    """Report what the schema refuses, one problem a mistake.

    The passes of the checker say the same in better words, so this comes after them and speaks only where they found
    nothing: a file that is good for netspec is good for every editor.
    """
    document = json_text.read_json(source, Problems())
    if document is None:
        return
    for error in _validator().iter_errors(_plain(document)):
        problems.add(AgainstSchema(_place(document, list(error.absolute_path)), error.message))


@cache
def _validator() -> Validator:
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    return extend(Draft202012Validator, {"allOf": _chosen})(_schema())


def _schema() -> dict[str, Any]:
    """The schema as it is published; made of the catalogue if that has entries from elsewhere too."""
    schema = json.loads(resource("grammar", "netspec.schema.json").read_text(encoding="utf-8"))
    known = schema["$defs"]
    published = [kind for kind in kinds() if kind.kind in known or kind is Section]
    if all(f"{kind.kind}.{name}" in known for kind in published for name in names(kind)):
        return schema

    from netspec.lang.json.schema import json_schema

    return json_schema()


def _chosen(validator: Any, choices: Sequence[dict[str, Any]], instance: Any, schema: Any) -> Iterator[Any]:
    """The schema's `allOf` holds an `if` for each `op`: the one that applies is looked up, not searched for."""
    by_name = {choice["if"]["properties"]["op"]["const"]: choice["then"] for choice in choices}
    name = instance.get("op")
    if isinstance(name, str) and name in by_name:
        yield from validator.descend(instance, by_name[name])


def _plain(value: json_text.Value) -> Any:
    match value:
        case json_text.Object(members=members):
            return {member.key.value: _plain(member.value) for member in members}
        case json_text.Array(items=items):
            return [_plain(item) for item in items]
        case json_text.Number(text=text):
            return json.loads(text)
        case json_text.String(value=plain) | json_text.Literal(value=plain):
            return plain
        case _:
            raise TypeError(f"no JSON value: {value}")


def _place(value: json_text.Value, path: list[str | int]) -> Span:
    """The place of the value at a path of keys and indices."""
    for step in path:
        match value:
            case json_text.Object() if isinstance(step, str) and (inner := value.get(step)) is not None:
                value = inner
            case json_text.Array(items=items) if isinstance(step, int):
                value = items[step]
            case _:
                break
    return value.span
