"""What holds of every entry of the catalogue; a new entry is tested here before it has a test of its own."""

from __future__ import annotations

import json

import pytest
import torch
from jsonschema import Draft202012Validator

from netspec.catalogue.augmentations import Augmentation
from netspec.catalogue.entry import Entry, Example, entries, kinds
from netspec.catalogue.layers import Layer
from netspec.catalogue.sections import Section
from netspec.catalogue.slots import slots
from netspec.catalogue.transforms import Transform
from netspec.checker.entries import Elaborator
from netspec.checker.values import Scope
from netspec.lang.parser import parse_expression
from netspec.lang.printer import expression
from netspec.lang.to_json import entry_to_json
from netspec.problems import Problems
from netspec.program.randomness import generator
from netspec.program.written import written
from netspec.resources import resource
from netspec.shapes import Misfit, Shape
from netspec.source import Source

BATCH = 3
ENTRIES = [(kind, entry) for kind in kinds() for entry in entries(kind)]
EXAMPLES = [
    (kind, entry, example)
    for kind, entry in ENTRIES
    for example in entry.examples
    if kind is not Section  # a section's example is a block, and the schema's tests read it
]
SHAPED = [example for example in EXAMPLES if example[0] in (Layer, Transform, Augmentation)]
EXAMPLE_IDS = [f"{kind.kind}: {example.text}" for kind, _, example in EXAMPLES]
SHAPED_IDS = [f"{kind.kind}: {example.text}" for kind, _, example in SHAPED]


def made(kind: type[Entry], example: Example) -> Entry:
    """The entry that an example writes; nothing is wrong with it."""
    problems = Problems()
    node = parse_expression(Source("example", example.text), problems)
    assert node is not None, problems.diagnose()
    entry = Elaborator(Scope(), problems).entry(node, kind, "example")
    assert problems.diagnose() == ()
    return entry


@pytest.mark.parametrize(("kind", "entry"), ENTRIES, ids=lambda item: item.__name__)
def test_it_is_documented(kind: type[Entry], entry: type[Entry]) -> None:
    assert entry.summary().endswith((".", ":")) and entry.documentation() != kind.documentation()
    assert entry.examples
    assert all(slot.description and slot.words for slot in slots(entry).values())
    assert set(entry.positional) <= set(slots(entry))


@pytest.mark.parametrize(("kind", "entry", "example"), EXAMPLES, ids=EXAMPLE_IDS)
def test_its_example_is_read_and_written_back(kind: type[Entry], entry: type[Entry], example: Example) -> None:
    result = made(kind, example)
    assert type(result) is entry
    assert made(kind, Example(written(result))) == result
    node = parse_expression(Source("example", example.text), Problems())
    assert node is not None and expression(node) == example.text


@pytest.mark.parametrize(("kind", "entry", "example"), EXAMPLES, ids=EXAMPLE_IDS)
def test_its_schema_validates_its_example(kind: type[Entry], entry: type[Entry], example: Example) -> None:
    schema = json.loads(resource("grammar", "netspec.schema.json").read_text(encoding="utf-8"))
    node = parse_expression(Source("example", example.text), Problems())
    assert node is not None
    reference = {"$ref": f"#/$defs/{kind.kind}", "$defs": schema["$defs"]}
    assert list(Draft202012Validator(reference).iter_errors(json.loads(entry_to_json(node, kind)))) == []


@pytest.mark.parametrize(("kind", "entry", "example"), SHAPED, ids=SHAPED_IDS)
def test_it_infers_the_shape_that_comes_out(kind: type[Entry], entry: type[Entry], example: Example) -> None:
    assert example.into is not None and example.out is not None, "an example says what it does to a shape"
    result = made(kind, example)
    value = torch.rand(BATCH, *example.into)
    match result:
        case Layer():
            shape, real = result.infer(Shape(example.into)), result.build(Shape(example.into))(value)
        case Transform():
            shape, real = result.infer(Shape(example.into)), result.apply(value, result.measure(value))
        case Augmentation():
            x = Shape(example.into)
            shape, real = result.infer(x), result.apply(value, result.draw(BATCH, x, generator(0)))
        case _:
            raise TypeError(result)
    assert shape.dims == example.out == tuple(real.shape[1:])


@pytest.mark.parametrize(("kind", "entry", "example"), SHAPED, ids=SHAPED_IDS)
@pytest.mark.parametrize("rank", range(1, 7))
def test_a_value_of_any_rank_is_taken_or_refused(
    kind: type[Entry], entry: type[Entry], example: Example, rank: int
) -> None:
    """Never anything else: a shape rule that fails in another way would be a traceback for the user."""
    result = made(kind, example)
    assert isinstance(result, Layer | Transform | Augmentation)
    try:
        assert result.infer(Shape((4,) * rank)).size > 0
    except Misfit as error:
        assert error.reason
