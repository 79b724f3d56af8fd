"""The last feature maps of a network: what says where in an image something is."""

from __future__ import annotations

from netspec.immutable import immutable
from netspec.program.graph import Graph

IMAGE = 3
"""The dimensions of feature maps [channels, height, width]."""


@immutable
class SpatialMap:
    """Feature maps: their value in the graph, the path of the layer that they are the output of, and the index of the
    input whose image they are made of."""

    value: int
    path: str
    image: int


def spatial_map(graph: Graph) -> SpatialMap | str:
    """The last feature maps that the output is computed from; why there are none, in words.

    They are made by convolutions, or of what convolutions made, of an image that is an input, and have more than one
    position: those of a global average pooling say nothing of where anything is, nor do those behind a linear layer.
    """
    images = [index for index, item in enumerate(graph.inputs) if item.shape.rank == IMAGE]
    if len(images) != 1:
        return "the network has no image as its input" if not images else "the network has several images as inputs"
    if len(graph.outputs) != 1 or graph.output.rank != 1:
        return "the output of the network is not one number for each class"
    placed, convolved = {images[0]}, set[int]()
    found: SpatialMap | None = None
    for index, node in enumerate(graph.nodes):
        if index not in graph.live or placed.isdisjoint(node.inputs):
            continue
        is_convolved = node.layer.convolves or not convolved.isdisjoint(node.inputs)
        for value, shape in zip(node.outputs, node.shapes, strict=True):
            if shape.rank != IMAGE or not shape.batched:
                continue  # what is made of it has no places any more
            placed.add(value)
            if is_convolved:
                convolved.add(value)
                found = SpatialMap(value, node.path, images[0]) if max(shape.spatial) > 1 else found
    return found or "no convolution of the network has feature maps: Grad-CAM is for convolutional networks"
