"""The USPS data set of handwritten digits."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.sources._torchvision import Dataset, Packed, archives


class Usps(Packed):
    """9 298 digits from envelopes, 16x16 grey, 2 007 of them to test: torchvision.datasets.USPS.

    By Hull. `usps.bz2` and `usps.t.bz2` are looked for in `root`, downloaded if they aren't there, and verified
    before they are used.
    """

    bundle: ClassVar = archives(
        "usps",
        ".",
        {
            "usps.bz2": "ec16c51db3855ca6c91edd34d0e9b197",
            "usps.t.bz2": "8ea070ee2aca1ac39742fdd1ef5ed118",
        },
    )
    mirrored: ClassVar = False
    shape: ClassVar = (1, 16, 16)
    counts: ClassVar = (7_291, 2_007, 0)
    torch_names: ClassVar = ("torchvision.datasets.USPS",)
    examples: ClassVar = (Example("usps()"), Example('usps(root="data", download=false)'))

    def open(self, folder: Path) -> Sequence[Dataset]:
        from torchvision.datasets import USPS

        return [USPS(folder, train=train, download=True) for train in (True, False)]
