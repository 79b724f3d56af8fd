"""Add noise to images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.augmentations._images import ImageAugmentation, seeds
from netspec.catalogue.entry import Example
from netspec.catalogue.python import Python
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Generator, Tensor


class GaussianNoise(ImageAugmentation):
    """Add a normal random number to each number of an image."""

    torch_names: ClassVar = ("torchvision.transforms.v2.GaussianNoise",)
    aliases: ClassVar = (
        "add_gaussian_noise",
        "gauss_noise",
    )
    examples: ClassVar = (Example("gaussian_noise(sigma=0.05)", into=(3, 32, 32), out=(3, 32, 32)),)

    mean: Annotated[float, Field(description="mean of the noise")] = 0.0
    sigma: Annotated[float, Field(ge=0, description="standard deviation of the noise")] = 0.1
    clip: Annotated[bool, Field(description="hold the sum between 0 and 1")] = True

    def draw(self, count: int, x: Shape, generator: Generator) -> Tensor:
        return seeds(count, generator)

    def apply(self, inputs: Tensor, drawn: Tensor) -> Tensor:
        from netspec.modules import noise

        noisy = inputs + self.mean + self.sigma * noise.normal(drawn, *inputs.shape[1:])
        return noisy.clamp(0, 1) if self.clip else noisy

    def python(self, x: Shape) -> Python:
        noisy = f"x + {self.mean!r} + {self.sigma!r} * normal(drawn, *x.shape[1:])"
        drawn = "torch.randint(2**62, (count,), generator=rng)"
        return Python(f"({noisy}).clamp(0, 1)" if self.clip else noisy, ("netspec.modules.noise.normal",), drawn)
