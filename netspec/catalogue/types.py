"""The type of a data set: the fields of a sample and its target, known before anything is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, field, replace
from typing import TYPE_CHECKING, Any

from netspec.catalogue.entry import as_count, as_list, as_text, from_record, to_record
from netspec.catalogue.fields import FieldType
from netspec.catalogue.targets import Target
from netspec.formats.errors import DataError
from netspec.immutable import immutable
from netspec.shapes import Shape

if TYPE_CHECKING:
    from netspec.formats.column_facts import Remark

INPUT = "input"
"""The name of the one field of a sample, where it has no other."""


@immutable
class DataField:
    """An input of a sample. By its name the network takes it. `gap` is what is wrong where a value is missing and
    nothing fills it; `reading` is how the values were taken if the source doesn't say it, in words, and `ambiguous` if
    that may well be wrong."""

    type: FieldType
    name: str = INPUT
    _: KW_ONLY
    gap: DataError | None = field(default=None, compare=False)
    reading: str | None = field(default=None, compare=False)
    ambiguous: bool = field(default=False, compare=False)

    @property
    def shape(self) -> Shape:
        return self.type.shape

    def __str__(self) -> str:
        return str(self.type)


@immutable
class Reading:
    """How the targets of a file were taken if its source doesn't say what they are.

    `found` are the values in words, `target` is what they were taken as and `other` what they could have been, which
    the source says as `written`. `preferred` is whether the loss and the metrics decided it.
    """

    column: str
    found: str
    target: Target
    other: Target
    written: str
    preferred: bool

    def __str__(self) -> str:
        reason = ", which the loss or the metrics are for" if self.preferred else ""
        return (
            f"`{self.column}` has {self.found}: taken as {self.target.plural}{reason}; "
            f"use `{self.written}` for {self.other.plural}"
        )

    def to_json(self) -> dict[str, Any]:
        """The reading as JSON data."""
        texts = {"column": self.column, "found": self.found, "written": self.written, "preferred": self.preferred}
        return texts | {"target": to_record(self.target), "other": to_record(self.other)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Reading:
        """The reading again. Raises ValueError, TypeError or KeyError if the data isn't that of one."""
        target, other = from_record(Target, data["target"]), from_record(Target, data["other"])
        column, found, written = (as_text(data[name]) for name in ("column", "found", "written"))
        return cls(column, found, target, other, written, data["preferred"] is True)


@immutable
class DataType:
    """The type of a data set, known before it is loaded: `image[1, 28, 28] x class[10]`.

    `fields` are the inputs of a sample, mostly one. `train`, `test` and `validation` are the numbers of samples, 0
    where the data set has no such split of its own. `reading` is how the targets were taken if the source doesn't say
    it, and `remarks` are about data that can be used.
    """

    fields: tuple[DataField, ...]
    target: Target
    _: KW_ONLY
    train: int
    test: int = 0
    validation: int = 0
    reading: Reading | None = field(default=None, compare=False)
    remarks: tuple[Remark, ...] = field(default=(), compare=False)

    @property
    def counts(self) -> tuple[int, int, int]:
        """The numbers of samples to train, to test and to validate on."""
        return self.train, self.test, self.validation

    @property
    def input(self) -> Shape:
        """The shape of the one input; of several, of the first."""
        return self.fields[0].shape

    @property
    def notes(self) -> tuple[str, ...]:
        """How inputs and targets were taken if the source doesn't say it, a sentence each."""
        inputs = tuple(field.reading for field in self.fields if field.reading)
        return (*inputs, str(self.reading)) if self.reading else inputs

    def fields_for(self, kind: type[FieldType]) -> tuple[DataField, ...]:
        """The inputs that a transform or augmentation for that kind of field changes: those of the kind.

        Where there are none it is applied to all, so that it says itself what it is for.
        """
        return tuple(field for field in self.fields if field.type.is_a(kind)) or self.fields

    def difference(self, other: DataType) -> str | None:
        """What the other type has instead of this one's; None if it fits: only numbers of samples may differ."""
        if str(self) != str(other):
            return f"{other} instead of {self}"
        pairs = zip(self.fields, other.fields, strict=True)
        found = (mine.type.difference(its.type) for mine, its in pairs)
        return self.target.difference(other.target) or next(filter(None, found), None)

    def __str__(self) -> str:
        if len(self.fields) == 1:
            return f"{self.fields[0]} x {self.target}"
        return f"({', '.join(f'{field.name}: {field}' for field in self.fields)}) x {self.target}"

    # ---- as JSON ----

    def to_json(self, *, complete: bool = False) -> dict[str, Any]:
        """The type as JSON data. `gap`, `reading`, `ambiguous` and `remarks`, which are about the data that was there,
        are in it only if it is `complete`."""
        found = {
            "fields": [{"name": field.name, "type": to_record(field.type)} for field in self.fields],
            "target": to_record(self.target),
            "samples": list(self.counts),
        }
        return found | {"found": self._found_to_json()} if complete else found

    @classmethod
    def from_json(cls, data: Mapping[str, Any], *, complete: bool = False) -> DataType:
        """The type again. Raises ValueError, TypeError or KeyError where the data isn't that of one."""
        fields = tuple(
            DataField(from_record(FieldType, item["type"]), as_text(item["name"])) for item in as_list(data["fields"])
        )
        train, test, validation = map(as_count, as_list(data["samples"]))
        if not fields:
            raise ValueError("no input")
        type = cls(fields, from_record(Target, data["target"]), train=train, test=test, validation=validation)
        return type._with_found(data["found"]) if complete else type

    def _found_to_json(self) -> dict[str, Any]:
        return {
            "fields": [
                {
                    "gap": None if field.gap is None else field.gap.to_json(),
                    "reading": field.reading,
                    "ambiguous": field.ambiguous,
                }
                for field in self.fields
            ],
            "reading": None if self.reading is None else self.reading.to_json(),
            "remarks": [list(remark) for remark in self.remarks],
        }

    def _with_found(self, data: Mapping[str, Any]) -> DataType:
        from netspec.formats.column_facts import Remark

        fields = tuple(
            replace(
                field,
                gap=None if found["gap"] is None else DataError.from_json(found["gap"]),
                reading=None if found["reading"] is None else as_text(found["reading"]),
                ambiguous=found["ambiguous"] is True,
            )
            for field, found in zip(self.fields, data["fields"], strict=True)
        )
        reading = None if data["reading"] is None else Reading.from_json(data["reading"])
        return replace(self, fields=fields, reading=reading, remarks=tuple(Remark(*item) for item in data["remarks"]))
