"""Image data sets that torchvision unpacks and reads: their archives are kept, and all that is in them is made anew."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from netspec.catalogue.fields.image import Image
from netspec.catalogue.sources import DataFolders, Loaded, Samples
from netspec.catalogue.sources._bundles import Bundle, Downloaded
from netspec.catalogue.targets.classes import Classes
from netspec.catalogue.types import DataField, DataType
from netspec.catalogue.values import PositiveInt
from netspec.formats.errors import DataError
from netspec.formats.files import shown

if TYPE_CHECKING:
    import numpy as np

DIGITS = tuple("0123456789")

Dataset = Any
"""A data set of torchvision: pairs of an image and the number of its class, by their places."""


def archives(name: str, folder: str, sums: dict[str, str]) -> Bundle:
    """A data set whose files are the archives that it comes in, by their names in its folder, with their MD5 sums."""
    paths = {Path(folder, file).as_posix(): md5 for file, md5 in sums.items()}
    return Bundle(name, folder, files=paths, archives=paths)


class Packed(Downloaded):
    """A data set that stays in its archives: they are verified, and unpacked into a folder that is gone afterwards."""

    names: ClassVar[tuple[str, ...]] = DIGITS
    shape: ClassVar[tuple[int, int, int]]
    """Channels, height and width."""
    counts: ClassVar[tuple[int, int, int]]
    """How many images there are to train, to test and to validate on."""

    def open(self, folder: Path) -> Sequence[Dataset]:
        """The splits to train, to test and to validate on, as many as there are, unpacked in a folder."""
        raise NotImplementedError

    def describe(self, folders: DataFolders) -> DataType:
        train, test, validation = self._counts
        field = DataField(Image(sizes=self._sizes))
        return DataType((field,), Classes(names=self._names), train=train, test=test, validation=validation)

    def load(self, folders: DataFolders) -> Loaded:
        root = self._root(folders)
        self.bundle.provide(root, self.open, download=self.download)
        try:
            with _unpacking(root, self.bundle) as folder:
                parts = [self._samples(split) for split in self.open(folder)]
        except (OSError, RuntimeError) as error:
            reason = f"`{self.name()}` can't be unpacked from {shown(root / self.bundle.folder)}: {error}"
            raise DataError("malformed", reason, argument="root") from error
        train, test, validation = (*parts, None, None)[:3]
        assert train is not None
        return Loaded(self.describe(folders), train, test, validation)

    @property
    def _names(self) -> tuple[str, ...]:
        return self.names

    @property
    def _counts(self) -> tuple[int, int, int]:
        return self.counts

    @property
    def _sizes(self) -> tuple[int, int, int]:
        return self.shape

    def _samples(self, split: Dataset) -> Samples:
        import numpy as np
        from PIL.Image import Resampling

        channels, height, width = self._sizes
        images: np.ndarray = np.empty((len(split), height, width, channels), np.uint8)
        targets: np.ndarray = np.empty(len(split), np.int64)
        for index in range(len(split)):
            image, targets[index] = split[index]
            if image.size != (width, height):
                image = image.resize((width, height), Resampling.BILINEAR)
            images[index] = np.asarray(image).reshape(height, width, channels)
        return Samples((np.ascontiguousarray(images.transpose(0, 3, 1, 2)),), targets)


class Photographs(Packed):
    """A data set of photographs of several sizes, in colour, brought to one size when they are loaded."""

    size: Annotated[
        tuple[PositiveInt, PositiveInt],
        Field(description="height and width that all images are brought to, without aliasing"),
    ]

    @property
    def resizes(self) -> bool:
        return True

    @property
    def _sizes(self) -> tuple[int, int, int]:
        return (3, *self.size)


@contextmanager
def _unpacking(root: Path, bundle: Bundle) -> Generator[Path]:
    """A folder with the archives in it, beside them where that is allowed, that is gone afterwards."""
    beside = root if os.access(root, os.W_OK) else None
    with TemporaryDirectory(prefix=".netspec-", dir=beside) as folder:
        for file in bundle.files:
            link = Path(folder, file)
            link.parent.mkdir(parents=True, exist_ok=True)
            # by its name: another hard link would change the archive's time, and what was kept of it would be lost
            with suppress(OSError):  # a disk that has no links, or a system that forbids them
                link.symlink_to((root / file).resolve())
                continue
            shutil.copy(root / file, link)
        yield Path(folder)
