"""The form that images of a source are brought to, and their turn to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netspec.formats.images import PILLOW, WHITE, Background, Header, Mode
from netspec.immutable import immutable

if TYPE_CHECKING:
    from PIL.Image import Image


@immutable
class Form:
    """What images are brought to: a mode, a size (height, width), numbers, and a color behind transparent pixels.

    Pixels are uint8; where any image is `deep` (16 bits), float32 from 0 to 1. Unless `resize` and `convert`, an image
    of another size or mode is an error.
    """

    mode: Mode
    size: tuple[int, int]
    deep: bool = False
    background: Background = WHITE
    resize: bool = True
    convert: bool = True

    def fits(self, header: Header) -> bool:
        """Whether an image with that header may be brought to the form."""
        sized = self.resize or (header.height, header.width) == self.size
        return sized and (self.convert or header.mode == PILLOW[self.mode]) and (self.deep or not header.deep)

    @property
    def color(self) -> tuple[float, ...]:
        """Red, green and blue of the background, from 0 to 1."""
        numbers = self.background if isinstance(self.background, tuple) else (self.background,)
        return numbers * 3 if len(numbers) == 1 else numbers


def upright(image: Image, orientation: int) -> Image:
    """An image with an EXIF orientation as people see it."""
    if orientation == 1:
        return image
    from PIL.Image import Transpose

    methods = (
        Transpose.FLIP_LEFT_RIGHT,
        Transpose.ROTATE_180,
        Transpose.FLIP_TOP_BOTTOM,
        Transpose.TRANSPOSE,
        Transpose.ROTATE_270,
        Transpose.TRANSVERSE,
        Transpose.ROTATE_90,
    )
    return image.transpose(methods[orientation - 2])
