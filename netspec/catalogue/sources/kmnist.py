"""The Kuzushiji-MNIST data set of Japanese letters."""

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
    "o",
    "ki",
    "su",
    "tsu",
    "na",
    "ha",
    "ma",
    "ya",
    "re",
    "wo",
)


class Kmnist(Packed):
    """70 000 handwritten Japanese letters of ten kinds, 28x28 grey, 10 000 to test: torchvision.datasets.KMNIST.

    By CODH. Its archives are looked for in `KMNIST/raw` below `root`, downloaded if they aren't there, and verified
    before they are used.
    """

    bundle: ClassVar = archives(
        "kmnist",
        "KMNIST/raw",
        {
            "train-images-idx3-ubyte.gz": "bdb82020997e1d708af4cf47b453dcf7",
            "train-labels-idx1-ubyte.gz": "e144d726b3acfaa3e44228e80efcd344",
            "t10k-images-idx3-ubyte.gz": "5c965bf0a639b31b8f53240b1b52f4d7",
            "t10k-labels-idx1-ubyte.gz": "7320c461ea6c1c855c0b718fb2a4b134",
        },
    )
    mirrored: ClassVar = False
    names: ClassVar = NAMES
    shape: ClassVar = (1, 28, 28)
    counts: ClassVar = (60_000, 10_000, 0)
    torch_names: ClassVar = ("torchvision.datasets.KMNIST",)
    examples: ClassVar = (Example("kmnist()"), Example('kmnist(root="data", download=false)'))

    def open(self, folder: Path) -> Sequence[Dataset]:
        from torchvision.datasets import KMNIST

        return [KMNIST(folder, train=train, download=True) for train in (True, False)]

    def python(self, folders: DataFolders, type: DataType) -> Python:
        return self.python_splits(folders, "KMNIST", "split.data.numpy()[:, None]", "split.targets.numpy()")
