"""Parts of JSON Schemas: references, conditions that give one error per mistake, and objects with known keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from netspec.lang.json.comments import COMMENT

Schema = dict[str, Any]

NAME_PATTERN = r"^[A-Za-z_][A-Za-z0-9_]{0,63}$"
LABEL_PATTERN = r"^([A-Za-z0-9_]|\{[A-Za-z_][A-Za-z0-9_]*\})+$"
"""Letters and digits, with names in braces among them."""


def reference(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def reference_list(name: str, description: str) -> Schema:
    return {"description": description, "type": "array", "items": reference(name)}


def first_key(keys: Sequence[tuple[str, str]], otherwise: Schema) -> Schema:
    """The definition for the first of these keys that an object has, so that a mistake gives one error."""
    for key, name in reversed(keys):
        otherwise = {"if": {"type": "object", "required": [key]}, "then": reference(name), "else": otherwise}
    return otherwise


def by_type(type: str, then: Schema, otherwise: Schema) -> Schema:
    return {"if": {"type": type}, "then": then, "else": otherwise}


def closed_object(description: str, properties: Schema, required: Sequence[str], example: Any) -> Schema:
    return {
        "description": description,
        "type": "object",
        "required": list(required),
        "properties": {COMMENT: reference("comment"), **properties},
        "additionalProperties": False,
        "examples": [example],
    }
