"""The tree to the JSON form: the same spec, comments included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from json import dumps
from typing import Any

from netspec.catalogue.entry import Entry, find
from netspec.catalogue.layers import Layer
from netspec.catalogue.sections import Section
from netspec.catalogue.slots import Slot, slots
from netspec.lang import tree
from netspec.lang.canonical import MODEL, canonical
from netspec.lang.from_json import ASSERT, BODY, EDITION, EXPRESSION, LABEL, OP, OR, PARAMS, SCHEMA
from netspec.lang.json_text import NUMBER
from netspec.lang.printer import expression
from netspec.lang.remarks import COMMENT, Remarks, remarks_of, write_remarks

WIDTH = 100
SCHEMA_ID = "urn:netspec:schema:1"


class _Number(str):
    """A number as it was written, which JSON has in the same words."""


def to_json(spec: tree.Tree) -> str:
    """The JSON form of a spec that checks without errors; raises ValueError where a name can't be resolved."""
    return _layout(_Writer(canonical(spec)).file()) + "\n"


def entry_to_json(call: tree.Expression, kind: type[Entry]) -> str:
    """The JSON form of one entry, as the other form writes it."""
    source = call.span.source
    return _flat(_Writer(tree.Tree(source, tree.Body(call.span, ()))).entry(call, kind))


class _Writer:
    """Builds objects and lists; what has a `$comment` of its own holds it, what hasn't is in the `at` around it."""

    def __init__(self, spec: tree.Tree) -> None:
        self.spec = spec
        self.comments = spec.comments

    # ---- the file ----

    def file(self) -> dict[str, Any]:
        at: dict[str, Remarks] = {}
        members: dict[str, Any] = {}
        statements = self.spec.statements
        params = [statement for statement in statements if isinstance(statement, tree.Param)]
        assertions = [statement for statement in statements if isinstance(statement, tree.Assertion)]
        for index, statement in enumerate(statements):
            remarks = self._statement_remarks(index)
            match statement:
                case tree.Edition():
                    members[EDITION] = self._plain(statement.number)
                    at[EDITION] = remarks
                case tree.Param():
                    members.setdefault(PARAMS, self._params(params))
                case tree.Assertion():
                    members.setdefault(ASSERT, [expression(item.condition) for item in assertions])
                    at.setdefault(ASSERT, Remarks(at=self._numbered(assertions)))
                case tree.Line() if statement.section:
                    members |= self._section(statement, remarks, at)
                case _:
                    raise ValueError(f"{statement.span}: this has no place at the top of a spec")
        whole = Remarks(before=self._head(), inside=self._of(self.spec.body).inside, at=at)
        return {SCHEMA: SCHEMA_ID, **_remarked({}, whole), **members}
