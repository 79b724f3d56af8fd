"""Every layer of the catalogue in a script computes what the module that netspec builds computes, to the bit."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from netspec.builder.network import build_graph
from netspec.catalogue.entry import Example, entries, names
from netspec.catalogue.layers import Layer
from netspec.ejector.assembly import assembled
from netspec.ejector.network import is_written, network_text
from netspec.ejector.pieces import Pieces
from netspec.program.graph import Graph, Input, Node, Output
from netspec.shapes import MisfitError, Shape
from netspec.source import Source, Span
from tests.campaigns.generate import generate
from tests.catalogue.layer_cases import CASES, Case
from tests.catalogue.test_conformance import made, shapes_of
from tests.catalogue.test_layers_in_training import inputs
from tests.ejector.scripts import namespace
from tests.specs import check

SPAN = Span(Source("x", "x"), 0, 1)
EXAMPLES = [(layer, example) for layer in entries(Layer) for example in layer.examples]
BATCH = 3

pytestmark = [
    pytest.mark.filterwarnings("ignore:enable_nested_tensor:UserWarning"),
    pytest.mark.filterwarnings("ignore:LSTM with projections:UserWarning"),
    pytest.mark.filterwarnings("ignore:Using padding='same':UserWarning"),
    pytest.mark.filterwarnings("ignore:Initializing zero-element tensors:UserWarning"),
]


def graph_of(layer: Layer, shapes: Sequence[Shape]) -> Graph:
    """A network of one operation, whose inputs without a batch are learned tensors."""
    tensor = made_tensor
    outputs, count = layer.outputs(*shapes), len(shapes) or 1
    given = tuple(Input(f"input{index}", shape if shape.batched else Shape((1,))) for index, shape in enumerate(shapes))
    nodes: list[Node] = []
    values: list[int] = []
    for index, shape in enumerate(shapes):
        values.append(index)
        if not shape.batched:
            values[-1] = count + len(nodes)
            nodes.append(Node(f"learned{index}", tensor(shape), (), (values[-1],), (), (shape,), SPAN))
    first = count + len(nodes)
    results = tuple(range(first, first + len(outputs)))
    nodes.append(Node("layer", layer, tuple(values), results, tuple(shapes), outputs, SPAN))
    named = tuple(Output(f"output{number}", number) for number in results)
    return Graph(given or (Input("input", Shape((1,))),), tuple(nodes), named)


def made_tensor(shape: Shape) -> Layer:
    found = made(Layer, Example(f"parameter({list(shape.dims)}, std=1)"))
    assert isinstance(found, Layer)
    return found


def network_of(graph: Graph) -> nn.Module:
    """The network of a script."""
    pieces = Pieces()
    lines = network_text(graph, pieces).lines
    torch.manual_seed(5)
    return namespace(assembled(['"""A network."""'], [], [lines, []], pieces.copies))["Net"]()


def assert_alike(graph: Graph, taken: Sequence[Tensor]) -> None:
    """The network of a script has the weights and the results of the module that netspec builds."""
    mine, reference = network_of(graph), build_graph(graph, 5)
    pairs = zip(mine.state_dict().values(), reference.state_dict().values(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)
    for training in (True, False):
        results: list[list[Tensor]] = []
        for network in (mine, reference):
            torch.manual_seed(3)
            found = network.train(training)(*taken)
            results.append(list(found.values()) if isinstance(found, dict) else [found])
        for one, other in zip(*results, strict=True):
            assert torch.equal(one.nan_to_num(7), other.nan_to_num(7))


@pytest.mark.parametrize(("layer", "example"), EXAMPLES, ids=[example.text for _, example in EXAMPLES])
def test_a_layer_in_a_script_computes_the_same_bits(layer: type[Layer], example: Example) -> None:
    shapes = shapes_of(example) if example.into else ()
    one = made(Layer, example)
    assert isinstance(one, Layer)
    assert_alike(graph_of(one, shapes), inputs(layer, example) if example.into else [torch.zeros(BATCH, 1)])


@pytest.mark.parametrize("name", names(Layer))
def test_a_layer_with_any_arguments_is_written_down(name: str) -> None:
    @given(CASES[name], st.data())
    @settings(max_examples=15)
    def property_holds(case: Case, _: st.DataObject) -> None:
        layer, shapes = case
        try:
            layer.check()
            layer.outputs(*shapes)
        except MisfitError:
            return
        graph = graph_of(layer, shapes)
        assert is_written(graph.nodes[-1])
        assert_alike(graph, [values(shape) for shape in graph.shapes[: len(graph.inputs)]])

    property_holds()


@pytest.mark.parametrize("start", range(0, 60, 20))
def test_a_random_network_computes_the_same_bits(start: int) -> None:
    """Networks with branches, joins, blocks, loops, learned tensors and weights that are applied again."""
    tried = 0
    for number in range(start, start + 20):
        program = check(generate(number).text).program
        if program is not None and not any(node.layer.varies(training=True) for node in program.graph.nodes):
            graph = program.graph
            assert_alike(graph, [values(shape) for shape in graph.shapes[: len(graph.inputs)]])
            tried += 1
    assert tried > 3


def values(shape: Shape) -> Tensor:
    """A batch of random numbers, or of indices that every layer takes."""
    size = (BATCH, *shape.dims)
    return torch.zeros(size, dtype=torch.int64) if shape.dtype == "int64" else torch.rand(size) + 0.1
