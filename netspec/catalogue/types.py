"""What a data set holds: the shape of its inputs and the kind of its targets."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True)
class Classes:
    """Targets that are one of some classes, by number; `names` in the order of the numbers."""

    names: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.names)

    def __str__(self) -> str:
        return f"class[{self.count}]"


@dataclass(frozen=True, slots=True)
class Number:
    """Targets that are a real number each."""

    def __str__(self) -> str:
        return "number"


Target = Classes | Number


@dataclass(frozen=True, slots=True)
class DataType:
    """The type of a data set, known before it is loaded: `image[1, 28, 28] x class[10]`.

    `form` is `image` for [channels, height, width] with values from 0 to 1, `table` for [columns], `tokens` for
    [length] of the numbers of words, from 0 to below `vocabulary`. `names` are those of the inputs; several are of one
    form and shape. `train` and `test` are the numbers of samples, `test` 0 where there is no test set.
    """

    form: str
    input: Shape
    target: Target
    columns: tuple[str, ...] = ()
    _: KW_ONLY
    train: int
    test: int = 0
    names: tuple[str, ...] = ("input",)
    vocabulary: int = 0

    def values(self, inputs: Tensor) -> tuple[Tensor, ...]:
        """Each input by itself, [N, …]; several come together as [N, inputs, …]."""
        return inputs.unbind(1) if len(self.names) > 1 else (inputs,)

    def difference(self, other: DataType) -> str | None:
        """What the other type has instead of this one's; None if it fits: only numbers of samples may differ."""
        if str(self) != str(other):
            return f"{other} instead of {self}"
        if isinstance(self.target, Classes) and isinstance(other.target, Classes):
            for mine, its in zip(self.target.names, other.target.names, strict=True):
                if mine != its:
                    return f"the class `{its}` instead of `{mine}`"
        for mine, its in zip(self.columns, other.columns, strict=False):
            if mine != its:
                return f"the column `{its}` instead of `{mine}`"
        return None

    def __str__(self) -> str:
        sizes = f"[{', '.join(map(str, self.input.dims))}]"
        one = f"{self.form}{sizes}{f' of {self.vocabulary}' if self.vocabulary else ''}"
        inputs = f"({', '.join(f'{name}: {one}' for name in self.names)})" if len(self.names) > 1 else one
        return f"{inputs} x {self.target}"
