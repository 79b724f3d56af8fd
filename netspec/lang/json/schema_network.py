"""The JSON Schema of networks: lines and steps, blocks, branches and loops."""

from __future__ import annotations

from typing import Any

from netspec.catalogue.layers import Layer
from netspec.lang.json.keys import (
    BE,
    BODY,
    DEFAULT,
    ELSE,
    FILE,
    FOR,
    IF,
    IMPORT,
    IN,
    INPUTS,
    LABEL,
    LET,
    NAME,
    OP,
    PARAMETERS,
    REPEAT,
    REPLACE,
    RESIDUAL,
    SHAPE,
    THEN,
    VALUE,
)
from netspec.lang.json.schema_parts import (
    LABEL_PATTERN,
    NAME_PATTERN,
    Schema,
    by_type,
    closed_object,
    first_key,
    reference,
    reference_list,
)


def network_definitions() -> Schema:
    """Definitions by their names."""
    return {
        "model": _model(),
        "line": first_key([(LET, "let"), (IF, "branch"), (FOR, "loop"), (REPLACE, "replacement")], reference("pipe")),
        "pipe": by_type("array", _steps(), reference("step")),
        "step": _step(),
        "let": _let(),
        "branch": _branch(),
        "loop": _loop(),
        "replacement": _replacement(),
        "value": _value(),
        "repeat": _repeat(),
        "scope": _scope(),
        "residual": _residual(),
        "block": _block(),
        "parameter": _parameter(),
        "import": _import(),
        "param": _param(),
    }


def layer_properties() -> Schema:
    """The keys of a layer's object beside the layer's own fields."""
    inputs = reference_list("expression", "values that it takes beside the one that flows into it, or instead of it")
    return {LABEL: _label(), INPUTS: {**inputs, "minItems": 1}, SHAPE: _shape()}


def _step() -> Schema:
    """An operation of the catalogue, whose arguments may have the names of other keys; else an expression or a body."""
    is_residual = {"type": "object", "properties": {OP: {"const": RESIDUAL}}, "required": [OP, BODY]}
    keys = [(OP, Layer.kind), (VALUE, "value"), (REPEAT, "repeat"), (BODY, "scope")]
    return {"if": is_residual, "then": reference("residual"), "else": first_key(keys, reference(Layer.kind))}


def _steps() -> Schema:
    return {
        "description": "Operations of which each takes what the one before gives.",
        "minItems": 1,
        "items": reference("step"),
    }


def _name(description: str, example: str) -> Schema:
    return {"description": description, "type": "string", "pattern": NAME_PATTERN, "examples": [example]}


def _label() -> Schema:
    return {
        "description": "name in the state_dict, instead of the position; in a loop with names in braces: `layer{i}`",
        "type": "string",
        "pattern": LABEL_PATTERN,
        "examples": ["fc1"],
    }


def _shape() -> Schema:
    return {
        "description": "the shape that comes out, `_` for any size; it is checked",
        "type": "array",
        "items": reference("plain"),
        "examples": [[64, 7, 7]],
    }


def _lines(description: str) -> Schema:
    return reference_list("line", description)


def _count(description: str, example: Any) -> Schema:
    return {**reference("plain"), "description": description, "examples": [example]}


def _model() -> Schema:
    named = closed_object(
        "The network, with the names of its inputs.",
        {
            INPUTS: {
                "description": "the fields of the data that come in",
                "type": "array",
                "items": _name("a field of the data", "left"),
            },
            BODY: _lines("the lines of the network"),
        },
        (INPUTS, BODY),
        {INPUTS: ["left", "right"], BODY: [{VALUE: "left - right"}]},
    )
    return by_type("object", named, _lines("the network: each line takes what the line above gives"))


def _scope() -> Schema:
    return closed_object(
        "Lines with a name of their own, as a module within a module.",
        {LABEL: _label(), BODY: _lines("the lines of the scope; their names begin with its label"), SHAPE: _shape()},
        (BODY,),
        {LABEL: "head", BODY: [{OP: "flatten"}, {OP: "linear", "out_features": 10}]},
    )


