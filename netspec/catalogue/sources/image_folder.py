"""Image files in folders, a folder for each class."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.sources import DataFolders, Loaded, Samples
from netspec.catalogue.sources._image_form import ImageFiles
from netspec.catalogue.targets.classes import Classes
from netspec.catalogue.types import DataType
from netspec.catalogue.values import Text
from netspec.formats.files import resolve, why_no_folder
from netspec.formats.folders import Shelf, Shelves, read_folder
from netspec.formats.form import Form
from netspec.formats.header_cache import read_headers
from netspec.formats.pixels import read_all


class ImageFolder(ImageFiles):
    """Images in one folder per class; the folder name is the class name: torchvision.datasets.ImageFolder.

    The folders of the classes are in `path`, or in folders of splits below it: `train`, and perhaps `test` and `val`.
    A split may also be called `training`, `testing`, `valid` or `validation`, in any case, with words such as `set`,
    `data`, `images` or a number around it: `Training_Set`, `val2017`. `folders` says what the folders are if their
    names don't. Classes and images are in the order of their names. An image is a PNG, JPEG, BMP, GIF, WebP, TIFF, PGM
    or PPM file and may be deeper in its folder; hidden files and `__MACOSX` are skipped.

    Images are turned upright as their EXIF orientation says. All images have one size and one mode; `size` resizes
    them with antialiasing when they are loaded, and `mode` converts them to one mode. Unless the mode is `rgba`,
    transparent pixels are composed on `background`. Images with 16 bits per channel keep all of them, scaled to 0 to 1.
    """

    positional: ClassVar = ("path",)
    torch_names: ClassVar = ("torchvision.datasets.ImageFolder",)
    examples: ClassVar = (
        Example('image_folder("photos")'),
        Example('image_folder("photos", size=[64, 64], mode=rgb)'),
    )

    path: Annotated[Text, Field(min_length=1, description="the folder, from the spec's folder")]
    folders: Annotated[
        Literal["classes", "splits"] | None,
        Field(description="what the folders in `path` are; by default their names tell"),
    ] = None

    def describe(self, folders: DataFolders) -> DataType:
        return self._described(folders)[2]

    def unavailable(self, folders: DataFolders) -> str | None:
        return why_no_folder(self.path, self._root(folders))

    def files(self, folders: DataFolders) -> tuple[Path, ...]:
        return (self._root(folders),)

    def slow_files(self, folders: DataFolders) -> tuple[Path, ...]:
        return (self._root(folders),)

    def _written(self, arguments: str) -> str:
        return f'image_folder("{self.path}"{arguments})'

    def _root(self, folders: DataFolders) -> Path:
        return resolve(self.path, folders.spec)

    def _loaded(self, folders: DataFolders) -> Loaded:
        shelves, form, type = self._described(folders)
        train, test, validation = (
            _samples(shelf, form, folders.workers) if shelf.paths else None
            for shelf in (shelves.train, shelves.test, shelves.validation)
        )
        assert train is not None
        return Loaded(type, train, test, validation)

    def _described(self, folders: DataFolders) -> tuple[Shelves, Form, DataType]:
        """The images, the form that they are brought to, and the type of the data."""
        root = self._root(folders)
        shelves = read_folder(self.path, root, self.folders)
        headers = read_headers(root, list(shelves.stamps))
        form = self._form(headers)
        type = DataType(
            (self._field(form, headers),),
            Classes(names=shelves.classes),
            train=len(shelves.train.paths),
            test=len(shelves.test.paths),
            validation=len(shelves.validation.paths),
        )
        return shelves, form, type


def _samples(shelf: Shelf, form: Form, workers: int | None) -> Samples:
    import numpy as np

    return Samples((read_all(shelf.paths, form, workers),), np.array(shelf.targets, np.int64))
