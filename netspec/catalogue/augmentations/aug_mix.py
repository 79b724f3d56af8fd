"""Mix images with what chains of operations make of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.augmentations._automatic import Automatic
from netspec.catalogue.augmentations._images import seeds
from netspec.catalogue.entry import Example
from netspec.catalogue.images import Interpolation
from netspec.catalogue.targets import Target
from netspec.catalogue.values import PositiveInt
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    from torch import Generator, Tensor


LONGEST = 3
"""The most operations in a chain of random length."""


class AugMix(Automatic):
    """Mix an image with what chains of random operations make of it, in random shares (Hendrycks and others, 2020)."""

    torch_names: ClassVar = ("torchvision.transforms.v2.AugMix",)
    examples: ClassVar = (
        Example("aug_mix", into=(3, 32, 32), out=(3, 32, 32)),
        Example("aug_mix(severity=5, chain_depth=2)", into=(3, 32, 32), out=(3, 32, 32)),
    )

    severity: Annotated[int, Field(ge=1, le=10, description="how many of the ten strengths are drawn from")] = 3
    mixture_width: Annotated[PositiveInt, Field(description="how many chains")] = 3
    chain_depth: Annotated[
        PositiveInt | Literal[-1], Field(description="how many operations in a chain; -1 is from 1 to 3 at random")
    ] = -1
    alpha: Annotated[float, Field(gt=0, description="parameter of the Dirichlet distributions of the shares")] = 1.0
    all_ops: Annotated[bool, Field(description="brightness, contrast, colour and sharpness too")] = True
    interpolation: Interpolation = "bilinear"

    def fits(self, target: Target) -> None:
        if target.on_pixels:
            raise MisfitError(
                "`aug_mix` puts an image together from several that are moved differently, and the targets are "
                f"{target.plural}, which lie on its pixels",
                help="`rand_augment` and `trivial_augment` move them with the image",
            )

    def draw(self, count: int, x: Shape, generator: Generator) -> Tensor:
        """The steps of all chains, and the shares of the image and of each chain."""
        import torch

        from netspec.modules import operations

        names = operations.ALL[1:] if self.all_ops else operations.AUGMIX
        shape = (count, self.mixture_width, self._longest)
        chosen = torch.randint(len(names), shape, generator=generator)
        strengths = torch.randint(self.severity, shape, generator=generator)
        steps = operations.steps(operations.MIXED, names, chosen, strengths, 10, x.spatial, generator)
        if self.chain_depth == -1:
            depths = torch.randint(1, LONGEST + 1, shape[:2], generator=generator).unsqueeze(2)
            indices = torch.arange(LONGEST)
            steps[..., 0] = steps[..., 0].where(indices < depths, operations.NONE)
        return torch.cat((steps.flatten(1), self._shares(count, generator)), 1)

    def _shares(self, count: int, generator: Generator) -> Tensor:
        import numpy as np
        import torch

        rng = np.random.default_rng(int(seeds(1, generator)))
        augmented = rng.beta(self.alpha, self.alpha, (count, 1))
        chains = rng.dirichlet([self.alpha] * self.mixture_width, count)
        return torch.from_numpy(np.concatenate((1 - augmented, augmented * chains), 1)).float()

    @property
    def _longest(self) -> int:
        return LONGEST if self.chain_depth == -1 else self.chain_depth

    def apply(self, inputs: Tensor, drawn: Tensor) -> Tensor:
        chains = drawn[:, : -1 - self.mixture_width].view(-1, self.mixture_width, self._longest, 8)
        own, *shares = drawn[:, -1 - self.mixture_width :, None, None, None].unbind(1)
        mixed = inputs * own
        for steps, share in zip(chains.unbind(1), shares, strict=True):
            mixed += share * super().apply(inputs, steps)
        return mixed
