"""Image files in folders, a folder for each class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.fields import FieldType
from netspec.catalogue.fields.image import Image
from netspec.catalogue.sources import DataFolders, DataSource, Loaded, Samples
from netspec.catalogue.sources._image_form import Disagreement, common_mode, disagreements, reading
from netspec.catalogue.targets.classes import Classes
from netspec.catalogue.types import DataField, DataType
from netspec.catalogue.values import PositiveInt, Text, number_text
from netspec.formats.errors import DataError
from netspec.formats.files import resolve, why_no_folder
from netspec.formats.folders import Shelf, Shelves, read_folder
from netspec.formats.header_cache import Headers, forget_headers, read_headers
from netspec.formats.images import CHANNELS, Mode
from netspec.formats.pixels import Form, HeaderChangedError, read_all, read_images

if TYPE_CHECKING:
    import numpy as np

Share = Annotated[float, Field(ge=0, le=1)]


class ImageFolder(DataSource):
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
    size: Annotated[
        tuple[PositiveInt, PositiveInt] | None, Field(description="height and width that all images are brought to")
    ] = None
    mode: Annotated[
        Mode | None, Field(description="what all images are brought to: 1, 3 or 4 channels; by default what they are")
    ] = None
    background: Annotated[
        Share | tuple[Share, Share, Share],
        Field(description="color behind transparent pixels: a number from 0 (black) to 1 (white), or red, green, blue"),
    ] = 1.0
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

    def load(self, folders: DataFolders) -> Loaded:
        try:
            return self._loaded(folders)
        except HeaderChangedError:
            forget_headers(self._root(folders))
            return self._loaded(folders)

    @property
    def resizes(self) -> bool:
        return self.size is not None

    def _read_files(
        self, field: FieldType, paths: Sequence[Path], *, resize: bool, fills: bool
    ) -> Iterator[tuple[str, np.ndarray]]:
        channels, height, width = field.shape.dims
        images = read_images(paths, (channels, height, width), resize=resize, background=self.background)
        return zip(map(str, paths), images, strict=True)

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
        taken = reading(headers, form.mode, _color_name(self.background))
        type = DataType(
            (DataField(Image(sizes=(CHANNELS[form.mode], *form.size)), reading=taken),),
            Classes(names=shelves.classes),
            train=len(shelves.train.paths),
            test=len(shelves.test.paths),
            validation=len(shelves.validation.paths),
        )
        return shelves, form, type

    def _form(self, headers: Headers) -> Form:
        """What is written, or else what the headers agree on."""
        if found := list(disagreements(headers, self.size, self.mode)):
            raise self._remedied(found, headers)
        first = headers[0].header
        return Form(
            self.mode or common_mode(headers),
            self.size or (first.height, first.width),
            any(each.header.deep for each in headers),
            self.background,
            resize=self.size is not None,
            convert=self.mode is not None,
        )

    def _remedied(self, found: list[Disagreement], headers: Headers) -> DataError:
        """One error for all that stands in the way of one form; its help names all arguments that are needed."""
        written = {"size": self.size and f"[{self.size[0]}, {self.size[1]}]", "mode": self.mode}
        written |= {each.argument: each.value for each in found}
        arguments = "".join(f", {name}={value}" for name, value in written.items() if value)
        names = " and one ".join(each.argument for each in found)
        help = f'`image_folder("{self.path}"{arguments})` brings all images to one {names}'
        if written["mode"] != "rgba" and any(each.header.transparent for each in headers):
            help += f", with transparent pixels on {_color_name(self.background)} (`background`)"
        first, *others = found
        reasons = tuple(each.reason for each in others)
        return DataError("malformed", first.reason, argument="path", path=first.path, help=help, notes=reasons)


def _color_name(background: float | tuple[float, float, float]) -> str:
    if isinstance(background, tuple):
        return f"[{', '.join(map(number_text, background))}]"
    names: dict[float, str] = {0.0: "black", 1.0: "white"}
    return names.get(background, f"gray {number_text(background)}")


def _samples(shelf: Shelf, form: Form, workers: int | None) -> Samples:
    import numpy as np

    return Samples((read_all(shelf.paths, form, workers),), np.array(shelf.targets, np.int64))
