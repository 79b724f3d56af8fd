"""Graphs to draw: a chain, residual blocks, a U-Net, two inputs, several outputs, and any at all."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from netspec.catalogue.layers import Layer
from netspec.catalogue.layers.add import Add
from netspec.catalogue.layers.chunk import Chunk
from netspec.catalogue.layers.concat import Concat
from netspec.catalogue.layers.conv import Conv
from netspec.catalogue.layers.linear import Linear
from netspec.catalogue.layers.max_pool import MaxPool
from netspec.catalogue.layers.parameter import Parameter
from netspec.catalogue.layers.relu import ReLU
from netspec.catalogue.layers.upsample import Upsample
from netspec.program.graph import Graph, Input, Node, Output
from netspec.shapes import Shape
from netspec.source import Source
from tests.graphs import chain, wired

SPAN = Source("spec.net", "model { … }").span(0, 5)
Operations = Sequence[tuple[str, Layer, tuple[int, ...]]]


def graph(inputs: dict[str, Shape], operations: Operations, outputs: dict[str, int]) -> Graph:
    """A graph of operations on values by their numbers; an operation may give several."""
    shapes, nodes = list(inputs.values()), list[Node]()
    for path, layer, values in operations:
        incoming = tuple(shapes[value] for value in values)
        found = layer.outputs(*incoming)
        numbers = tuple(range(len(shapes), len(shapes) + len(found)))
        nodes.append(Node(path, layer, values, numbers, incoming, found, SPAN))
        shapes += found
    return Graph(
        tuple(Input(name, shape) for name, shape in inputs.items()),
        tuple(nodes),
        tuple(Output(name, value) for name, value in outputs.items()),
    )


CHAIN = chain(Shape.of(784), [("fc1", Linear(out_features=256)), ("1", ReLU()), ("fc2", Linear(out_features=10))], SPAN)


def conv(channels: int) -> Conv:
    return Conv(out_channels=channels, kernel_size=3, padding=1)


RESNET = wired(
    Shape.of(8, 14, 14),
    [
        ("layer1.0.conv1", conv(8), (0,)),
        ("layer1.0.1", ReLU(), (1,)),
        ("layer1.0.conv2", conv(8), (2,)),
        ("layer1.0.+", Add(), (3, 0)),
        ("layer2.0.conv1", conv(16), (4,)),
        ("layer2.0.downsample", conv(16), (4,)),
        ("layer2.0.conv2", conv(16), (5,)),
        ("layer2.0.+", Add(), (7, 6)),
        ("2", ReLU(), (8,)),
    ],
    SPAN,
)

UNET = wired(
    Shape.of(1, 16, 16),
    [
        ("down1", conv(4), (0,)),
        ("1", MaxPool(kernel_size=2), (1,)),
        ("down2", conv(8), (2,)),
        ("3", MaxPool(kernel_size=2), (3,)),
        ("bottom", conv(16), (4,)),
        ("up2.0", Upsample(scale_factor=2), (5,)),
        ("up2.1", Concat(), (6, 3)),
        ("up2.2", conv(8), (7,)),
        ("up1.0", Upsample(scale_factor=2), (8,)),
        ("up1.1", Concat(), (9, 1)),
        ("up1.2", conv(4), (10,)),
    ],
    SPAN,
)

SIAMESE = graph(
    {"left": Shape.of(784), "right": Shape.of(784)},
    [("tower", Linear(out_features=8), (0,)), ("tower", Linear(out_features=8), (1,)), ("+", Add(), (2, 3))],
    {"output": 4},
)

SEVERAL = graph(
    {"input": Shape.of(4, 8)},
    [
        ("scale", Parameter(shape=(4, 8)), ()),
        ("+", Add(), (0, 1)),
        ("chunk", Chunk(chunks=2, dim=1), (2,)),
        ("+2", Add(), (3, 4)),
        ("unused", ReLU(), (2,)),
    ],
    {"half": 3, "sum": 5},
)

NETWORKS = {"chain": CHAIN, "resnet": RESNET, "unet": UNET, "siamese": SIAMESE, "several": SEVERAL}


@st.composite
def networks(draw: st.DrawFn) -> Graph:
    """Any wiring of some operations, in scopes."""
    operations: list[tuple[str, Layer, tuple[int, ...]]] = []
    inputs = draw(st.integers(1, 3))
    for number in range(draw(st.integers(0, 25))):
        value = st.integers(0, inputs + number - 1)
        taken = draw(st.one_of(st.tuples(value), st.tuples(value, value)))
        layer = ReLU() if len(taken) == 1 else Add()
        operations.append((draw(st.sampled_from(["", "a.", "b.", "b.c."])) + str(number), layer, taken))
    ends = draw(st.lists(st.integers(0, inputs + len(operations) - 1), min_size=1, max_size=3))
    return graph(
        {f"input{number}": Shape.of(8) for number in range(inputs)},
        operations,
        {f"output{number}": value for number, value in enumerate(ends)},
    )
