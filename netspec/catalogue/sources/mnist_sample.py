"""Digits that come with netspec."""

from __future__ import annotations

import hashlib
from io import BytesIO
from pathlib import Path
from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.fields.image import Image
from netspec.catalogue.image_statistics import KNOWN
from netspec.catalogue.python import PYTHON_FOLDER, Python
from netspec.catalogue.sources import DataFolders, DataSource, Loaded, Samples
from netspec.catalogue.targets.classes import Classes
from netspec.catalogue.types import DataField, DataType
from netspec.formats.errors import DataError
from netspec.resources import resource

SHA256 = "1fe878b8add9b508827bec7134a29f7edf5f86f3c4ade27b31fe9320db9411b3"
"""The sum of the archive, as tools/draw_mnist_sample.py printed it."""


class MnistSample(DataSource):
    """5 000 digits out of MNIST, 4 000 to train on and 1 000 to test, each class as often: they come with netspec.

    They need no network, and train in seconds. The test digits are out of MNIST's test set, written by others than
    those who wrote the training digits.
    """

    mirrored: ClassVar = False
    statistics: ClassVar = KNOWN["mnist"]
    examples: ClassVar = (Example("mnist_sample()"),)

    def describe(self, folders: DataFolders) -> DataType:
        digits = Classes(names=tuple("0123456789"))
        return DataType((DataField(Image(sizes=(1, 28, 28))),), digits, train=4_000, test=1_000)

    def files(self, folders: DataFolders) -> tuple[Path, ...]:
        return (resource("datasets", "mnist_sample.npz"),)

    def load(self, folders: DataFolders) -> Loaded:
        import numpy as np

        content = self.files(folders)[0].read_bytes()
        if hashlib.sha256(content).hexdigest() != SHA256:
            reason = "the digits that come with netspec are damaged: their SHA-256 sum is another one"
            raise DataError("malformed", reason, help="install netspec again")
        with np.load(BytesIO(content), allow_pickle=False) as arrays:
            train, test = (
                Samples((arrays[f"{split}_images"][:, None],), arrays[f"{split}_labels"].astype(np.int64))
                for split in ("train", "test")
            )
        return Loaded(self.describe(folders), train, test)

    def python(self, folders: DataFolders, type: DataType) -> Python:
        splits = (
            f'    {split} = arrays["{split}_images"][:, None], arrays["{split}_labels"].astype(np.int64)'
            for split in ("train", "test")
        )
        path = str(self.files(folders)[0].resolve())
        return Python("\n".join(("with np.load(DATA) as arrays:", *splits)), constants={PYTHON_FOLDER: path})
