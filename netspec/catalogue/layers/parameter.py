"""A learned tensor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.channels import Channels, Ties, constant
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Inputs, Layer
from netspec.catalogue.values import PositiveInt
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Tensor


class Parameter(Layer):
    """A learned tensor by itself: torch.nn.Parameter. Under its label it is a value that lines below may take.

    `scale: parameter([96, 1, 1], value=1e-6)` is a scale for each of 96 channels; a 1 in front stands for the batch,
    as in `class_token: parameter([1, 1, 768])`. Its label is its name in the state_dict.
    """

    inputs: ClassVar = Inputs(())
    positional: ClassVar = ("shape",)
    torch_names: ClassVar = ("torch.nn.Parameter",)
    unlike_torch: ClassVar = {
        "data": "a tensor in Python; `shape`, `value` and `std` are there instead",
        "requires_grad": "`freeze` in `train` says what isn't learned",
    }
    examples: ClassVar = (Example("parameter([96, 1, 1], value=1)", into=(), out=(96, 1, 1)),)

    shape: Annotated[tuple[PositiveInt, ...], Field(description="its sizes; a 1 in front may stand for the batch")]
    value: Annotated[float, Field(description="what it is filled with at first, or the mean of it")] = 0.0
    std: Annotated[float, Field(ge=0, description="standard deviation of its first values around `value`")] = 0.0

    def infer(self) -> Shape:
        return Shape(self.shape, batched=False)

    def channels(self, ties: Ties) -> Channels:
        return constant(ties, self.shape)

    def build(self) -> Tensor:
        import torch

        tensor = torch.full(self.shape, self.value)
        if self.std:
            tensor += self.std * torch.randn(self.shape)
        return torch.nn.Parameter(tensor)

    def parameters(self) -> dict[str, tuple[int, ...]]:
        return {"": self.shape}
