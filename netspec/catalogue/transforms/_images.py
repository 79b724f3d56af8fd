"""Transforms of images."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.fields.image import Image
from netspec.catalogue.images import image
from netspec.catalogue.transforms import Transform
from netspec.shapes import Shape


class ImageTransform(Transform):
    """A transform of images."""

    field: ClassVar = Image
    colours: ClassVar[bool] = False
    """Whether it is for grey and coloured images alone."""

    def infer(self, x: Shape) -> Shape:
        return image(self, x, self.colours)
