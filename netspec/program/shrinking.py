"""Networks with some of their channels removed: the same operations, with the arguments and shapes that are left."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from netspec.catalogue.channels import Argument, Axes, Axis, Channels, Count
from netspec.catalogue.layers import Layer
from netspec.program.channels import ChannelMap
from netspec.program.graph import Graph, Node

Left = Callable[[Axis], tuple[int, ...]]
"""The positions along an axis that are left."""


def left_of(channels: ChannelMap, removed: Collection[int]) -> Left:
    """The positions that are left without some groups, by their numbers."""
    gone = frozenset(removed)

    def left(axis: Axis) -> tuple[int, ...]:
        return tuple(position for position, channel in enumerate(axis) if channels.root(channel) not in gone)

    return left


def shrunk(channels: ChannelMap, removed: Collection[int]) -> Graph:
    """The graph of a network without some groups of channels, by their numbers; something is left of every axis.

    Every shape is inferred again by the layers themselves, so that a rule about channels that isn't true of its layer
    ends here with an error.
    """
    graph, left = channels.graph, left_of(channels, removed)
    shapes = {number: item.shape for number, item in enumerate(graph.inputs)}
    nodes: list[Node] = []
    for node, rule in zip(graph.nodes, channels.rules, strict=True):
        taken = tuple(channels.values[value] for value in node.inputs)
        layer = node.layer if rule is None else shrunk_layer(node.layer, rule, taken, left)
        inputs = tuple(shapes[value] for value in node.inputs)
        outputs = layer.outputs(*inputs)
        for value, shape in zip(node.outputs, outputs, strict=True):
            sizes = tuple(len(left(axis)) for axis in channels.values[value])
            assert shape.dims == sizes, f"{node.layer.name()} gives {shape}, and its channels say {sizes}"
            shapes[value] = shape
        nodes.append(replace(node, layer=layer, input_shapes=inputs, shapes=outputs))
    found = replace(graph, nodes=tuple(nodes))
    for name, sizes in tensor_sizes(found).items():
        expected = tuple(len(left(axis)) for axis in channels.tensors[name])
        assert sizes == expected, f"{name} has the sizes {sizes}, and its channels say {expected}"
    return found


def tensor_sizes(graph: Graph) -> dict[str, tuple[int, ...]]:
    """The sizes of the tensors of the state_dict."""
    return {tensor.name: tensor.sizes for tensor in graph.state_tensors}


def shrunk_layer(layer: Layer, rule: Channels, inputs: Iterable[Axes], left: Left) -> Layer:
    """The layer with the arguments that follow from what is left; if nothing of it is removed, as it is written."""
    axes = (axis for given in (*inputs, *rule.outputs, *rule.tensors.values()) for axis in given)
    if all(len(left(axis)) == len(axis) for axis in axes):
        return layer
    return layer.model_copy(update={name: _value(item, left) for name, item in rule.arguments.items()})


def _value(argument: Argument, left: Left) -> int | tuple[int, ...]:
    match argument:
        case Count(axis=axis):
            return len(left(axis))
        case int():
            return argument
        case _:
            return tuple(len(left(item.axis)) if isinstance(item, Count) else item for item in argument)
