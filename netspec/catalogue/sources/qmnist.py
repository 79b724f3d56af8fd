"""The QMNIST data set of handwritten digits: MNIST with all of its test digits."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.sources._torchvision import Dataset, Packed, archives


class Qmnist(Packed):
    """120 000 handwritten digits, 28x28 grey, half of them to test: torchvision.datasets.QMNIST.

    By Yadav and Bottou. Its archives are looked for in `QMNIST/raw` below `root`, downloaded if they aren't there,
    and verified before they are used.
    """

    bundle: ClassVar = archives(
        "qmnist",
        "QMNIST/raw",
        {
            "qmnist-train-images-idx3-ubyte.gz": "ed72d4157d28c017586c42bc6afe6370",
            "qmnist-train-labels-idx2-int.gz": "0058f8dd561b90ffdd0f734c6a30e5e4",
            "qmnist-test-images-idx3-ubyte.gz": "1394631089c404de565df7b7aeaf9412",
            "qmnist-test-labels-idx2-int.gz": "5b5b05890a5e13444e108efe57b788aa",
        },
    )
    mirrored: ClassVar = False
    shape: ClassVar = (1, 28, 28)
    counts: ClassVar = (60_000, 60_000, 0)
    torch_names: ClassVar = ("torchvision.datasets.QMNIST",)
    examples: ClassVar = (Example("qmnist()"), Example('qmnist(root="data", download=false)'))

    def open(self, folder: Path) -> Sequence[Dataset]:
        from torchvision.datasets import QMNIST

        return [QMNIST(folder, train=train, download=True) for train in (True, False)]
