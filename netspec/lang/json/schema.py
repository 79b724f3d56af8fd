"""The catalogue as a JSON Schema of the JSON form, for editors and for programs that write specs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from netspec.catalogue.entry import Entry, entries, names
from netspec.catalogue.layers import Layer
from netspec.catalogue.listing import listed_kinds
from netspec.catalogue.losses import Loss
from netspec.catalogue.sections import MODEL, Section, required_sections, section_names
from netspec.catalogue.slots import Slot, slots
from netspec.catalogue.values import Quantity
from netspec.lang import tree
from netspec.lang.json.comments import COMMENT
from netspec.lang.json.keys import ASSERT, BLOCKS, EDITION, EXPRESSION, EXTENDS, FROM, OP, OR, PARAMS, SCHEMA, TIMES
from netspec.lang.json.schema_network import (
    NAME_PATTERN,
    layer_properties,
    network_definitions,
    reference,
    reference_list,
)
from netspec.lang.json.write import SCHEMA_ID, entry_to_json, to_json
from netspec.lang.text.parser import parse, parse_expression
from netspec.problems import Problems
from netspec.source import Source
from netspec.wording import with_article

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> Schema:
    """The schema. Choices are made by `if`, not by `anyOf`, so that a mistake gives one error, at its own place."""
    kinds_of_entries = [kind for kind in listed_kinds() if kind is not Section]
    definitions: Schema = {
        "comment": _comment(),
        "expression": _expression(),
        "computed_text": _computed_text(),
        "plain": _plain(),
        **network_definitions(),
    }
    for kind in kinds_of_entries:
        definitions[kind.kind] = _kind(kind)
        definitions |= {f"{kind.kind}.{entry.name()}": _entry(entry, kind) for entry in entries(kind)}
    definitions |= {f"section.{entry.name()}": _section(entry) for entry in entries(Section)}
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


# ---- the file and what isn't an entry ----


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
        "else": {"required": list(required_sections())},
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


# ---- entries ----


def _kind(kind: type[Entry]) -> Schema:
    """Any entry of a kind, told by its `op`."""
    known = names(kind)
    choices = [
        {
            "if": {"properties": {OP: {"const": name}}, "required": [OP]},
            "then": reference(f"{kind.kind}.{name}"),
        }
        for name in known
    ]
    return {
        "description": f"{with_article(kind.kind).capitalize()}, told by its `{OP}`.",
        "type": "object",
        "required": [OP],
        "properties": {OP: {"description": f"which {kind.kind}", "enum": list(known)}},
        # what is no object matches every `if`
        "if": {"type": "object"},
        "then": {"allOf": choices},
    }


def _entry(entry: type[Entry], kind: type[Entry]) -> Schema:
    examples = [json.loads(entry_to_json(_expression_of(example.text), kind)) for example in entry.examples]
    own = layer_properties() if issubclass(entry, Layer) else _term() if issubclass(entry, Loss) else {}
    properties = {OP: {"const": entry.name()}, COMMENT: reference("comment"), **own, **_fields(entry, examples)}
    required = [OP, *(slot.name for slot in slots(entry).values() if slot.required)]
    return {
        "description": entry.documentation(),
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": False,
        "examples": examples,
    }


def _term() -> Schema:
    """What an entry in a sum has beside its arguments."""
    number = {"type": "number", "exclusiveMinimum": 0}
    description = "what it is multiplied by, by itself or in a sum"
    return {TIMES: {"description": description, "anyOf": [number, reference("expression")], "default": 1}}


def _section(entry: type[Entry]) -> Schema:
    examples = [_section_of(example.text) for example in entry.examples]
    return {
        "description": entry.documentation(),
        "type": "object",
        "required": [slot.name for slot in slots(entry).values() if slot.required],
        "properties": {COMMENT: reference("comment"), **_fields(entry, examples)},
        "additionalProperties": False,
        "examples": examples,
    }


def _fields(entry: type[Entry], examples: Sequence[Schema]) -> Schema:
    """The properties of an entry's fields; what the entry's examples give to a field are the field's examples."""
    plain = entry.model_json_schema()["properties"]
    fields: Schema = {}
    for slot in slots(entry).values():
        value = _field(slot, plain[slot.name])
        default = {} if slot.required else {"default": _default(slot.default)}
        given = [example[slot.name] for example in examples if slot.name in example]
        shown = {"examples": _distinct(given)} if given else {}
        fields[slot.name] = {"description": slot.description, **value, **default, **shown}
    return fields


