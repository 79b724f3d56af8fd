"""A tensor that is kept and not learned."""

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


class Buffer(Layer):
    """A tensor that is kept in the state_dict and not learned: register_buffer of torch.nn.Module.

    Under its label it is a value that lines below may take.
    """

    inputs: ClassVar = Inputs(())
    positional: ClassVar = ("shape",)
    torch_names: ClassVar = ("torch.nn.Buffer",)
    unlike_torch: ClassVar = {
        "data": "a tensor in Python; `shape` and `value` are there instead",
        "persistent": "it is always in the state_dict",
    }
    examples: ClassVar = (Example("buffer([96, 1, 1], value=1)", into=(), out=(96, 1, 1)),)

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
        return tensor

    def buffers(self) -> dict[str, tuple[int, ...]]:
        return {"": self.shape}
