"""The STL-10 data set of colour images."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.sources._torchvision import Dataset, Packed, archives

NAMES = (
    "airplane",
    "bird",
    "car",
    "cat",
    "deer",
    "dog",
    "horse",
    "monkey",
    "ship",
    "truck",
)


class Stl10(Packed):
    """13 000 photographs of ten kinds of things, 96x96 in colour, 8 000 of them to test: torchvision.datasets.STL10.

    Its images without a class are left out. By Coates, Ng and Lee. `stl10_binary.tar.gz` is looked for in `root`,
    downloaded if it isn't there, and verified before it is used.
    """

    bundle: ClassVar = archives(
        "stl10",
        ".",
        {
            "stl10_binary.tar.gz": "91f7769df0f17e558f3565bffb0c7dfb",
        },
    )
    names: ClassVar = NAMES
    shape: ClassVar = (3, 96, 96)
    counts: ClassVar = (5_000, 8_000, 0)
    torch_names: ClassVar = ("torchvision.datasets.STL10",)
    examples: ClassVar = (Example("stl10()"), Example('stl10(root="data", download=false)'))

    def open(self, folder: Path) -> Sequence[Dataset]:
        from torchvision.datasets import STL10

        return [STL10(folder, split=split, download=True) for split in ("train", "test")]
