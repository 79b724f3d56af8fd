"""What the data of a run was, as JSON data: its classes and columns stay those that the network learned."""

from __future__ import annotations

from typing import Any, get_args

from netspec.catalogue.types import Classes, DataField, DataType, Form, Number, Target
from netspec.formats.columns import Column
from netspec.shapes import Dtype, Shape


def type_as_data(type: DataType) -> dict[str, Any]:
    """All of a type but what is wrong where a value is missing, which is said of the data that is there."""
    return {
        "fields": [
            {
                "form": field.form,
                "name": field.name,
                "sizes": list(field.shape.dims),
                "dtype": field.shape.dtype,
                "columns": [{"name": column.name, "categories": list(column.categories)} for column in field.columns],
                "vocabulary": field.vocabulary,
            }
            for field in type.fields
        ],
        "classes": list(type.target.names) if isinstance(type.target, Classes) else None,
        "samples": list(type.counts),
    }


def type_of(data: Any) -> DataType:
    """The type again. Raises ValueError, TypeError or KeyError where the data isn't that of one."""
    train, test, validation = (whole(count) for count in data["samples"])
    fields = tuple(map(_field, data["fields"]))
    if not fields:
        raise ValueError("no input")
    target: Target = Number() if data["classes"] is None else Classes(_names(data["classes"]))
    return DataType(fields, target, train=train, test=test, validation=validation)


def _field(data: Any) -> DataField:
    if data["form"] not in get_args(Form) or data["dtype"] not in get_args(Dtype):
        raise ValueError("no input")
    sizes = tuple(whole(size) for size in data["sizes"])
    if not all(sizes):
        raise ValueError("no size")
    columns = tuple(Column(text(column["name"]), _names(column["categories"])) for column in data["columns"])
    shape, vocabulary = Shape(sizes, data["dtype"]), whole(data["vocabulary"])
    return DataField(data["form"], shape, text(data["name"]), columns=columns, vocabulary=vocabulary)


def _names(data: Any) -> tuple[str, ...]:
    if not isinstance(data, list):
        raise TypeError("no list")
    return tuple(map(text, data))


def text(value: Any) -> str:
    """A text that a file can hold. Raises TypeError or ValueError for anything else."""
    if not isinstance(value, str):
        raise TypeError("no text")
    value.encode()  # half of a surrogate pair, which JSON can say, is none
    return value


def whole(number: Any) -> int:
    """A whole number from 0 on. Raises ValueError for anything else."""
    if type(number) is not int or not 0 <= number < 2**63:
        raise ValueError("no whole number")
    return number
