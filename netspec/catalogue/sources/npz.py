"""Arrays in a file of numpy."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from math import prod
from pathlib import Path
from tokenize import TokenError
from typing import TYPE_CHECKING, Any, ClassVar
from zipfile import BadZipFile, ZipFile

from netspec.catalogue.entry import Example
from netspec.catalogue.python import PYTHON_FOLDER, Python, literal
from netspec.catalogue.sources import DataFolders
from netspec.catalogue.sources._arrays import Arrays, Header
from netspec.catalogue.types import DataType
from netspec.formats.layout import number

if TYPE_CHECKING:
    import numpy as np

SUFFIX = ".npy"


class Npz(Arrays):
    """Arrays in a file that numpy.savez wrote: inputs [N, …] and a target for each of them [N].

    Samples of two or three dimensions are images, whatever the type of their numbers: [N, height, width], or with
    channels, [N, channels, height, width] or [N, height, width, channels], the latter if its channels are 1, 3 or 4, or
    height and width are equal. Pixels are 0 to 255 in uint8, and 0 to 1 in other types; `range=[0, 255]` says another
    range, which is brought to 0 to 1. Values outside of it are refused. `layout` says what the dimensions are:
    with `layout=sequence` the values are taken as they are, as those of other dimensions are. With `vocabulary`,
    integers are words. `netspec plan` says what was taken.

    What targets are is as in `csv`: `targets=class("y")` or `targets=number("y")`, else the loss, else the rule.

    Nothing is unpickled: arrays of Python objects are refused.
    """

    examples: ClassVar = (
        Example('npz("shapes.npz", inputs="x", targets="y")'),
        Example('npz("scans.npz", inputs="x", targets=number("age"), layout=hw, range=[0, 4095])'),
        Example('npz("mnist.npz", inputs="x_train", targets="y_train", test_inputs="x_test", test_targets="y_test")'),
    )

    def headers(self, path: Path) -> Mapping[str, Header]:
        with ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.endswith(SUFFIX)]
            return {name.removesuffix(SUFFIX): _header(archive, name) for name in names}

    def read(self, path: Path, name: str) -> np.ndarray:
        import numpy as np

        with np.load(path, allow_pickle=False) as arrays:
            return arrays[name]

    @classmethod
    def broken(cls) -> tuple[type[Exception], ...]:
        # RuntimeError is for a password, NotImplementedError for a way to pack that nobody uses, and TokenError for a
        # header with a bracket that nothing closes
        return (OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error, RuntimeError, MemoryError, TokenError)

    def python(self, folders: DataFolders, type: DataType) -> Python | None:
        headers, (field,) = self._headers(folders), type.fields
        names = ("inputs", "test_inputs") if self.test_inputs is not None else ("inputs",)
        if field.type.pictured and (self.range is not None or any(headers[name].dtype != "uint8" for name in names)):
            return None
        labels = type.target.labels
        constants: dict[str, Any] = {PYTHON_FOLDER: str(self._path(folders).resolve())}
        targets = "arrays[{}].reshape(-1).astype(np.float32)"
        if labels:
            numbers = [number(label) for label in labels]
            constants["LABELS"] = list(labels) if None in numbers else numbers
            targets = "np.array([LABELS.index(value) for value in arrays[{}].reshape(-1).tolist()])"
        lines = ["with np.load(DATA) as arrays:"]
        for split, place in zip(("train", "test"), names, strict=False):
            found = f"arrays[{literal(self._name(place))}]"
            sizes = headers[place].sizes[1:] or (1,)
            arranged = {"hw": "[:, None]", "hwc": ".transpose(0, 3, 1, 2).copy()"}.get(self._layout(sizes), "")
            values = f"{found}.reshape(-1, 1)" if sizes == (1,) else found
            ready = arranged if field.type.pictured else f".astype(np.{field.type.dtype})"
            its = literal(self._name(place.replace("inputs", "targets")))
            lines.append(f"    {split} = {values}{ready}, {targets.format(its)}")
        return Python("\n".join(lines), constants=constants)


def _header(archive: ZipFile, name: str) -> Header:
    """The header of an array. Raises ValueError where it says more than the file holds."""
    from numpy.lib import format

    with archive.open(name) as file:
        readers = {(1, 0): format.read_array_header_1_0, (2, 0): format.read_array_header_2_0}
        if (version := format.read_magic(file)) not in readers:
            raise ValueError(f"`{name}` has a header of another version")
        sizes, _, dtype = readers[version](file)
        # so small a file can't make numpy ask for all memory
        if not dtype.hasobject and dtype.itemsize * prod(sizes) != archive.getinfo(name).file_size - file.tell():
            raise ValueError(f"`{name}` hasn't as many numbers as its header says")
    return Header(tuple(sizes), dtype.name)
