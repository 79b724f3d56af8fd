"""The SVHN data set of house numbers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.sources._torchvision import Dataset, Packed, archives


class Svhn(Packed):
    """99 289 digits of house numbers, 32x32 in colour, 26 032 of them to test: torchvision.datasets.SVHN.

    By Netzer et al. `train_32x32.mat` and `test_32x32.mat` are looked for in `root`, downloaded if they aren't
    there, and verified before they are used.
    """

    bundle: ClassVar = archives(
        "svhn",
        ".",
        {
            "train_32x32.mat": "e26dedcc434d2e4c54c9b2d4a06d8373",
            "test_32x32.mat": "eb5a983be6a315427106f1b164d9cef3",
        },
    )
    mirrored: ClassVar = False
    shape: ClassVar = (3, 32, 32)
    counts: ClassVar = (73_257, 26_032, 0)
    statistics: ClassVar = ((0.4377, 0.4438, 0.4728), (0.1980, 0.2010, 0.1970))
    torch_names: ClassVar = ("torchvision.datasets.SVHN",)
    examples: ClassVar = (Example("svhn()"), Example('svhn(root="data", download=false)'))

    def open(self, folder: Path) -> Sequence[Dataset]:
        from torchvision.datasets import SVHN

        return [SVHN(folder, split=split, download=True) for split in ("train", "test")]
