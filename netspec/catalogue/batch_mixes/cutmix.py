"""A part of one image in another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.batch_mixes import Mix
from netspec.catalogue.entry import Example
from netspec.catalogue.targets.classes import Classes
from netspec.catalogue.types import DataType
from netspec.shapes import MisfitError

if TYPE_CHECKING:
    from numpy.random import Generator
    from torch import Tensor


class Cutmix(Mix):
    """A rectangle of an image is that of another, with a share from a Beta distribution (Yun and others, 2019)."""

    positional: ClassVar = ("alpha",)
    examples: ClassVar = (Example("cutmix(1.0)"),)
    torch_names: ClassVar = ("torchvision.transforms.v2.CutMix",)

    alpha: Annotated[
        float, Field(gt=0, description="both parameters of the Beta distribution of the share that isn't cut")
    ] = 1.0

    def fits(self, type: DataType) -> None:
        if not all(field.type.pictured for field in type.fields):
            raise MisfitError(f"`cutmix` cuts into images, and the data is {type}")
        Classes.required(type.target, self, help="mixup")

    def apply(self, first: Tensor, second: Tensor, rng: Generator) -> tuple[Tensor, float]:
        height, width = first.shape[-2:]
        half = 0.5 * (1 - float(rng.beta(self.alpha, self.alpha))) ** 0.5
        x, y = int(rng.integers(width)), int(rng.integers(height))
        left, right = max(x - int(half * width), 0), min(x + int(half * width), width)
        top, bottom = max(y - int(half * height), 0), min(y + int(half * height), height)
        mixed = first.clone()
        mixed[..., top:bottom, left:right] = second[..., top:bottom, left:right]
        return mixed, 1 - (right - left) * (bottom - top) / (width * height)
