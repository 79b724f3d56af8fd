"""The CIFAR-10 data set of small colour images."""

from __future__ import annotations

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
    "cifar10",
    folder="cifar-10-batches-py",
    files={
        "cifar-10-batches-py/data_batch_1": "c99cafc152244af753f735de768cd75f",
        "cifar-10-batches-py/data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
        "cifar-10-batches-py/data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
        "cifar-10-batches-py/data_batch_4": "634d18415352ddfa80567beed471001a",
        "cifar-10-batches-py/data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
        "cifar-10-batches-py/test_batch": "40351d587109b95175f43aff81a1287e",
        "cifar-10-batches-py/batches.meta": "5ff9c542aee3614f3951f8cda6e48888",
    },
    archives={"cifar-10-python.tar.gz": "c58f30108f718f92721af3b95e74349a"},
)
NAMES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


class Cifar10(Downloaded):
    """60 000 photographs of ten kinds of things, 32x32 in colour, 10 000 of them to test: torchvision.datasets.CIFAR10.

    The files are looked for in `cifar-10-batches-py` below `root`, or packed in `cifar-10-python.tar.gz` there,
    downloaded if they aren't there, and verified before they are used. By Krizhevsky.
    """

    bundle: ClassVar = BUNDLE
    statistics: ClassVar = KNOWN["cifar10"]
    torch_names: ClassVar = ("torchvision.datasets.CIFAR10",)
    examples: ClassVar = (Example("cifar10()"), Example('cifar10(root="data", download=false)'))

    def describe(self, folders: DataFolders) -> DataType:
        return DataType((DataField(Image(sizes=(3, 32, 32))),), Classes(names=NAMES), train=50_000, test=10_000)

    def load(self, folders: DataFolders) -> Loaded:
        import numpy as np
        from torchvision.datasets import CIFAR10

        root = self._root(folders)
        # torchvision unpickles these files, which may run code: each is verified here first, and again by torchvision
        self.bundle.provide(root, lambda folder: CIFAR10(folder, download=True), download=self.download)
        train, test = (CIFAR10(root, train=train) for train in (True, False))
        return Loaded(
            self.describe(folders),
            *(
                # torchvision gives [N, height, width, channels]
                Samples((np.ascontiguousarray(split.data.transpose(0, 3, 1, 2)),), np.array(split.targets, np.int64))
                for split in (train, test)
            ),
        )

    def python(self, folders: DataFolders, type: DataType) -> Python:
        return self.python_splits(
            folders, "CIFAR10", "split.data.transpose(0, 3, 1, 2).copy()", "np.array(split.targets)"
        )