def _field(slot: Slot, plain: Schema) -> Schema:
    if slot.kind is None:
        return _value(plain, slot)
    entries = _entries(slot, slot.kind)
    if not slot.plain:
        return entries
    has_entry = {"anyOf": [{"type": "object"}, {"type": "array", "contains": {"type": "object"}}]}
    # what refers to another model is an entry or a list of them
    values = [branch for branch in plain["anyOf"] if "$ref" not in branch and "$ref" not in branch.get("items", ())]
    return {"if": has_entry, "then": entries, "else": _value({"anyOf": values}, slot)}


def _entries(slot: Slot, kind: type[Entry]) -> Schema:
    one = reference(kind.kind)
    if slot.form == "alternatives":
        several = {
            "type": "object",
            "required": [OR],
            "properties": {
                COMMENT: reference("comment"),
                OR: {"description": "the first that can be had is taken", "type": "array", "minItems": 1, "items": one},
            },
            "additionalProperties": False,
        }
        return {"if": {"type": "object", "required": [OR]}, "then": several, "else": one}
    if slot.form != "one":
        one = {"if": {"type": "array"}, "then": {"items": one}, "else": one}
    if slot.plain:
        return one
    optional = not slot.required and slot.default is None
    return {"if": {"type": "null"}, "else": one} if optional else one


def _value(field: Schema, slot: Slot) -> Schema:
    """What a field takes that takes no entries: its JSON type, or an expression."""
    branches = field.get("anyOf") or [
        {key: field[key] for key in field if key not in ("default", "description", "title")}
    ]
    computed = reference("computed_text" if slot.text else "expression")
    return {"anyOf": [*(_branch(branch, computed) for branch in branches if not _any_string(branch, slot)), computed]}


def _any_string(branch: Schema, slot: Slot) -> bool:
    """Whether a branch admits nothing but what an expression admits."""
    return branch == {"type": "string"} and not slot.text


def _branch(branch: Schema, computed: Schema) -> Schema:
    """The items of a list may be computed too."""
    if "items" in branch:
        branch = {**branch, "items": {"anyOf": [branch["items"], computed]}}
    if "prefixItems" in branch:
        items = [{"anyOf": [item, computed]} for item in branch["prefixItems"]]
        branch = {**branch, "prefixItems": items}
    return branch


def _default(value: Any) -> Any:
    """A default as the JSON form writes it; of an entry only what differs from the entry's own defaults."""
    match value:
        case Entry():
            fields = type(value).model_fields
            given = {name: getattr(value, name) for name in fields if getattr(value, name) != fields[name].default}
            return {OP: value.name(), **{name: _default(item) for name, item in given.items()}}
        case Quantity():
            return str(value)
        case tuple():
            return [_default(item) for item in value]
        case _:
            return value


# ---- examples ----


def _expression_of(text: str) -> tree.Expression:
    problems = Problems()
    node = parse_expression(Source("example", text), problems)
    if node is None:
        raise ValueError(f"the example `{text}` can't be read: {[d.message for d in problems.diagnose()]}")
    return node


def _section_of(text: str) -> Schema:
    """The object of a section that is written in the other form."""
    problems = Problems()
    spec = parse(Source("example", text), problems)
    if len(problems):
        raise ValueError(f"the example `{text}` can't be read: {[d.message for d in problems.diagnose()]}")
    (section,) = (value for key, value in json.loads(to_json(spec)).items() if key != SCHEMA)
    return section


def _distinct(values: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found
