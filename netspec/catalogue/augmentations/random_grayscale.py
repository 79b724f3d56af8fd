"""Make images grey by chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.augmentations._images import Sometimes
from netspec.catalogue.entry import Example
from netspec.catalogue.images import Probability
from netspec.catalogue.python import Python

if TYPE_CHECKING:
    from torch import Tensor


class RandomGrayscale(Sometimes):
    """Make an image grey with probability p; it keeps its channels, which become the same."""

    colours: ClassVar = True
    positional: ClassVar = ("p",)
    torch_names: ClassVar = ("torchvision.transforms.v2.RandomGrayscale",)
    examples: ClassVar = (Example("random_grayscale(0.2)", into=(3, 32, 32), out=(3, 32, 32)),)

    p: Probability = 0.1

    def changed(self, images: Tensor) -> Tensor:
        from netspec.modules import colours

        return colours.grey(images).expand_as(images)

    def python_changed(self) -> Python:
        return Python("grey(x).expand_as(x)", ("netspec.modules.colours.grey",))
