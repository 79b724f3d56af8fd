"""Batch normalisation, of a vector, a sequence, an image or a volume."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._spatial import Channelwise
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import nn


class BatchNorm(Channelwise):
    """Bring each channel to mean 0 and variance 1 over the batch, then scale and shift it by learned numbers.

    In evaluation the running mean and variance of the training take the batch's place, unless
    `track_running_stats=false`: then each batch is normalized by its own statistics in evaluation too. `run`, `eval`
    and `report` evaluate in batches of 4 times `batch_size`, so that their metrics are the same; what `predict` returns
    for a sample depends on the samples that are predicted together with it.

    The rank is taken from the value: torch.nn.BatchNorm1d, 2d or 3d.

    Ioffe and Szegedy, Batch Normalization, ICML 2015.
    """

    inferred: ClassVar = "num_features"
    torch_names: ClassVar = ("torch.nn.BatchNorm1d", "torch.nn.BatchNorm2d", "torch.nn.BatchNorm3d")
    aliases: ClassVar = (
        "bn",
        "batch_normalization",
        "batchnorm",
    )
    unlike_torch: ClassVar = {"bias": "torch has it only of late; `affine` is for the scale and the shift"}
    examples: ClassVar = (
        Example("batch_norm", into=(256,), out=(256,)),
        Example("batch_norm(momentum=0.01)", into=(16, 12, 12), out=(16, 12, 12)),
    )

    eps: Annotated[float, Field(gt=0, description="added to the variance, so that nothing is divided by 0")] = 1e-5
    momentum: Annotated[
        float | None,
        Field(ge=0, le=1, description="weight of a batch in the running mean and variance; none means their average"),
    ] = 0.1
    affine: Annotated[bool, Field(description="learn a scale and a shift for each channel")] = True
    track_running_stats: Annotated[bool, Field(description="keep a running mean and variance for evaluation")] = True

    @property
    def removes_bias(self) -> bool:
        return self.affine

    @property
    def normalizes_batch(self) -> bool:
        return self.track_running_stats

    def varies(self, *, training: bool) -> bool:
        return training or not self.track_running_stats

    def infer(self, x: Shape) -> Shape:
        if not 1 <= x.rank <= 4:
            raise MisfitError(f"`batch_norm` takes 1 to 4 dimensions, not {x.rank}: {x}")
        if not self.track_running_stats and x.size == x.channels:
            reason = "evaluation of a single sample has one number for each channel, which has no variance"
            raise MisfitError(reason, argument="track_running_stats")
        return x

    def smallest_batch(self, x: Shape) -> int:
        # one number has no variance
        return 2 if x.size == x.channels else 1

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        module = {1: nn.BatchNorm1d, 2: nn.BatchNorm1d, 3: nn.BatchNorm2d, 4: nn.BatchNorm3d}[x.rank]
        return module(x.channels, self.eps, self.momentum, self.affine, self.track_running_stats)

    def variant(self, x: Shape) -> int:
        # BatchNorm1d is for vectors and sequences
        return max(x.rank, 2)

    def parameters(self, x: Shape) -> dict[str, tuple[int, ...]]:
        return {"weight": (x.channels,), "bias": (x.channels,)} if self.affine else {}

    def buffers(self, x: Shape) -> dict[str, tuple[int, ...]]:
        if not self.track_running_stats:
            return {}
        return {"running_mean": (x.channels,), "running_var": (x.channels,), "num_batches_tracked": ()}
