"""Image files that a table names, with a target for each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.sources import DataFolders, Loaded, Samples
from netspec.catalogue.sources._image_form import ImageFiles
from netspec.catalogue.sources._tabular import TargetTable
from netspec.catalogue.sources._targets import Choice, encode
from netspec.catalogue.sources._text_layout import TextLayout
from netspec.catalogue.targets import Target
from netspec.catalogue.types import DataType
from netspec.catalogue.values import AnyText, Text
from netspec.formats.errors import DataError
from netspec.formats.files import resolve, why_no_folder
from netspec.formats.form import Form
from netspec.formats.header_cache import Headers, read_headers
from netspec.formats.named_images import NamedImages, read_named_images
from netspec.formats.pixels import read_all
from netspec.shapes import MisfitError


class ImageTable(ImageFiles, TextLayout, TargetTable):
    """Images named in a text file: a row for each, with the name of its file and what to predict of it.

    `image` is the column of the file names, which may have folders in them and are looked for in `folder`; where the
    table leaves out the end of the names, `suffix` says it. `target` is the column to predict, classes or numbers, as
    in `csv`, and the file is read as by `csv`. All other columns are ignored. `test` and `validation` are tables that
    name further images in the same folder.

    The images are read as by `image_folder`: upright, of one size and one mode, which `size` and `mode` may set.
    """

    examples: ClassVar = (
        Example('image_table("labels.csv", image="file", target="label")'),
        Example('image_table("train.csv", image="id", target="breed", folder="train", suffix=".jpg", size=[64, 64])'),
        Example('image_table("faces.csv", image="file", target=number("age"), folder="faces", mode=gray)'),
    )
    aliases: ClassVar = ("flow_from_dataframe", "ImageDataLoaders.from_csv", "ImageDataLoaders.from_df")

    image: Annotated[Text, Field(min_length=1, description="name of the column of the images' file names")]
    folder: Annotated[
        Text | None,
        Field(
            min_length=1,
            description="the folder from which the names go on, from the spec's folder; by default the table's",
        ),
    ] = None
    suffix: Annotated[AnyText, Field(description="what is added to each name, such as `.jpg`")] = ""

    def check(self) -> None:
        super().check()
        if self.image == self.predicted:
            raise MisfitError(f"`{self.image}` is the target", argument="image")
        if "/" in self.suffix or "\\" in self.suffix:
            raise MisfitError("`suffix` is the end of a file name, without folders", argument="suffix")

    def describe(self, folders: DataFolders) -> DataType:
        return self._described(folders)[3]

    def unavailable(self, folders: DataFolders) -> str | None:
        if reason := super().unavailable(folders):
            return reason
        return None if self.folder is None else why_no_folder(self.folder, self._root(folders))

    def files(self, folders: DataFolders) -> tuple[Path, ...]:
        return (*super().files(folders), self._root(folders))

    def slow_files(self, folders: DataFolders) -> tuple[Path, ...]:
        try:
            tables = self._read(folders)
        except DataError:  # loading says what is wrong
            return ()
        images = [Path(path) for table in tables.values() for path in table.paths]
        return (*super().files(folders), *images)

    def _written(self, arguments: str) -> str:
        return f'image_table("{self.path}", …{arguments})'

    def _root(self, folders: DataFolders) -> Path:
        if self.folder is None:
            return resolve(self.path, folders.spec).parent
        return resolve(self.folder, folders.spec)

    def _read(self, folders: DataFolders) -> dict[str, NamedImages]:
        """The images of the tables by the arguments that name these."""
        root = self._root(folders)
        return {
            table.argument: read_named_images(table, self.predicted, self.image, root, self.suffix)
            for table in self._tables(folders)
        }

    def _loaded(self, folders: DataFolders) -> Loaded:
        tables, form, choice, type = self._described(folders)
        splits = {name: _samples(table, form, choice[0], folders.workers) for name, table in tables.items()}
        return Loaded(type, splits["path"], splits.get("test"), splits.get("validation"))

    def _described(self, folders: DataFolders) -> tuple[dict[str, NamedImages], Form, Choice, DataType]:
        """The images, the form that they are brought to, what the targets are, and the type of the data."""
        if self.folder is not None and (reason := why_no_folder(self.folder, self._root(folders))):
            raise DataError("missing", reason, argument="folder")
        tables = self._read(folders)
        train, *others = tables.values()
        choice = self._choice(train.columns, [table.columns for table in others], folders)
        headers = self._headers(tables, folders)
        form = self._form(headers)
        target, reading = choice
        type = DataType(
            (self._field(form, headers),),
            target,
            train=len(train.paths),
            test=len(tables["test"].paths) if "test" in tables else 0,
            validation=len(tables["validation"].paths) if "validation" in tables else 0,
            reading=reading,
        )
        return tables, form, choice, type

    def _headers(self, tables: dict[str, NamedImages], folders: DataFolders) -> Headers:
        stamps = {
            path: stamp for table in tables.values() for path, stamp in zip(table.paths, table.stamps, strict=True)
        }
        return read_headers(self._root(folders), list(stamps.items()))


def _samples(table: NamedImages, form: Form, target: Target, workers: int | None) -> Samples:
    import numpy as np

    targets = np.array(encode(table.columns, target), target.dtype)
    return Samples((read_all(table.paths, form, workers),), targets)
