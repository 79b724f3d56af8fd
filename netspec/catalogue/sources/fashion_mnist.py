"""The Fashion-MNIST data set of clothes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.python import Python
from netspec.catalogue.sources import DataFolders
from netspec.catalogue.sources._torchvision import Dataset, Packed, archives
from netspec.catalogue.types import DataType

NAMES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)


class FashionMnist(Packed):
    """70 000 pictures of ten kinds of clothes, 28x28 grey, 10 000 to test: torchvision.datasets.FashionMNIST.

    By Zalando. Its archives are looked for in `FashionMNIST/raw` below `root`, downloaded if they aren't there, and
    verified before they are used.
    """

    bundle: ClassVar = archives(
        "fashion_mnist",
        "FashionMNIST/raw",
        {
            "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
            "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
            "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
            "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
        },
    )
    names: ClassVar = NAMES
    shape: ClassVar = (1, 28, 28)
    counts: ClassVar = (60_000, 10_000, 0)
    statistics: ClassVar = ((0.2860,), (0.3530,))
    torch_names: ClassVar = ("torchvision.datasets.FashionMNIST",)
    examples: ClassVar = (Example("fashion_mnist()"), Example('fashion_mnist(root="data", download=false)'))

    def open(self, folder: Path) -> Sequence[Dataset]:
        from torchvision.datasets import FashionMNIST

        return [FashionMNIST(folder, train=train, download=True) for train in (True, False)]

    def python(self, folders: DataFolders, type: DataType) -> Python:
        return self.python_splits(folders, "FashionMNIST", "split.data.numpy()[:, None]", "split.targets.numpy()")
