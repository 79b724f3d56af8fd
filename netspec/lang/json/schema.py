"""The JSON Schema of the JSON form, for editors and for programs that write specs."""

from __future__ import annotations

import json

from netspec.catalogue.entry import entries
from netspec.catalogue.listing import listed_kinds
from netspec.catalogue.sections import MODEL, Section, required_sections, section_names, sections
from netspec.lang.json.comments import COMMENT
from netspec.lang.json.keys import ASSERT, BLOCKS, EDITION, EXPRESSION, EXTENDS, FROM, PARAMS, SCHEMA, SCHEMA_ID
from netspec.lang.json.schema_entries import entry_schema, kind_schema, required_fields, section_schema
from netspec.lang.json.schema_network import network_definitions
from netspec.lang.json.schema_parts import NAME_PATTERN, Schema, reference, reference_list

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> Schema:
    """The schema. It selects by `if`, not by `anyOf`, so that a mistake gives one error, at its own location."""
    kinds_of_entries = [kind for kind in listed_kinds() if kind is not Section]
    definitions: Schema = {
        "comment": _comment(),
        "expression": _expression(),
        "computed_text": _computed_text(),
        "plain": _plain(),
        **network_definitions(),
    }
    for kind in kinds_of_entries:
        definitions[kind.kind_key()] = kind_schema(kind)
        definitions |= {f"{kind.kind_key()}.{entry.name()}": entry_schema(entry, kind) for entry in entries(kind)}
    definitions |= {f"section.{entry.name()}": section_schema(entry) for entry in entries(Section)}
    return {
        "$schema": DIALECT,
        "$id": SCHEMA_ID,
        "title": "netspec",
        "description": "One experiment: what data, which network, how it is trained and how it is judged.",
        **_file(),
        "$defs": definitions,
    }


def schema_text() -> str:
    """The schema as `grammar/netspec.schema.json` has it."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


# ---- the file, comments and values ----


def _file() -> Schema:
    properties: Schema = {
        SCHEMA: {"description": "the schema that this file follows, for editors", "type": "string"},
        COMMENT: reference("comment"),
        EDITION: {"description": "edition of the language", "type": "integer", "default": 1, "examples": [1]},
        PARAMS: {
            "description": "sizes, rates and flags that expressions name and that `--set width=512` may replace",
            "type": "object",
            "properties": {COMMENT: reference("comment")},
            "patternProperties": {NAME_PATTERN: reference("param")},
            "additionalProperties": False,
            "default": {},
            "examples": [{"width": 256, "lr": {"value": 0.001, "in": "log(1e-4, 1e-1)"}}],
        },
        EXTENDS: {
            "description": "a spec of which everything is taken that isn't given here, by its path from this file",
            "type": "string",
            "examples": ["mnist_fc.net"],
        },
        FROM: reference_list("import", "blocks and params that are taken from other specs"),
        BLOCKS: {
            "description": "reusable pieces of the network; each call makes new weights",
            "type": "object",
            "properties": {COMMENT: reference("comment")},
            "patternProperties": {NAME_PATTERN: reference("block")},
            "additionalProperties": False,
        },
        **{name: reference("model" if name == MODEL else f"section.{name}") for name in section_names()},
        ASSERT: {
            "description": "what has to hold, each an expression that is `true`; checked before training",
            "type": "array",
            "items": reference("expression"),
            "default": [],
            "examples": [["parameters == 16_022"]],
        },
    }
    return {
        "type": "object",
        # what is extended has the sections, and a file of nothing but blocks needs none
        "if": {"anyOf": [{"required": [EXTENDS]}, {"required": [BLOCKS], "not": {"required": [MODEL]}}]},
        "else": {
            "required": list(required_sections()),
            "properties": {
                section.name(): {"required": names} for section in sections() if (names := required_fields(section))
            },
        },
        "properties": properties,
        "additionalProperties": False,
    }


def _comment() -> Schema:
    text = {"type": "string"}
    return {
        "description": "Comments, each line without its `#`: those before it, or an object that says where they stand.",
        "type": ["string", "object"],
        "properties": {
            "before": {**text, "description": "on lines of their own before it; an empty line is an empty line"},
            "after": {**text, "description": "behind it on its last line"},
            "opening": {**text, "description": "behind the brace that opens its body"},
            "inside": {**text, "description": "on lines of their own after the last statement of its body"},
            "at": {
                "description": "comments on members, by key, and on the items of a list, by number from 0",
                "type": "object",
                "additionalProperties": reference("comment"),
            },
        },
        "additionalProperties": False,
        "examples": ["the largest that fits on the card", {"after": "as in the paper"}],
    }


def _expression() -> Schema:
    return {
        "description": "An expression of the language: a param, a name, a quantity or arithmetic.",
        "type": "string",
        "minLength": 1,
        "examples": ["width * 2", "60_000", "3 epochs"],
    }


def _computed_text() -> Schema:
    return {
        "description": "A text that an expression gives, such as a param's name.",
        "type": "object",
        "required": [EXPRESSION],
        "properties": {EXPRESSION: reference("expression")},
        "additionalProperties": False,
        "examples": [{EXPRESSION: "target"}],
    }


def _plain() -> Schema:
    return {
        "description": "A number, a flag, nothing, an expression as a string, or a list of these.",
        "type": ["number", "boolean", "null", "string", "array"],
        "items": reference("plain"),
        "examples": [256, "width // 2"],
    }
