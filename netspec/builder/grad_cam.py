"""Grad-CAM: where in an image a convolutional network finds what speaks for a class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor
from torch.nn import functional as F

from netspec.builder.network import Network, applied_steps
from netspec.program.graph import Graph, Output
from netspec.program.spatial import SpatialMap, spatial_map

Inputs = Sequence[Tensor]


def grad_cam(network: Network, graph: Graph, inputs: Inputs, classes: Tensor) -> Tensor | None:
    """Where the network finds what speaks for the classes [N], one for each sample: maps [N, H, W] from 0 to 1 in the
    size of the image among the inputs [N, …]. None if the network has no map; `spatial_map` of the graph has the
    reason.

    With the feature maps A of the last layer that has any, and the output y of the class, the map is
    relu(sum over k of a_k A_k), where a_k is the mean of dy / dA_k over all positions: equations 1 and 2 of Selvaraju
    et al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization", ICCV 2017,
    arXiv:1610.02391. It is enlarged bilinearly and divided by its largest value; a map of zeros stays one. The one
    output of a network for two classes speaks for the second, and against the first.

    The network should be in evaluation mode. Neither its parameters nor their gradients change.
    """
    found = spatial_map(graph)
    if not isinstance(found, SpatialMap):
        return None
    # without cuDNN, which has no gradients of recurrent layers in evaluation mode
    with torch.inference_mode(False), torch.enable_grad(), torch.backends.cudnn.flags(enabled=False):
        features, output = _features_and_output(network, graph, found.value, inputs)
        (gradient,) = torch.autograd.grad(_scores(output, classes.clone()).sum(), features)
    maps = F.relu((gradient.mean((2, 3), keepdim=True) * features).sum(1, keepdim=True)).detach().float()
    maps = F.interpolate(maps, inputs[found.image].shape[2:], mode="bilinear", align_corners=False).squeeze(1)
    largest = maps.amax((1, 2), keepdim=True)
    return maps / torch.where(largest > 0, largest, 1)


def _features_and_output(network: Network, graph: Graph, value: int, inputs: Inputs) -> tuple[Tensor, Tensor]:
    """The feature maps [N, C, h, w] and the output [N, …] that the network computes from them, with its gradient."""
    part = replace(graph, outputs=(Output("features", value), graph.outputs[0]))
    steps = applied_steps(part, network.items)
    # the features have a gradient only if what they are made of has one, and all weights may be frozen
    taken = (one.detach().clone().requires_grad_(one.is_floating_point()) for one in inputs)

    def apply(*arranged: Tensor) -> tuple[Tensor, Tensor]:
        values = dict(enumerate(arranged))
        network.apply_steps(steps, values)
        return values[value], values[graph.outputs[0].value]

    return network.execution.computed(apply, *network.execution.arranged(*taken))


def _scores(output: Tensor, classes: Tensor) -> Tensor:
    """The output [N] for the class of each sample."""
    if output.shape[1] == 1:
        return output.squeeze(1) * (2 * classes - 1).to(output.dtype)
    return output.gather(1, classes.unsqueeze(1)).squeeze(1)
