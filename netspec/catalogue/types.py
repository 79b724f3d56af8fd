"""What a data set holds: the shape of its inputs and the kind of its targets."""

from __future__ import annotations

from dataclasses import dataclass

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
    `train` and `test` are the numbers of samples where they are known beforehand, `test` 0 where there is no test set.
    """

    form: str
    input: Shape
    target: Target
    columns: tuple[str, ...] = ()
    train: int | None = None
    test: int | None = None

    def __str__(self) -> str:
        return f"{self.form}{self.input} x {self.target}"
