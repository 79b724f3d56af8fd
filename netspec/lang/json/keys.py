"""The keys of the JSON form's objects, and their names in messages."""

from __future__ import annotations

SCHEMA, EDITION, PARAMS, ASSERT = "$schema", "netspec", "params", "assert"
SCHEMA_ID = "urn:netspec:schema:1"
EXTENDS, FROM, FILE, IMPORT = "extends", "from", "file", "import"
BLOCKS, PARAMETERS, NAME, DEFAULT = "blocks", "parameters", "name", "default"
OP, LABEL, BODY, INPUTS, SHAPE, OR, EXPRESSION = "op", "label", "body", "inputs", "gives", "or", "$"
TIMES = "times"
"""The factor of an entry in a sum."""
VALUE, LET, BE, IF, THEN, ELSE, FOR, IN, REPEAT = "value", "let", "be", "if", "then", "else", "for", "in", "repeat"
RESIDUAL, REPLACE = "residual", "replace"
FORMS = {
    VALUE: (VALUE, LABEL, SHAPE),
    REPEAT: (REPEAT, LABEL, BODY, SHAPE),
    BODY: (LABEL, BODY, SHAPE),
    OP: (OP, LABEL, BODY, SHAPE),
    REPLACE: (REPLACE, BODY),
}
"""The steps that aren't operations of the catalogue, by the key that identifies them, with all of their keys. The one
with `op` is `residual`."""

LINE = "line"
"""The name of an item of `model` in messages."""
