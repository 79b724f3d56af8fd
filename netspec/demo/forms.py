"""What a person gives a network on the page: a picture, or a row of a table, read as `predict` reads a file."""

from __future__ import annotations

import csv
import io
from base64 import b64decode, b64encode
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import numpy as np
import torch

from netspec.catalogue.sources import InputSample
from netspec.data.predict_inputs import read_image
from netspec.data.processing import Processing
from netspec.formats.columns import Column
from netspec.formats.errors import DataError
from netspec.formats.layout import Layout
from netspec.formats.tables import TableFile
from netspec.loopback import RefusedError
from netspec.program.program import Program
from netspec.render.words import clean
from netspec.report.pictures import address
from netspec.runner.report_samples import pictures

COLORS = {1: "L", 3: "RGB", 4: "RGBA"}
"""The numbers of channels that an image file has, with Pillow's names of its modes."""
MOST_BYTES = 2**24
"""The bytes of a picture at most."""
MOST_COLUMNS = 500
"""The columns of a row at most: nobody fills in more."""
SHOWN = 224
"""The pixels that a picture is wide and high at most where it is shown."""
DIGITS = ".15g"
"""All digits of a number that can be relied on."""


class Form(Protocol):
    """A way to give the network a sample."""

    def facts(self) -> dict[str, Any]:
        """What the page needs to ask for a sample, as JSON data."""
        ...

    def read(self, given: Any) -> InputSample:
        """A sample of what the page sends. Raises RefusedError."""
        ...

    def written(self, values: np.ndarray) -> dict[str, Any]:
        """A sample as a source gives it, as the page would send it."""
        ...

    def shown(self, processing: Processing, values: np.ndarray) -> list[Any]:
        """Samples [N, …] as a source gives them, as the page shows them."""
        ...


def form_of(program: Program) -> Form | str:
    """The form for the data of a run; why there is none, in words."""
    field, *others = program.type.fields
    if others:
        return f"samples have {len(program.type.fields)} inputs, and the page has a form for one"
    if field.type.pictured:
        channels = field.shape.channels
        return PictureForm(program) if channels in COLORS else f"no image file has {channels} channels"
    columns = field.type.table_columns
    if not columns:
        return f"there is no form for `{field}`: the page takes images and rows of a table"
    if len(columns) > MOST_COLUMNS:
        return f"a row has {len(columns)} columns, and the page has a form for at most {MOST_COLUMNS}"
    return RowForm(program, columns)


class PictureForm:
    """A picture: a file of any size, or a drawing, which is a PNG file."""

    def __init__(self, program: Program) -> None:
        self.program = program

    def facts(self) -> dict[str, Any]:
        channels, height, width = self.program.type.input.dims
        return {"form": "picture", "sizes": [channels, height, width], "most_bytes": MOST_BYTES}

    def read(self, given: Any) -> InputSample:
        content = _decoded(_entry(given, "picture", str))
        with TemporaryDirectory(prefix="netspec-") as folder:
            path = Path(folder, "picture.png")  # of whatever format it is
            path.write_bytes(content)
            try:
                return read_image(self.program, path, resize=True)
            except DataError as error:
                raise _refused(error, path, "the picture") from error

    def written(self, values: np.ndarray) -> dict[str, Any]:
        from PIL import Image

        pixels = values if values.dtype == np.uint8 else (255 * values.clip(0, 1)).round().astype(np.uint8)
        image = Image.fromarray(pixels.transpose(1, 2, 0).squeeze(), COLORS[len(pixels)])
        image.save(buffer := io.BytesIO(), "PNG")
        return {"picture": b64encode(buffer.getvalue()).decode()}

    def shown(self, processing: Processing, values: np.ndarray) -> list[Any]:
        """The pictures as the network takes them, as addresses; none if its channels aren't colors."""
        return [address(one, SHOWN) for one in pictures(processing, processing.evaluated(values))]


class RowForm:
    """A row of a table: a text for each column, which is a number with a decimal point or one of some categories."""

    def __init__(self, program: Program, columns: Sequence[Column]) -> None:
        self.program, self.columns = program, columns
        self.fills = any(step.fills for step in program.data.transform)

    def facts(self) -> dict[str, Any]:
        columns = [{"name": clean(one.name), "categories": list(one.categories)} for one in self.columns]
        return {"form": "row", "columns": columns, "gaps": self.fills}

    def read(self, given: Any) -> InputSample:
        cells = _entry(given, "row", list)
        if len(cells) != len(self.columns) or not all(isinstance(cell, str) for cell in cells):
            raise RefusedError(f"a row has a text for each of {len(self.columns)} columns")
        with TemporaryDirectory(prefix="netspec-") as folder:
            path = Path(folder, "row.csv")
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file, quoting=csv.QUOTE_ALL).writerows([[one.name for one in self.columns], cells])
            table = TableFile("row", path, "file", quotable=True, layout=Layout(separator=","))
            try:
                rows = self.program.type.fields[0].type.read_table(table, fills=self.fills)
            except DataError as error:
                raise _refused(error, path, "the row") from error
        if len(rows.values) != 1:
            raise RefusedError("a row has at least one value")
        return InputSample("row", rows.values[0], remark=rows.remarks.get(0))

    def written(self, values: np.ndarray) -> dict[str, Any]:
        return {"row": self._cells(values)}

    def shown(self, processing: Processing, values: np.ndarray) -> list[Any]:
        """The rows as texts, a text for each column."""
        return [self._cells(row) for row in values]

    def _cells(self, row: np.ndarray) -> list[str]:
        found: list[str] = []
        place = 0
        for column in self.columns:
            numbers = row[place : place + column.width]
            place += column.width
            if column.categories:
                found.append(column.categories[int(numbers.argmax())] if numbers.any() else "")
            else:
                found.append("" if np.isnan(numbers[0]) else format(float(numbers[0]), DIGITS))
        return found


def mostly_dark(values: np.ndarray) -> bool:
    """Whether most of some pictures [N, C, H, W], as a source gives them, are dark: what is drawn is then light."""
    means = torch.from_numpy(values).float().mean((1, 2, 3))
    return bool(means.median() < (127.5 if values.dtype == np.uint8 else 0.5))


def _entry(given: Any, name: str, type: type) -> Any:
    found = given.get(name) if isinstance(given, dict) else None
    if not isinstance(found, type):
        raise RefusedError(f"the request has no `{name}`")
    return found


def _decoded(text: str) -> bytes:
    try:
        content = b64decode(text, validate=True)
    except ValueError:
        raise RefusedError("the picture isn't in base64") from None
    if len(content) > MOST_BYTES:
        raise RefusedError(f"the picture has {len(content):_} bytes, but at most {MOST_BYTES:_} are accepted")
    return content


def _refused(error: DataError, path: Path, words: str) -> RefusedError:
    """What is wrong with a file, which the person at the page hasn't seen, in words for them."""
    reason = error.reason.replace(f"`{path}`", words)
    return RefusedError(clean(f"{reason}; {error.help}" if error.help else reason))
