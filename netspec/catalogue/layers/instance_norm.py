"""Normalisation of each channel of a sample."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue._spatial import check_spatial
from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.shapes import Misfit, Shape

if TYPE_CHECKING:
    from torch import nn


class InstanceNorm(Layer):
    """Bring each channel of a sample to mean 0 and variance 1. The rank is taken from the value:
    torch.nn.InstanceNorm1d, 2d or 3d.

    Ulyanov, Vedaldi and Lempitsky, Instance Normalization, 2016.
    """

    inferred: ClassVar = "num_features"
    torch_names: ClassVar = ("torch.nn.InstanceNorm1d", "torch.nn.InstanceNorm2d", "torch.nn.InstanceNorm3d")
    examples: ClassVar = (Example("instance_norm(affine=true)", into=(16, 8, 8), out=(16, 8, 8)),)

    eps: Annotated[float, Field(gt=0, description="added to the variance, so that nothing is divided by 0")] = 1e-5
    affine: Annotated[bool, Field(description="learn a scale and a shift for each channel")] = False

    def infer(self, x: Shape) -> Shape:
        check_spatial("instance_norm", x)
        if x.size == x.channels:
            raise Misfit(f"a channel of {x} has one number, which has no variance")
        return x

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        module = {2: nn.InstanceNorm1d, 3: nn.InstanceNorm2d, 4: nn.InstanceNorm3d}[x.rank]
        return module(x.channels, self.eps, affine=self.affine)

    def variant(self, x: Shape) -> int:
        return x.rank

    def parameters(self, x: Shape) -> dict[str, tuple[int, ...]]:
        return {"weight": (x.channels,), "bias": (x.channels,)} if self.affine else {}
