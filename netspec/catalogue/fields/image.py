"""An image."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.fields import FieldType, ensure_finite
from netspec.catalogue.values import PositiveInt
from netspec.shapes import Shape

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor


class Image(FieldType):
    """An image, [channels, height, width], with values from 0 to 1; a source gives uint8 pixels or such numbers."""

    positional: ClassVar = ("sizes",)
    examples: ClassVar = (Example("image([3, 32, 32])"),)
    dtype: ClassVar = "uint8"
    pictured: ClassVar = True
    python: ClassVar = "x.float() / 255"
    before: ClassVar = "from the source, pixels as 0 to 1"

    sizes: Annotated[tuple[PositiveInt, PositiveInt, PositiveInt], Field(description="channels, height and width")]

    @property
    def shape(self) -> Shape:
        return Shape(self.sizes)

    def from_array(self, values: np.ndarray) -> np.ndarray:
        import numpy as np

        if values.dtype != np.uint8:
            ensure_finite(values)
            return values.astype(np.float32)
        return np.ascontiguousarray(values).reshape(-1, *self.sizes)

    def to_tensor(self, inputs: Tensor) -> Tensor:
        # a float array holds numbers from 0 to 1 already
        return inputs if inputs.is_floating_point() else inputs.float().div_(255)

    def read_files(self, paths: Sequence[Path], *, resize: bool, fills: bool) -> Iterator[tuple[str, np.ndarray]]:
        from netspec.formats.pixels import read_images

        yield from zip(map(str, paths), read_images(paths, self.sizes, resize=resize), strict=True)

    def part_names(self, count: int) -> list[str]:
        return [f"channel {number}" for number in range(count)]
