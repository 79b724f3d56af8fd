"""Image files in folders, a folder for each class."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.fields.image import Image
from netspec.catalogue.sources import DataFolders, DataSource, Loaded, Samples
from netspec.catalogue.targets.classes import Classes
from netspec.catalogue.types import DataField, DataType
from netspec.catalogue.values import PositiveInt, Text
from netspec.formats.errors import DataError
from netspec.formats.files import resolve, shown, why_no_folder
from netspec.formats.folders import Shelf, Shelves, read_folder
from netspec.formats.images import CHANNELS, PILLOW, Header, Mode, read_all, read_header, unwarned

if TYPE_CHECKING:
    pass


class ImageFolder(DataSource):
    """Image files in a folder for each class, whose name is that of the class: torchvision.datasets.ImageFolder.

    The folders of the classes lie in `path`, or in `train` below it and perhaps in `test` and `val`, which are splits
    of their own. Classes and images are in the order of their names. An image is a PNG, JPEG, BMP, GIF, WebP, TIFF, PGM
    or PPM file and may lie deeper in its folder; hidden files are skipped.

    All images have one size and one mode; `size` brings them to one size when they are loaded, shrinking without
    aliasing, and `mode` to one mode.
    """

    positional: ClassVar = ("path",)
    torch_names: ClassVar = ("torchvision.datasets.ImageFolder",)
    examples: ClassVar = (
        Example('image_folder("photos")'),
        Example('image_folder("photos", size=[64, 64], mode=rgb)'),
    )

    path: Annotated[Text, Field(min_length=1, description="the folder, from the spec's folder")]
    size: Annotated[
        tuple[PositiveInt, PositiveInt] | None, Field(description="height and width that all images are brought to")
    ] = None
    mode: Annotated[
        Mode | None, Field(description="what all images are brought to: 1, 3 or 4 channels; by default what they are")
    ] = None

    def describe(self, folders: DataFolders) -> DataType:
        shelves = self._read(folders)
        mode, size = self._form(shelves)
        return self._type(shelves, mode, size)

    def unavailable(self, folders: DataFolders) -> str | None:
        return why_no_folder(self.path, self._root(folders))

    def files(self, folders: DataFolders) -> tuple[Path, ...]:
        return (self._root(folders),)

    def slow_files(self, folders: DataFolders) -> tuple[Path, ...]:
        return (self._root(folders),)

    def load(self, folders: DataFolders) -> Loaded:
        shelves = self._read(folders)
        mode, size = self._form(shelves)
        train, test, validation = (
            _samples(shelf, mode, size, folders.workers) if shelf.paths else None
            for shelf in (shelves.train, shelves.test, shelves.validation)
        )
        assert train is not None
        return Loaded(self._type(shelves, mode, size), train, test, validation)

    def _root(self, folders: DataFolders) -> Path:
        return resolve(self.path, folders.spec)

    def _read(self, folders: DataFolders) -> Shelves:
        return read_folder(self.path, self._root(folders))

    def _type(self, shelves: Shelves, mode: Mode, size: tuple[int, int]) -> DataType:
        return DataType(
            (DataField(Image(sizes=(CHANNELS[mode], *size))),),
            Classes(names=shelves.classes),
            train=len(shelves.train.paths),
            test=len(shelves.test.paths),
            validation=len(shelves.validation.paths),
        )

    def _form(self, shelves: Shelves) -> tuple[Mode, tuple[int, int]]:
        """The mode and the size of all images: what is written, or what their headers agree on."""
        if self.mode is not None and self.size is not None:
            return self.mode, self.size
        with unwarned():
            headers = {path: read_header(path) for path in shelves.paths}
        first = next(iter(headers.values()))
        if self.size is None:
            self._check_sizes(headers)
        if self.mode is None:
            self._check_modes(headers)
        modes: dict[str, Mode] = {name: mode for mode, name in PILLOW.items()}
        return self.mode or modes[first.mode], self.size or (first.height, first.width)

    def _check_sizes(self, headers: dict[Path, Header]) -> None:
        sizes = {path: (header.height, header.width) for path, header in headers.items()}
        first, size = next(iter(sizes.items()))
        for path, other in sizes.items():
            if other != size:
                reason = f"`{shown(path)}` is {_by(other)}, and `{shown(first)}` is {_by(size)}"
                most = Counter(sizes.values()).most_common(1)[0][0]
                raise self._remedied(reason, path, f"size=[{most[0]}, {most[1]}]", "size")

    def _check_modes(self, headers: dict[Path, Header]) -> None:
        first, wanted = next((path, header.mode) for path, header in headers.items())
        colours = any(header.mode not in ("L", "1", "LA") for header in headers.values())
        fix = f"mode={'rgb' if colours else 'gray'}"
        if wanted not in PILLOW.values():
            raise self._remedied(f"`{shown(first)}` has the mode {wanted}", first, fix, "mode")
        for path, header in headers.items():
            if header.mode != wanted:
                reason = f"`{shown(path)}` has the mode {header.mode}, and `{shown(first)}` has {wanted}"
                raise self._remedied(reason, path, fix, "mode")

    def _remedied(self, reason: str, path: Path, fix: str, argument: str) -> DataError:
        help = f'`image_folder("{self.path}", {fix})` brings all images to one {argument}'
        return DataError("malformed", reason, argument="path", path=path, help=help)


def _by(size: tuple[int, int]) -> str:
    return f"{size[0]} x {size[1]}"


def _samples(shelf: Shelf, mode: Mode, size: tuple[int, int], workers: int | None) -> Samples:
    import numpy as np

    return Samples((read_all(shelf.paths, mode, size, workers),), np.array(shelf.targets, np.int64))
