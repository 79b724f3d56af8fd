"""Normalisation of each channel of a sample."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._spatial import Channelwise, check_spatial
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import nn


class InstanceNorm(Channelwise):
    """Bring each channel of a sample to mean 0 and variance 1. The rank is taken from the value:
    torch.nn.InstanceNorm1d, 2d or 3d.

    With `track_running_stats=true` evaluation takes the running mean and variance of the training instead.

    Ulyanov, Vedaldi and Lempitsky, Instance Normalization, 2016.
    """

    inferred: ClassVar = "num_features"
    torch_names: ClassVar = ("torch.nn.InstanceNorm1d", "torch.nn.InstanceNorm2d", "torch.nn.InstanceNorm3d")
    aliases: ClassVar = (
        "in_norm",
        "instance_normalization",
    )
    unlike_torch: ClassVar = {"bias": "torch has it only of late; `affine` is for the scale and the shift"}
    examples: ClassVar = (Example("instance_norm(affine=true)", into=(16, 8, 8), out=(16, 8, 8)),)

    eps: Annotated[float, Field(gt=0, description="added to the variance, so that nothing is divided by 0")] = 1e-5
    momentum: Annotated[float, Field(ge=0, le=1, description="weight of a batch in the running mean and variance")] = (
        0.1
    )
    affine: Annotated[bool, Field(description="learn a scale and a shift for each channel")] = False
    track_running_stats: Annotated[bool, Field(description="keep a running mean and variance for evaluation")] = False

    def infer(self, x: Shape) -> Shape:
        check_spatial("instance_norm", x)
        if x.size == x.channels:
            raise MisfitError(f"a channel of {x} has one number, which has no variance")
        return x

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        module = {2: nn.InstanceNorm1d, 3: nn.InstanceNorm2d, 4: nn.InstanceNorm3d}[x.rank]
        return module(x.channels, self.eps, self.momentum, self.affine, self.track_running_stats)

    def variant(self, x: Shape) -> int:
        return x.rank

    def parameters(self, x: Shape) -> dict[str, tuple[int, ...]]:
        return {"weight": (x.channels,), "bias": (x.channels,)} if self.affine else {}

    def buffers(self, x: Shape) -> dict[str, tuple[int, ...]]:
        if not self.track_running_stats:
            return {}
        return {"running_mean": (x.channels,), "running_var": (x.channels,), "num_batches_tracked": ()}
