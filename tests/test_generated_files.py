"""The generated files are up to date, and the JSON Schema is a good one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from netspec.catalogue.entry import Entry, entries, names
from netspec.catalogue.layers import Layer
from netspec.catalogue.listing import listed_kinds
from netspec.catalogue.losses import Loss
from netspec.catalogue.sections import Section
from netspec.catalogue.slots import slots
from netspec.generate import COMMAND, generated, stale, write
from netspec.generate.reference import reference
from netspec.lang.json.keys import BODY, INPUTS, LABEL, OP, OR, SHAPE, TIMES
from netspec.resources import resource

ROOT = Path(__file__).parents[1]
SCHEMA = json.loads(resource("grammar", "netspec.schema.json").read_text(encoding="utf-8"))
ENTRIES = [(kind, entry) for kind in listed_kinds() for entry in entries(kind)]
EVERY_ENTRY = pytest.mark.parametrize(
    ("kind", "entry"), ENTRIES, ids=[f"{kind.kind_key()}.{entry.name()}" for kind, entry in ENTRIES]
)


def errors(value: Any, definition: str) -> list[str]:
    schema = {"$schema": SCHEMA["$schema"], "$ref": f"#/$defs/{definition}", "$defs": SCHEMA["$defs"]}
    return [error.message for error in Draft202012Validator(schema).iter_errors(value)]


def test_no_generated_file_is_stale() -> None:
    assert [path.name for path in stale(ROOT)] == [], f"run `{COMMAND}`"


def test_a_stale_file_is_told_from_a_fresh_one(tmp_path: Path) -> None:
    for folder in ("grammar", "netspec"):
        (tmp_path / folder).mkdir()
    (tmp_path / "netspec" / "__init__.py").write_text('"""A house."""')
    (tmp_path / "ARCHITECTURE.md").write_text("<!-- file map -->\n<!-- /file map -->\n")

    of_the_grammar = {"netspec.schema.json", "netspec.table.json"}
    assert {path.name for path in stale(tmp_path)} == {"ARCHITECTURE.md", *of_the_grammar, *reference()}
    for path, text in generated(tmp_path).items():
        write(path, text)
    assert stale(tmp_path) == {}


def test_the_check_is_silent_when_all_is_fresh() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "netspec.generate", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (0, ""), ran.stdout + ran.stderr


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_every_reference_leads_somewhere() -> None:
    def references(node: Any) -> list[str]:
        if isinstance(node, dict):
            own = [node["$ref"]] if "$ref" in node else []
            return own + [found for part in node.values() for found in references(part)]
        return [found for part in node for found in references(part)] if isinstance(node, list) else []

    used = set(references(SCHEMA))
    assert used == {f"#/$defs/{name}" for name in SCHEMA["$defs"]}


@EVERY_ENTRY
def test_an_entry_is_in_the_schema_with_all_its_fields(kind: type[Entry], entry: type[Entry]) -> None:
    definition = SCHEMA["$defs"][f"{kind.kind_key()}.{entry.name()}"]
    others = {OP, LABEL, INPUTS, SHAPE} if kind is Layer else {OP, TIMES} if kind is Loss else {OP}
    fields = set(definition["properties"]) - others - {"$comment"}
    assert fields == set(slots(entry))
    assert definition["additionalProperties"] is False
    assert definition["description"] == entry.documentation()
    for name, slot in slots(entry).items():
        shown = definition["properties"][name]
        assert shown["description"] == slot.description
        assert ("default" in shown) is not slot.required


@EVERY_ENTRY
def test_examples_and_defaults_follow_the_schema(kind: type[Entry], entry: type[Entry]) -> None:
    name = f"{kind.kind_key()}.{entry.name()}"
    definition = SCHEMA["$defs"][name]
    assert len(definition["examples"]) == len(entry.examples) > 0
    for example in definition["examples"]:
        complete = {"source": {"op": "mnist_sample"}, **example} if name == "section.data" else example
        assert errors(complete, name) == []
    for field in definition["properties"].values():
        schema = {"$schema": SCHEMA["$schema"], "$defs": SCHEMA["$defs"], **field}
        for value in [*field.get("examples", []), *([field["default"]] if "default" in field else [])]:
            assert [error.message for error in Draft202012Validator(schema).iter_errors(value)] == []


@pytest.mark.parametrize("name", ["comment", "expression", "computed_text", "plain", "scope"])
def test_examples_of_what_is_no_entry_follow_the_schema(name: str) -> None:
    for example in SCHEMA["$defs"][name]["examples"]:
        assert errors(example, name) == []


@pytest.mark.parametrize("kind", [kind for kind in listed_kinds() if kind is not Section], ids=lambda kind: kind.kind)
def test_a_kind_is_told_by_op(kind: type[Entry]) -> None:
    assert SCHEMA["$defs"][kind.kind_key()]["properties"][OP]["enum"] == list(names(kind))
    assert len(errors({OP: "nothing_of_that_name"}, kind.kind_key())) == 1
    assert len(errors({}, kind.kind_key())) == 1
    assert len(errors(3, kind.kind_key())) == 1


@EVERY_ENTRY
def test_no_field_has_a_name_that_the_json_form_needs(kind: type[Entry], entry: type[Entry]) -> None:
    assert not {OP, LABEL, BODY, OR} & set(slots(entry))
    assert not any(name.startswith("$") for name in slots(entry))
