"""Change images by pairs of operations that were learned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.augmentations._automatic import Automatic
from netspec.catalogue.augmentations._policies import POLICIES
from netspec.catalogue.entry import Example
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Generator, Tensor


class AutoAugment(Automatic):
    """Put an image through one of 25 pairs of operations, each with its probability and its strength.

    They were found by search to help most on ImageNet, CIFAR-10 or SVHN (Cubuk and others, 2019).
    """

    positional: ClassVar = ("policy",)
    torch_names: ClassVar = ("torchvision.transforms.v2.AutoAugment",)
    examples: ClassVar = (
        Example("auto_augment", into=(3, 32, 32), out=(3, 32, 32)),
        Example("auto_augment(cifar10)", into=(3, 32, 32), out=(3, 32, 32)),
    )

    policy: Annotated[
        Literal["imagenet", "cifar10", "svhn"], Field(description="the data set that the pairs were found on")
    ] = "imagenet"

    def draw(self, count: int, x: Shape, generator: Generator) -> Tensor:
        import torch

        from netspec.modules import operations

        names = ("identity", *operations.CHANGES, *operations.WARPS)
        policy = POLICIES[self.policy]
        table = torch.tensor([[(names.index(name), p, strength) for name, p, strength in pair] for pair in policy])
        drawn = table[torch.randint(len(policy), (count,), generator=generator)]
        places, p, strengths = drawn.unbind(2)
        chosen = places.where(torch.rand(count, 2, generator=generator) <= p, 0).long()
        return operations.steps(operations.STANDARD, names, chosen, strengths.long(), 10, x.spatial, generator)
