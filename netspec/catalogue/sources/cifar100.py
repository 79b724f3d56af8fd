"""The CIFAR-100 data set of small colour images."""

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
    "apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can "
    "castle caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin "
    "elephant flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard "
    "lobster man maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear "
    "pickup_truck pine_tree plain plate poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark "
    "shrew skunk skyscraper snail snake spider squirrel streetcar sunflower sweet_pepper table tank telephone "
    "television tiger tractor train trout tulip turtle wardrobe whale willow_tree wolf woman worm"
)


class Cifar100(Packed):
    """60 000 photographs of a hundred kinds of things, 32x32 in colour, 10 000 to test: torchvision.datasets.CIFAR100.



    By Krizhevsky. `cifar-100-python.tar.gz` is looked for in `root`, downloaded if it isn't there, and verified
    before it is used.
    """

    bundle: ClassVar = archives(
        "cifar100",
        ".",
        {
            "cifar-100-python.tar.gz": "eb9058c3a382ffc7106e4002c42a8d85",
        },
    )
    names: ClassVar = tuple(NAMES.split())
    shape: ClassVar = (3, 32, 32)
    counts: ClassVar = (50_000, 10_000, 0)
    statistics: ClassVar = ((0.5071, 0.4865, 0.4409), (0.2673, 0.2564, 0.2762))
    torch_names: ClassVar = ("torchvision.datasets.CIFAR100",)
    examples: ClassVar = (Example("cifar100()"), Example('cifar100(root="data", download=false)'))

    def open(self, folder: Path) -> Sequence[Dataset]:
        from torchvision.datasets import CIFAR100

        return [CIFAR100(folder, train=train, download=True) for train in (True, False)]

    def python(self, folders: DataFolders, type: DataType) -> Python:
        return self.python_splits(
            folders, "CIFAR100", "split.data.transpose(0, 3, 1, 2).copy()", "np.array(split.targets)"
        )
