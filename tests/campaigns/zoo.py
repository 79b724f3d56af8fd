"""Networks of the zoo with weights of torchvision's: strict loading and equal outputs.

Case n is the network of that number, in the order of their names; the largest takes 10 GB of memory and a minute.

    python -m tests.campaigns.zoo --count 73
"""

from __future__ import annotations

import gc

import torch
from torch import nn

from netspec.builder.network import build_graph
from netspec.zoo import networks
from tests.campaigns.campaign import Mismatch, main
from tests.zoo.originals import NAMES, checked, original

TOLERANCE = 1e-5


def try_one(number: int) -> str:
    """Compare a network with torchvision's. Raises Mismatch."""
    name = NAMES[number]
    torch.manual_seed(number)
    theirs = unlike_new(original(name))
    ours = build_graph(checked(name).require().graph, seed=0).eval()
    state = {f"body.{key}": tensor for key, tensor in theirs.state_dict().items()}
    ours.load_state_dict(state, strict=True, assign=True)
    images = torch.randn(2, *networks()[name].input)
    with torch.inference_mode():
        expected, found = theirs(images), ours(images)
    largest = expected.abs().max().item()
    difference = (found - expected).abs().max().item()
    gc.collect()
    if not difference <= TOLERANCE * max(1.0, largest):
        raise Mismatch(f"outputs of {name} differ by {difference:.3g} of {largest:.3g}", name)
    if largest == 0:
        raise Mismatch(f"outputs of {name} are all 0, which shows nothing", name)
    return "equal outputs"


def unlike_new(module: nn.Module) -> nn.Module:
    """The module with statistics, scales and last layers that aren't 0 or 1, so that they make a difference."""
    for layer in module.modules():
        if isinstance(layer, nn.BatchNorm2d):
            tensors = layer.state_dict()
            nn.init.uniform_(tensors["running_mean"], -0.1, 0.1)
            nn.init.uniform_(tensors["running_var"], 0.9, 1.1)
            nn.init.uniform_(tensors["weight"], 0.9, 1.1)
    for tensor in module.parameters():
        if tensor.count_nonzero() == 0:
            nn.init.uniform_(tensor.data, -0.1, 0.1)
    return module


if __name__ == "__main__":
    main(try_one, __doc__)
