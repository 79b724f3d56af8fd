"""The DTD data set of textures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.sources._torchvision import Dataset, Photographs, archives

NAMES = (
    "banded blotchy braided bubbly bumpy chequered cobwebbed cracked crosshatched crystalline dotted fibrous "
    "flecked freckled frilly gauzy grid grooved honeycombed interlaced knitted lacelike lined marbled matted "
    "meshed paisley perforated pitted pleated polka-dotted porous potholed scaly smeared spiralled sprinkled "
    "stained stratified striped studded swirly veined waffled woven wrinkled zigzagged"
)


class Dtd(Photographs):
    """5 640 photographs of 47 textures in three splits of one size: torchvision.datasets.DTD.

    By Cimpoi et al. `dtd-r1.0.1.tar.gz` is looked for in `dtd` below `root`, downloaded if it isn't there, and
    verified before it is used.
    """

    bundle: ClassVar = archives(
        "dtd",
        "dtd",
        {
            "dtd-r1.0.1.tar.gz": "fff73e5086ae6bdbea199a49dfb8a4c1",
        },
    )
    names: ClassVar = tuple(NAMES.split())
    counts: ClassVar = (1_880, 1_880, 1_880)
    torch_names: ClassVar = ("torchvision.datasets.DTD",)
    examples: ClassVar = (Example("dtd(size=[64, 64])"), Example('dtd(size=[224, 224], root="data")'))

    def open(self, folder: Path) -> Sequence[Dataset]:
        from torchvision.datasets import DTD

        return [DTD(folder, split=split, download=True) for split in ("train", "test", "val")]
