"""The JSON Schema of the catalogue: kinds, entries and sections, with the types, defaults and examples of fields."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from netspec.catalogue.entry import Entry, names
from netspec.catalogue.layers import Layer
from netspec.catalogue.losses import Loss
from netspec.catalogue.slots import Slot, slots
from netspec.catalogue.values import Bounds, Quantity
from netspec.lang import tree
from netspec.lang.json.comments import COMMENT
from netspec.lang.json.keys import OP, OR, SCHEMA, TIMES
from netspec.lang.json.schema_network import layer_properties
from netspec.lang.json.schema_parts import Schema, reference
from netspec.lang.json.write import write_entry, write_json
from netspec.lang.text.parser import parse, parse_expression
from netspec.problems import Problems
from netspec.source import Source
from netspec.wording import with_article


def kind_schema(kind: type[Entry]) -> Schema:
    """Any entry of a kind, identified by its `op`."""
    known = names(kind)
    choices = [
        {
            "if": {"properties": {OP: {"const": name}}, "required": [OP]},
            "then": reference(f"{kind.kind_key()}.{name}"),
        }
        for name in known
    ]
    return {
        "description": f"{with_article(kind.kind).capitalize()}, told by its `{OP}`.",
        "type": "object",
        "required": [OP],
        "properties": {OP: {"description": f"which {kind.kind}", "enum": list(known)}},
        # a value that isn't an object matches every `if`
        "if": {"type": "object"},
        "then": {"allOf": choices},
    }


def entry_schema(entry: type[Entry], kind: type[Entry]) -> Schema:
    examples = [json.loads(write_entry(_expression_of(example.text), kind)) for example in entry.examples]
    own = layer_properties() if issubclass(entry, Layer) else _term() if issubclass(entry, Loss) else {}
    properties = {OP: {"const": entry.name()}, COMMENT: reference("comment"), **own, **_fields(entry, examples)}
    required = [OP, *required_fields(entry)]
    return {
        "description": entry.documentation(),
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": False,
        "examples": examples,
    }


def _term() -> Schema:
    """The keys of an entry in a sum beside its arguments."""
    number = {"type": "number", "exclusiveMinimum": 0}
    description = "what it is multiplied by, by itself or in a sum"
    return {TIMES: {"description": description, "anyOf": [number, reference("expression")], "default": 1}}


def required_fields(entry: type[Entry]) -> list[str]:
    """The fields of an entry that have no default."""
    return [slot.name for slot in slots(entry).values() if slot.required]


def section_schema(entry: type[Entry]) -> Schema:
    """A section, in which nothing is required: it may be there in the spec that is extended."""
    examples = [_section_of(example.text) for example in entry.examples]
    return {
        "description": entry.documentation(),
        "type": "object",
        "properties": {COMMENT: reference("comment"), **_fields(entry, examples)},
        "additionalProperties": False,
        "examples": examples,
    }


def _fields(entry: type[Entry], examples: Sequence[Schema]) -> Schema:
    """The properties of an entry's fields; their examples are the values in the examples of the entry."""
    plain = entry.model_json_schema()["properties"]
    fields: Schema = {}
    for slot in slots(entry).values():
        value = _field(slot, plain[slot.name])
        default = {} if slot.required else {"default": _default(slot.default)}
        given = [example[slot.name] for example in examples if slot.name in example]
        instances = {"examples": _distinct(given)} if given else {}
        fields[slot.name] = {"description": slot.description, **value, **default, **instances}
    return fields


def _field(slot: Slot, plain: Schema) -> Schema:
    if slot.kind is None:
        return _value(plain, slot)
    entries = _entries(slot, slot.kind)
    if not slot.plain:
        return entries
    if slot.mixed:
        return _mixed(slot.kind)
    has_entry = {"anyOf": [{"type": "object"}, {"type": "array", "contains": {"type": "object"}}]}
    # a reference to another model is an entry or a list of them
    values = [branch for branch in plain["anyOf"] if "$ref" not in branch and "$ref" not in branch.get("items", ())]
    return {"if": has_entry, "then": entries, "else": _value({"anyOf": values}, slot)}


def _mixed(kind: type[Entry]) -> Schema:
    """A string or an entry, or a list that has both."""
    text = {"anyOf": [{"type": "string"}, reference("computed_text")]}
    one = {"if": {"type": "object", "required": [OP]}, "then": reference(kind.kind_key()), "else": text}
    return {"if": {"type": "array"}, "then": {"items": one}, "else": one}


def _entries(slot: Slot, kind: type[Entry]) -> Schema:
    one = reference(kind.kind_key())
    if slot.form == "alternatives":
        choices = {
            "type": "object",
            "required": [OR],
            "properties": {
                COMMENT: reference("comment"),
                OR: {"description": "the first that can be had is taken", "type": "array", "minItems": 1, "items": one},
            },
            "additionalProperties": False,
        }
        return {"if": {"type": "object", "required": [OR]}, "then": choices, "else": one}
    if slot.form != "one":
        one = {"if": {"type": "array"}, "then": {"items": one}, "else": one}
    if slot.plain:
        return one
    optional = not slot.required and slot.default is None
    return {"if": {"type": "null"}, "else": one} if optional else one


def _value(field: Schema, slot: Slot) -> Schema:
    """The value of a field that takes no entries: its JSON type, or an expression."""
    branches = field.get("anyOf") or [
        {key: field[key] for key in field if key not in ("default", "description", "title")}
    ]
    computed = reference("computed_text" if slot.text else "expression")
    return {"anyOf": [*(_branch(branch, computed) for branch in branches if not _any_string(branch, slot)), computed]}


def _any_string(branch: Schema, slot: Slot) -> bool:
    """Whether a branch admits only what an expression admits."""
    return branch == {"type": "string"} and not slot.text


def _branch(branch: Schema, computed: Schema) -> Schema:
    """A branch whose list items may be expressions too, those of inner lists included."""
    if "anyOf" in branch:
        branch = {**branch, "anyOf": [_branch(one, computed) for one in branch["anyOf"]]}
    if "items" in branch:
        branch = {**branch, "items": {"anyOf": [_branch(branch["items"], computed), computed]}}
    if "prefixItems" in branch:
        items = [{"anyOf": [_branch(item, computed), computed]} for item in branch["prefixItems"]]
        branch = {**branch, "prefixItems": items}
    return branch


def _default(value: Any) -> Any:
    """A default as the JSON form writes it; an entry without arguments that equal its own defaults."""
    match value:
        case Entry():
            fields = type(value).model_fields
            given = {name: getattr(value, name) for name in fields if getattr(value, name) != fields[name].default}
            return {OP: value.name(), **{name: _default(item) for name, item in given.items()}}
        case Quantity() | Bounds():
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
    (section,) = (value for key, value in json.loads(write_json(spec)).items() if key != SCHEMA)
    return section


def _distinct(values: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found
