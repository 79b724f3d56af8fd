"""The GTSRB data set of traffic signs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.sources._torchvision import Dataset, Photographs, archives

NAMES = tuple(map(str, range(43)))


class Gtsrb(Photographs):
    """39 270 photographs of 43 German traffic signs, 12 630 of them to test: torchvision.datasets.GTSRB.

    By Stallkamp et al. Its archives are looked for in `gtsrb` below `root`, downloaded if they aren't there, and
    verified before they are used.
    """

    bundle: ClassVar = archives(
        "gtsrb",
        "gtsrb",
        {
            "GTSRB-Training_fixed.zip": "513f3c79a4c5141765e10e952eaa2478",
            "GTSRB_Final_Test_Images.zip": "c7e4e6327067d32654124b0fe9e82185",
            "GTSRB_Final_Test_GT.zip": "fe31e9c9270bbcd7b84b7f21a9d9d9e5",
        },
    )
    mirrored: ClassVar = False
    names: ClassVar = NAMES
    counts: ClassVar = (26_640, 12_630, 0)
    torch_names: ClassVar = ("torchvision.datasets.GTSRB",)
    examples: ClassVar = (
        Example("gtsrb(size=[64, 64])"),
        Example('gtsrb(size=[224, 224], root="data")'),
    )

    def open(self, folder: Path) -> Sequence[Dataset]:
        from torchvision.datasets import GTSRB

        return [GTSRB(folder, split=split, download=True) for split in ("train", "test")]
