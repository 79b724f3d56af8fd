"""Sources that are arrays in files: what an array is as an input and as a target, and how it is made one."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, NamedTuple

from pydantic import Field

from netspec.catalogue.fields.image import Image
from netspec.catalogue.fields.table import Table
from netspec.catalogue.fields.tokens import Tokens
from netspec.catalogue.sources import DataFolders, DataSource, Loaded, Samples
from netspec.catalogue.sources._pixels import Layout, as_channels_first, channels_first, channels_last, to_pixels
from netspec.catalogue.sources._targets import Choice, choose, distinct
from netspec.catalogue.target_columns import TargetColumn
from netspec.catalogue.targets import Target
from netspec.catalogue.types import DataField, DataType
from netspec.catalogue.values import PositiveInt, Text
from netspec.diagnostics import did_you_mean
from netspec.formats.errors import DataError
from netspec.formats.files import may_be_quoted, resolve, why_no_file
from netspec.shapes import MisfitError
from netspec.wording import listing

if TYPE_CHECKING:
    import numpy as np


DIMENSIONS = {"hw": 2, "chw": 3, "hwc": 3}
"""The dimensions of a sample in the layouts of images."""


class Header(NamedTuple):
    """What an array is, without its numbers: its sizes and the name of its type as numpy has it, `float32`."""

    sizes: tuple[int, ...]
    dtype: str

    def __str__(self) -> str:
        return f"{self.dtype} [{', '.join(map(str, self.sizes))}]"


class Arrays(DataSource):
    """Arrays in a file: inputs [N, …] and targets [N], and perhaps more of them to test on."""

    positional: ClassVar = ("path",)

    path: Annotated[Text, Field(min_length=1, description="the file, from the spec's folder")]
    inputs: Annotated[Text, Field(min_length=1, description="name of the array of inputs [N, …]")]
    targets: Annotated[
        Annotated[Text, Field(min_length=1)] | TargetColumn,
        Field(description="name of the array of targets [N], alone or in `class` or `number`, which say what it is"),
    ]
    test_inputs: Annotated[Text | None, Field(min_length=1, description="name of the inputs to test on")] = None
    test_targets: Annotated[Text | None, Field(min_length=1, description="name of the targets to test on")] = None
    vocabulary: Annotated[
        PositiveInt | None,
        Field(description="how many words there are, where inputs are whole numbers that stand for words"),
    ] = None
    layout: Annotated[
        Layout | None,
        Field(
            description="what the dimensions of a sample are: those of an image, height and width, channels first or "
            "channels last; or of a sequence or a table, whose values are taken as they are. By default `hw` of two, "
            "and of three the one that has 1, 3 or 4 channels, else `chw`"
        ),
    ] = None
    range: Annotated[
        tuple[float, float] | None,
        Field(
            description="the values that are black and white in images, which become 0 and 1: by default [0, 255] of "
            "uint8, and [0, 1] of other numbers"
        ),
    ] = None

    @abstractmethod
    def headers(self, path: Path) -> Mapping[str, Header]:
        """What the arrays of a file are, by their names. Raises one of `broken`, or DataError."""

    @abstractmethod
    def read(self, path: Path, name: str) -> np.ndarray:
        """An array of a file. Raises one of `broken`."""

    @classmethod
    @abstractmethod
    def broken(cls) -> tuple[type[Exception], ...]:
        """What reading a file raises that isn't what it should be."""

    def check(self) -> None:
        for given, other in (("test_inputs", "test_targets"), ("test_targets", "test_inputs")):
            if getattr(self, given) is not None and getattr(self, other) is None:
                raise MisfitError(f"`{given}` needs `{other}`", argument=given)
        if self.range is not None and not self.range[0] < self.range[1]:
            raise MisfitError("`range` starts with the smaller value", argument="range")
        if self.vocabulary is not None and (self.layout is not None or self.range is not None):
            argument = "layout" if self.layout is not None else "range"
            raise MisfitError(f"`{argument}` is for numbers, but with `vocabulary` inputs are words", argument=argument)

    def describe(self, folders: DataFolders) -> DataType:
        headers = self._headers(folders)
        field, train = self._field(headers, "inputs"), headers["inputs"].sizes[0]
        test = headers["test_inputs"].sizes[0] if self.test_inputs is not None else 0
        target, reading = self._target(folders)
        return DataType((field,), target, train=train, test=test, reading=reading)

    def unavailable(self, folders: DataFolders) -> str | None:
        return why_no_file(self.path, self._path(folders))

    def files(self, folders: DataFolders) -> tuple[Path, ...]:
        return (self._path(folders),)

    def load(self, folders: DataFolders) -> Loaded:
        type = self.describe(folders)
        test = self._samples(folders, type, "test_inputs", "test_targets") if self.test_inputs is not None else None
        return Loaded(type, self._samples(folders, type, "inputs", "targets"), test)

    def _path(self, folders: DataFolders) -> Path:
        return resolve(self.path, folders.spec)

    def _headers(self, folders: DataFolders) -> dict[str, Header]:
        """The headers of the arrays that the spec names, by their arguments: as many samples in each of a pair."""
        path = self._path(folders)
        if reason := why_no_file(self.path, path):
            raise DataError("missing", reason, argument="path")
        try:
            found = self.headers(path)
        except self.broken() as error:
            raise self._malformed(f"`{self.path}` can't be read: {_first_line(error)}", "path") from None
        headers: dict[str, Header] = {}
        for argument in ("inputs", "targets", "test_inputs", "test_targets"):
            if getattr(self, argument) is None:
                continue
            name = self._name(argument)
            if name not in found:
                help = _other_name(name, list(found)) if may_be_quoted([path], folders.spec) else None
                raise self._malformed(f"`{self.path}` has no array `{name}`", argument, help)
            headers[argument] = found[name]
        for inputs, targets in (("inputs", "targets"), ("test_inputs", "test_targets")):
            if inputs in headers:
                self._check_pair(headers, inputs, targets)
        return headers

    def _check_pair(self, headers: Mapping[str, Header], inputs: str, targets: str) -> None:
        for argument in (inputs, targets):
            if headers[argument].dtype == "object":
                reason = f"`{self._name(argument)}` is {headers[argument]}, and Python objects aren't read"
                raise self._malformed(reason, argument)
            if not headers[argument].sizes or 0 in headers[argument].sizes:
                raise self._malformed(f"`{self._name(argument)}` is {headers[argument]}, and has no samples", argument)
        there, wanted = headers[targets].sizes, headers[inputs].sizes[0]
        if there not in ((wanted,), (wanted, 1)):
            reason = f"`{self._name(targets)}` is {headers[targets]}, and there are {wanted} samples"
            raise self._malformed(reason, targets, f"targets are [{wanted}]")
        if inputs == "test_inputs" and headers[inputs].sizes[1:] != headers["inputs"].sizes[1:]:
            reason = f"`{self.test_inputs}` is {headers[inputs]}, and `{self.inputs}` is {headers['inputs']}"
            raise self._malformed(reason, inputs)

    def _field(self, headers: Mapping[str, Header], argument: str) -> DataField:
        """What the network gets of each sample."""
        header, name = headers[argument], self._name(argument)
        sizes = header.sizes[1:] or (1,)
        if not header.dtype.startswith(("float", "int", "uint", "bool")):
            raise self._malformed(f"`{name}` is {header}, but inputs are numbers", argument)
        if header.dtype.startswith(("int", "uint")) and self.vocabulary is not None:
            return DataField(Tokens(sizes=sizes, vocabulary=self.vocabulary))
        layout = self._layout(sizes)
        if len(sizes) != DIMENSIONS.get(layout, len(sizes)):
            reason = f"`{name}` is {header}, but a sample of `layout={layout}` has {DIMENSIONS[layout]} dimensions"
            raise self._malformed(reason, "layout")
        if layout not in DIMENSIONS:
            if self.range is not None:
                raise self._malformed(f"`range` is for images, but `{name}` is taken as it is", "range")
            return DataField(Table(sizes=sizes))
        field = Image(sizes=as_channels_first(sizes, layout))
        if self.layout is not None:
            return DataField(field)
        # pixels are uint8 nearly always; other numbers with two dimensions are as often sequences
        return DataField(field, reading=_reading(name, header, field, layout), ambiguous=_may_be_sequences(header))

    def _layout(self, sizes: tuple[int, ...]) -> Layout:
        """What the dimensions of a sample are, the same for all types of numbers."""
        if self.layout is not None:
            return self.layout
        if len(sizes) == DIMENSIONS["hw"]:
            return "hw"
        if len(sizes) != DIMENSIONS["chw"]:
            return "sequence"
        return "hwc" if channels_last(sizes) else "chw"

    def _target(self, folders: DataFolders) -> Choice:
        """Classes or numbers, by the rule in the documentation of `csv`."""
        import numpy as np

        values = self._read(folders, "targets")
        name = self._name("targets")
        if values.dtype.kind not in "fiubU":
            raise self._malformed(f"`{name}` is {values.dtype}, but targets are numbers or strings", "targets")
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            raise self._malformed(f"`{name}` isn't all finite numbers", "targets")
        found = distinct(np.unique(values).tolist(), len(values))
        quotable = may_be_quoted([self._path(folders)], folders.spec)
        try:
            return choose(self.targets, found, "targets", folders.prefers, quotable=quotable)
        except MisfitError as error:
            reason = f"`{name}` holds strings, but `number` takes numbers" if found.texts else error.reason
            raise self._malformed(reason, "targets", error.help) from None

    def _name(self, argument: str) -> str:
        """The name of the array that an argument gives."""
        given: str | TargetColumn = getattr(self, argument)
        return given if isinstance(given, str) else given.column

    def _samples(self, folders: DataFolders, type: DataType, inputs: str, targets: str) -> Samples:
        values = self._read(folders, targets)
        return Samples((self._inputs(folders, type.fields[0], inputs),), self._codes(values, type.target, targets))

    def _inputs(self, folders: DataFolders, field: DataField, argument: str) -> np.ndarray:
        sizes = self._headers(folders)[argument].sizes[1:] or (1,)
        values = self._read(folders, argument).reshape(-1, *sizes)
        try:
            if field.type.pictured:
                values = to_pixels(channels_first(values, self._layout(sizes)), self.range)
            return field.type.from_array(values)
        except MisfitError as error:
            raise self._malformed(f"`{self._name(argument)}` has {error.reason}", argument, error.help) from None

    def _codes(self, values: np.ndarray, target: Target, argument: str) -> np.ndarray:
        """The number of each target's class, or the number that it is."""
        import numpy as np

        values, name = values.reshape(-1), self._name(argument)
        if not target.labels:
            numbers = values.astype(np.float32) if values.dtype.kind in "fiub" else np.full(1, np.nan)
            if not np.isfinite(numbers).all():
                raise self._malformed(f"`{name}` isn't all finite numbers", argument)
            return numbers
        found, places = np.unique(values, return_inverse=True)
        indices = {label: index for index, label in enumerate(target.labels)}
        codes = np.array([indices.get(label, -1) for label in distinct(found.tolist(), 0).names])[places.reshape(-1)]
        if (codes < 0).any():
            index = int((codes < 0).argmax())
            known = self._name("targets") if isinstance(self.targets, str) else "names"
            raise DataError("label", f"`{name}` has at {index} a class that `{known}` hasn't", argument=argument)
        return codes.astype(np.int64)

    def _read(self, folders: DataFolders, argument: str) -> np.ndarray:
        self._headers(folders)
        try:
            return self.read(self._path(folders), self._name(argument))
        except self.broken() as error:
            reason = f"`{self._name(argument)}` of `{self.path}` can't be read: {_first_line(error)}"
            raise self._malformed(reason, argument) from None

    def _malformed(self, reason: str, argument: str, help: str | None = None) -> DataError:
        return DataError("malformed", reason, argument=argument, help=help)


def _reading(name: str, header: Header, field: Image, layout: Layout) -> str:
    """How an array was taken as images, and what says it otherwise."""
    last = ", channels last" if layout == "hwc" else ""
    other = {"hw": "`layout=sequence` for sequences", "chw": "`layout=hwc` for channels last"}
    way = other.get(layout, "`layout=chw` for channels first")
    return f"`{name}` is {header}: taken as images {list(field.sizes)}{last}; use {way}"


def _may_be_sequences(header: Header) -> bool:
    return len(header.sizes) == 1 + DIMENSIONS["hw"] and header.dtype != "uint8"


def _other_name(name: str, names: list[str]) -> str:
    near = did_you_mean(name, names)
    return f"did you mean `{near}`?" if near else f"it has {listing(sorted(names))}"


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
