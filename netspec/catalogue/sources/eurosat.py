"""The EuroSAT data set of satellite images."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.sources._torchvision import Dataset, Packed, archives

NAMES = (
    "AnnualCrop",
    "Forest",
    "HerbaceousVegetation",
    "Highway",
    "Industrial",
    "Pasture",
    "PermanentCrop",
    "Residential",
    "River",
    "SeaLake",
)


class Eurosat(Packed):
    """27 000 satellite images of ten uses of land, 64x64 in colour, none set apart: torchvision.datasets.EuroSAT.

    By Helber. `EuroSAT.zip` is looked for in `eurosat` below `root`, downloaded if it isn't there, and verified
    before it is used.
    """

    bundle: ClassVar = archives(
        "eurosat",
        "eurosat",
        {
            "EuroSAT.zip": "c8fa014336c82ac7804f0398fcb19387",
        },
    )
    names: ClassVar = NAMES
    shape: ClassVar = (3, 64, 64)
    counts: ClassVar = (27_000, 0, 0)
    torch_names: ClassVar = ("torchvision.datasets.EuroSAT",)
    examples: ClassVar = (Example("eurosat()"), Example('eurosat(root="data", download=false)'))

    def open(self, folder: Path) -> Sequence[Dataset]:
        from torchvision.datasets import EuroSAT

        return [EuroSAT(folder, download=True)]
