"""The small digits that come with scikit-learn."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.fields.image import Image
from netspec.catalogue.python import Python
from netspec.catalogue.sources import DataFolders, DataSource, Loaded, Samples
from netspec.catalogue.targets.classes import Classes
from netspec.catalogue.types import DataField, DataType

BRIGHTEST = 16
"""The largest value of a pixel in the files."""


class Digits(DataSource):
    """1 797 handwritten digits, 8x8 grey: sklearn.datasets.load_digits.

    None are set apart to test: `test = 20%` does. By Alpaydin and Kaynak.
    """

    mirrored: ClassVar = False
    examples: ClassVar = (Example("digits()"),)

    def describe(self, folders: DataFolders) -> DataType:
        return DataType((DataField(Image(sizes=(1, 8, 8))),), Classes(names=tuple("0123456789")), train=1_797)

    def load(self, folders: DataFolders) -> Loaded:
        import numpy as np
        from sklearn.datasets import load_digits

        found = load_digits()
        images = np.rint(found.images * (255 / BRIGHTEST)).astype(np.uint8)[:, None]
        return Loaded(self.describe(folders), Samples((images,), found.target.astype(np.int64)), None)

    def python(self, folders: DataFolders, type: DataType) -> Python:
        images = f"images = np.rint(found.images * (255 / {BRIGHTEST})).astype(np.uint8)[:, None]"
        return Python(f"found = sklearn.load_digits()\n{images}\ntrain = images, found.target.astype(np.int64)")
