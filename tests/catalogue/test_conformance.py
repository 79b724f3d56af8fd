"""What holds of every entry of the catalogue; a new entry is tested here before it has a test of its own."""

from __future__ import annotations

import json
from dataclasses import replace
from math import prod
from typing import Any

import pytest
import torch
from jsonschema import Draft202012Validator

from netspec.catalogue.augmentations import Augmentation
from netspec.catalogue.entry import Entry, Example, entries
from netspec.catalogue.layers import Layer
from netspec.catalogue.listing import listed_kinds
from netspec.catalogue.sections import Section
from netspec.catalogue.slots import slots
from netspec.catalogue.transforms import Transform
from netspec.checker.entries.elaborate import Elaborator
from netspec.checker.names.scope import Scope
from netspec.lang.canonical_entries import canonical_entries
from netspec.lang.json.write import write_entry
from netspec.lang.text.expressions import expression
from netspec.lang.text.parser import parse_expression
from netspec.problems import Problems
from netspec.program.randomness import generator
from netspec.program.written import written
from netspec.resources import resource
from netspec.shapes import MisfitError, Shape
from netspec.source import Source

BATCH = 3
ENTRIES = [(kind, entry) for kind in listed_kinds() for entry in entries(kind)]
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
def test_the_formatter_keeps_the_names_that_its_example_has(
    kind: type[Entry], entry: type[Entry], example: Example
) -> None:
    node = parse_expression(Source("example", example.text), Problems())
    assert node is not None and expression(canonical_entries(node, kind, "one")) == example.text


@pytest.mark.parametrize(("kind", "entry", "example"), EXAMPLES, ids=EXAMPLE_IDS)
def test_its_schema_validates_its_example(kind: type[Entry], entry: type[Entry], example: Example) -> None:
    schema = json.loads(resource("grammar", "netspec.schema.json").read_text(encoding="utf-8"))
    node = parse_expression(Source("example", example.text), Problems())
    assert node is not None
    reference = {"$ref": f"#/$defs/{kind.kind_key()}", "$defs": schema["$defs"]}
    assert list(Draft202012Validator(reference).iter_errors(json.loads(write_entry(node, kind)))) == []


@pytest.mark.filterwarnings("ignore:LSTM with projections:UserWarning")
@pytest.mark.parametrize(("kind", "entry", "example"), SHAPED, ids=SHAPED_IDS)
def test_it_infers_the_shape_that_comes_out(kind: type[Entry], entry: type[Entry], example: Example) -> None:
    assert example.into is not None and example.out is not None, "an example says what it does to a shape"
    result = made(kind, example)
    if isinstance(result, Layer):
        shapes = shapes_of(example)
        inferred = result.outputs(*shapes)
        built = result.build(*shapes)
        real = built(*map(sample, shapes)) if callable(built) else built
        sizes = [tuple(tensor.shape[shape.batched :]) for tensor, shape in zip(several(real), inferred, strict=True)]
        assert tuple(shape.dims for shape in inferred) == example.outputs == tuple(sizes)
        return
    assert isinstance(result, Transform | Augmentation)
    x = Shape(example.inputs[0])
    value = sample(x)
    if isinstance(result, Transform):
        real = result.apply(value, result.fit([value]))
    else:
        real = result.apply(value, result.draw(BATCH, x, generator(0)))
    assert (result.infer(x).dims,) == example.outputs == (tuple(real.shape[1:]),)


def shapes_of(example: Example) -> tuple[Shape, ...]:
    """What an example takes."""
    return tuple(
        Shape(sizes, "int64" if whole else "float32")
        for sizes, whole in zip(example.inputs, example.whole, strict=True)
    )


def sample(shape: Shape) -> torch.Tensor:
    return (
        torch.zeros(BATCH, *shape.dims, dtype=torch.int64) if shape.dtype == "int64" else torch.rand(BATCH, *shape.dims)
    )


def several(result: Any) -> tuple[torch.Tensor, ...]:
    return result if isinstance(result, tuple) else (result,)


@pytest.mark.parametrize(("kind", "entry", "example"), SHAPED, ids=SHAPED_IDS)
@pytest.mark.parametrize("rank", range(7))
def test_a_value_of_any_rank_is_taken_or_refused(
    kind: type[Entry], entry: type[Entry], example: Example, rank: int
) -> None:
    """Never anything else: a shape rule that fails in another way would be a traceback for the user."""
    result = made(kind, example)
    assert isinstance(result, Layer | Transform | Augmentation)
    x = Shape((4,) * rank)
    try:
        if isinstance(result, Layer):
            xs = tuple(replace(shape, dims=x.dims) for shape in shapes_of(example))
            assert all(shape.size > 0 for shape in result.outputs(*xs))
            assert all(prod(sizes) > 0 for sizes in (result.parameters(*xs) | result.buffers(*xs)).values())
            assert result.flops(*xs) >= 0 and result.smallest_batch(*xs) >= 1
        else:
            assert result.infer(x).size > 0
    except MisfitError as error:
        assert error.reason
