"""The MNIST database of handwritten digits."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.fields.image import Image
from netspec.catalogue.image_statistics import KNOWN
from netspec.catalogue.python import Python
from netspec.catalogue.sources import DataFolders, Loaded, Samples
from netspec.catalogue.sources._bundles import Bundle, Downloaded
from netspec.catalogue.targets.classes import Classes
from netspec.catalogue.types import DataField, DataType

BUNDLE = Bundle(
    "mnist",
    folder="MNIST/raw",
    files={
        "MNIST/raw/train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
        "MNIST/raw/train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
        "MNIST/raw/t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
        "MNIST/raw/t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
    },
    archives={
        "MNIST/raw/train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
        "MNIST/raw/train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
        "MNIST/raw/t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
        "MNIST/raw/t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
    },
)


class Mnist(Downloaded):
    """70 000 handwritten digits, 28x28 grey, 60 000 to train on and 10 000 to test: torchvision.datasets.MNIST.

    The files are looked for in `MNIST/raw` below `root`, plain or as .gz, downloaded if they aren't there, and
    verified before they are used. By LeCun, Cortes and Burges.
    """

    bundle: ClassVar = BUNDLE
    mirrored: ClassVar = False
    statistics: ClassVar = KNOWN["mnist"]
    torch_names: ClassVar = ("torchvision.datasets.MNIST",)
    examples: ClassVar = (Example("mnist()"), Example('mnist(root="data", download=false)'))

    def describe(self, folders: DataFolders) -> DataType:
        digits = Classes(names=tuple("0123456789"))
        return DataType((DataField(Image(sizes=(1, 28, 28))),), digits, train=60_000, test=10_000)

    def slow_files(self, folders: DataFolders) -> tuple[Path, ...]:
        return ()  # they hold nothing but the numbers, which are there as soon as they are read

    def load(self, folders: DataFolders) -> Loaded:
        import numpy as np

        root = self._root(folders)
        self.bundle.provide(root, _fetch, download=self.download)
        # the files are verified, so that what their headers say is known; torchvision takes a second to be imported
        images, labels, test_images, test_labels = (
            np.fromfile(root / file, np.uint8, offset=16 if "images" in file else 8) for file in self.bundle.files
        )
        return Loaded(
            self.describe(folders),
            Samples((images.reshape(-1, 1, 28, 28),), labels.astype(np.int64)),
            Samples((test_images.reshape(-1, 1, 28, 28),), test_labels.astype(np.int64)),
        )

    def python(self, folders: DataFolders, type: DataType) -> Python:
        return self.python_splits(folders, "MNIST", "split.data.numpy()[:, None]", "split.targets.numpy()")


def _fetch(folder: Path) -> None:
    from torchvision.datasets import MNIST

    MNIST(folder, download=True)
