"""A text as a sequence of words by number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.fields import FieldType
from netspec.catalogue.values import PositiveInt, Sizes
from netspec.shapes import MisfitError, Shape

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor


class Tokens(FieldType):
    """A sequence of words, [length], int64: each is a number from 0 to below the size of the vocabulary."""

    positional: ClassVar = ("sizes",)
    examples: ClassVar = (Example("tokens(128, vocabulary=20_000)"),)
    dtype: ClassVar = "int64"

    sizes: Annotated[Sizes, Field(description="length of the sequence, or the sizes of its array")]
    vocabulary: Annotated[PositiveInt, Field(description="size of the vocabulary")]

    @property
    def shape(self) -> Shape:
        return Shape(self.sizes if isinstance(self.sizes, tuple) else (self.sizes,), "int64")

    @property
    def indices(self) -> int:
        return self.vocabulary

    def parts(self, inputs: Tensor) -> Tensor:
        return inputs.reshape(len(inputs), 1, -1)

    def part_names(self, count: int) -> list[str]:
        return ["words"]

    def from_array(self, values: np.ndarray) -> np.ndarray:
        import numpy as np

        if values.min() < 0 or values.max() >= self.vocabulary:
            help = f"words are from 0 to {self.vocabulary - 1}"
            raise MisfitError(f"words from {values.min()} to {values.max()}", help=help)
        return values.astype(np.int64)

    def __str__(self) -> str:
        return f"{super().__str__()} of {self.vocabulary}"
