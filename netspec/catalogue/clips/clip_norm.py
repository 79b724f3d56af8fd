"""A largest length of the gradient."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.clips import Clip
from netspec.catalogue.entry import Example

if TYPE_CHECKING:
    from torch import nn


class ClipNorm(Clip):
    """Scale all gradients together so that their norm is at most `max_norm`: torch.nn.utils.clip_grad_norm_."""

    positional: ClassVar = ("max_norm",)
    torch_names: ClassVar = ("torch.nn.utils.clip_grad_norm_",)
    examples: ClassVar = (Example("clip_norm(1)"),)

    max_norm: Annotated[float, Field(gt=0, description="the largest norm of all gradients as one vector")]
    norm_type: Annotated[float, Field(gt=0, description="which norm: 2 is the Euclidean length")] = 2.0

    def apply(self, parameters: Iterable[nn.Parameter]) -> None:
        from torch.nn.utils import clip_grad_norm_

        clip_grad_norm_(parameters, self.max_norm, self.norm_type)

    def python(self) -> str:
        return f"nn.utils.clip_grad_norm_(net.parameters(), {self.max_norm!r}, {self.norm_type!r})"
