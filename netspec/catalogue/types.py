"""What a data set holds: the shape of its inputs and the kind of its targets."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

from netspec.shapes import Shape


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

    `form` is `image` for [channels, height, width] with values from 0 to 1, `table` for [columns].
    `train` and `test` are the numbers of samples, `test` 0 where there is no test set.
    """

    form: str
    input: Shape
    target: Target
    columns: tuple[str, ...] = ()
    _: KW_ONLY
    train: int
    test: int = 0

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
        return f"{self.form}{self.input} x {self.target}"
