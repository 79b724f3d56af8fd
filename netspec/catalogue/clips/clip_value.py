"""A largest value of the gradient."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.clips import Clip
from netspec.catalogue.entry import Example

if TYPE_CHECKING:
    from torch import nn


class ClipValue(Clip):
    """Cut every number of the gradients off at `clip_value` and minus that: torch.nn.utils.clip_grad_value_."""

    positional: ClassVar = ("clip_value",)
    torch_names: ClassVar = ("torch.nn.utils.clip_grad_value_",)
    examples: ClassVar = (Example("clip_value(0.5)"),)

    clip_value: Annotated[float, Field(gt=0, description="the largest number, with either sign")]

    def apply(self, parameters: Iterable[nn.Parameter]) -> None:
        from torch.nn.utils import clip_grad_value_

        clip_grad_value_(parameters, self.clip_value)

    def python(self) -> str:
        return f"nn.utils.clip_grad_value_(net.parameters(), {self.clip_value!r})"
