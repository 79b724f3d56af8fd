"""Operations that change places, where that gives the same numbers for less work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from torch import Tensor, nn

from netspec.program.graph import Graph, Node

Applied = tuple[Node, nn.Module | Tensor | str]
"""An operation at the place where it is applied, and what does it, of a tensor perhaps its path."""


def reordered(graph: Graph, items: Sequence[nn.Module | Tensor | str]) -> list[Applied]:
    """The operations in the order in which they are applied: a ReLU whose value a max pooling alone takes comes after
    it, where there are a fraction of the numbers.

    The largest of rectified numbers is the largest of them, rectified. The gradients are the same too: where several
    numbers of a window are the largest, they are positive and the first of them gets the gradient either way, or none
    does.
    """
    applied = list(zip(graph.nodes, items, strict=True))
    uses = Counter(value for node in graph.nodes for value in node.inputs)
    uses.update(output.value for output in graph.outputs)
    makers = {value: index for index, node in enumerate(graph.nodes) for value in node.outputs}
    for index, node in enumerate(graph.nodes):
        maker = makers.get(node.inputs[0]) if node.layer.picks_largest and len(node.outputs) == 1 else None
        if maker is None or uses[node.inputs[0]] > 1:
            continue
        relu, module = applied[maker]
        if relu.layer.rectifies:
            pool = replace(node, inputs=relu.inputs, outputs=relu.outputs)
            after = replace(
                relu, inputs=node.inputs, outputs=node.outputs, input_shapes=node.shapes, shapes=node.shapes
            )
            applied[maker], applied[index] = (pool, applied[index][1]), (after, module)
    return applied
