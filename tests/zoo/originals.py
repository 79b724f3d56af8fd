"""torchvision's networks, of which the zoo's are copies."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import torch
import torchvision
from torch import nn
from torchvision.models.regnet import BlockParams

from netspec.checker import Checked
from netspec.zoo import networks
from tests.specs import check

NAMES = tuple(networks())
WITHOUT_AUXILIARY = {"aux_logits": False, "init_weights": False}
"""GoogLeNet and Inception without the heads that their training alone uses."""


def checked(name: str, side: int | None = None) -> Checked:
    """The check of a spec with the zoo's network below `body`, for images of that height and width."""
    channels, *_ = networks()[name].input
    side = side or networks()[name].input[1]
    data = f"data {{ source = synthetic(image=[{channels}, {side}, {side}], classes=1000) }}"
    return check(f"{data}\nmodel {{ body: zoo.{name} }}\n")


def original(name: str) -> nn.Module:
    """torchvision's network, in evaluation."""
    arguments: dict[str, Any] = WITHOUT_AUXILIARY if name in ("googlenet", "inception_v3") else {}
    return torchvision.models.get_model(name, weights=None, **arguments).eval()


@contextmanager
def without_numbers() -> Generator[None]:
    """Within it a network is built without any numbers in its tensors, which costs neither time nor memory."""
    widths = BlockParams.from_init_params

    def on_the_cpu(*arguments: Any, **keywords: Any) -> BlockParams:
        with torch.device("cpu"):  # it computes sizes with tensors
            return widths(*arguments, **keywords)

    with mock.patch.object(BlockParams, "from_init_params", on_the_cpu), torch.device("meta"):
        yield