def _residual() -> Schema:
    return closed_object(
        "What comes in, plus what the body makes of it.",
        {OP: {"const": RESIDUAL}, LABEL: _label(), BODY: _lines("the body"), SHAPE: _shape()},
        (OP, BODY),
        {OP: RESIDUAL, BODY: [{OP: "linear", "out_features": 64}, {OP: "relu"}]},
    )


def _repeat() -> Schema:
    return closed_object(
        "A body, several times in a row, each time with new weights.",
        {REPEAT: _count("how many times", 3), LABEL: _label(), BODY: _lines("the body"), SHAPE: _shape()},
        (REPEAT, BODY),
        {REPEAT: 3, BODY: [{OP: "linear", "out_features": 64}, {OP: "relu"}]},
    )


def _value() -> Schema:
    return closed_object(
        "A step by an expression: a value of the network, or a block.",
        {VALUE: reference("expression"), LABEL: _label(), SHAPE: _shape()},
        (VALUE,),
        {LABEL: "layer1", VALUE: "stage(64, stride=2)"},
    )


def _let() -> Schema:
    name = _name("the name", "skip")
    names = {"type": "array", "minItems": 1, "items": name}
    return closed_object(
        "A name, or several, for what a line gives.",
        {LET: by_type("array", names, name), BE: reference("pipe")},
        (LET, BE),
        {LET: "skip", BE: {VALUE: "input"}},
    )


def _branch() -> Schema:
    other = first_key([(IF, "branch")], _lines("the lines if it is false"))
    return closed_object(
        "Lines that are there if a condition is true, and others if it is false.",
        {IF: reference("expression"), THEN: _lines("the lines if it is true"), ELSE: other},
        (IF, THEN),
        {IF: "stride != 1", THEN: [{OP: "relu"}]},
    )


def _loop() -> Schema:
    return closed_object(
        "Lines for each item of a list or a range.",
        {
            FOR: _name("the name of the item", "channels"),
            IN: _count("the items", [64, 128]),
            BODY: _lines("the lines for each"),
        },
        (FOR, IN, BODY),
        {FOR: "channels", IN: [64, 128], BODY: [{OP: "linear", "out_features": "channels"}]},
    )


def _replacement() -> Schema:
    path = {"description": "labels with dots between them", "type": "string", "minLength": 1, "examples": ["body.fc"]}
    return closed_object(
        "What takes the place of an operation or a scope, anywhere in the network.",
        {REPLACE: path, BODY: _lines("what stands there instead")},
        (REPLACE, BODY),
        {REPLACE: "body.fc", BODY: [{OP: "dropout", "p": 0.2}, {OP: "linear", "out_features": 10}]},
    )


def _block() -> Schema:
    parameters = {"description": "what it takes", "type": "array", "items": reference("parameter")}
    return closed_object(
        "A reusable piece of the network.",
        {PARAMETERS: parameters, BODY: _lines("its lines")},
        (BODY,),
        {PARAMETERS: ["channels"], BODY: [{OP: "linear", "out_features": "channels"}]},
    )


def _parameter() -> Schema:
    with_default = closed_object(
        "What a block takes, with its default.",
        {NAME: _name("its name", "stride"), DEFAULT: reference("plain")},
        (NAME, DEFAULT),
        {NAME: "stride", DEFAULT: 1},
    )
    return by_type("object", with_default, _name("what a block takes", "channels"))


def _import() -> Schema:
    file = {"description": "its path from this file", "type": "string", "examples": ["blocks/resnet.net"]}
    names = {"description": "what is taken", "type": "array", "items": _name("a block or a param", "basic")}
    example = {FILE: "blocks/resnet.net", IMPORT: ["basic"]}
    return closed_object("Blocks and params of another spec.", {FILE: file, IMPORT: names}, (FILE, IMPORT), example)


def _param() -> Schema:
    with_domain = closed_object(
        "A value, with the values that it may take.",
        {VALUE: reference("plain"), IN: reference("plain")},
        (VALUE, IN),
        {VALUE: 64, IN: [32, 64, 128]},
    )
    return by_type("object", with_domain, reference("plain"))
