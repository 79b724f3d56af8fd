"""What a data set holds: the shapes of its inputs and the kind of its targets."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from typing import Literal

from netspec.formats.columns import Column
from netspec.formats.errors import DataError
from netspec.shapes import Shape

Form = Literal["image", "table", "tokens"]


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
class DataField:
    """One input of a sample: `image[1, 28, 28]`.

    `form` is `image` for [channels, height, width] with values from 0 to 1, `table` for [columns], `tokens` for
    [length] of the numbers of words, from 0 to below `vocabulary`. By its name the network takes it. `gap` is what is
    wrong where a value is missing and nothing fills it.
    """

    form: Form
    shape: Shape
    name: str = "input"
    _: KW_ONLY
    columns: tuple[Column, ...] = ()
    vocabulary: int = 0
    gap: DataError | None = field(default=None, compare=False)

    def __str__(self) -> str:
        sizes = f"[{', '.join(map(str, self.shape.dims))}]"
        return f"{self.form}{sizes}{f' of {self.vocabulary}' if self.vocabulary else ''}"


@dataclass(frozen=True, slots=True)
class DataType:
    """The type of a data set, known before it is loaded: `image[1, 28, 28] x class[10]`.

    `fields` are the inputs of a sample, mostly one. `train`, `test` and `validation` are the numbers of samples, 0
    where the data set has no such split of its own.
    """

    fields: tuple[DataField, ...]
    target: Target
    _: KW_ONLY
    train: int
    test: int = 0
    validation: int = 0

    @property
    def counts(self) -> tuple[int, int, int]:
        """The numbers of samples to train, to test and to validate on."""
        return self.train, self.test, self.validation

    @property
    def input(self) -> Shape:
        """The shape of the one input; of several, of the first."""
        return self.fields[0].shape

    def fields_for(self, form: Form) -> tuple[DataField, ...]:
        """The inputs that a transform or augmentation of that form changes: those of the form.

        Where there are none it is applied to all, so that it says itself what it is for.
        """
        return tuple(field for field in self.fields if field.form == form) or self.fields

    def difference(self, other: DataType) -> str | None:
        """What the other type has instead of this one's; None if it fits: only numbers of samples may differ."""
        if str(self) != str(other):
            return f"{other} instead of {self}"
        if isinstance(self.target, Classes) and isinstance(other.target, Classes):
            for mine, its in zip(self.target.names, other.target.names, strict=True):
                if mine != its:
                    return f"the class `{its}` instead of `{mine}`"
        for ours, others in zip(self.fields, other.fields, strict=True):
            for mine, its in zip(ours.columns, others.columns, strict=False):
                if mine.name != its.name:
                    return f"the column `{its.name}` instead of `{mine.name}`"
                if mine != its:
                    return f"other categories in the column `{mine.name}`"
        return None

    def __str__(self) -> str:
        if len(self.fields) == 1:
            return f"{self.fields[0]} x {self.target}"
        return f"({', '.join(f'{field.name}: {field}' for field in self.fields)}) x {self.target}"
