"""The Oxford-IIIT pets."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.sources._torchvision import Dataset, Photographs, archives

NAMES = (
    "Abyssinian, American Bulldog, American Pit Bull Terrier, Basset Hound, Beagle, Bengal, Birman, Bombay, "
    "Boxer, British Shorthair, Chihuahua, Egyptian Mau, English Cocker Spaniel, English Setter, German "
    "Shorthaired, Great Pyrenees, Havanese, Japanese Chin, Keeshond, Leonberger, Maine Coon, Miniature Pinscher, "
    "Newfoundland, Persian, Pomeranian, Pug, Ragdoll, Russian Blue, Saint Bernard, Samoyed, Scottish Terrier, "
    "Shiba Inu, Siamese, Sphynx, Staffordshire Bull Terrier, Wheaten Terrier, Yorkshire Terrier"
)


class OxfordPet(Photographs):
    """7 349 photographs of 37 breeds of cats and dogs, 3 669 of them to test: torchvision.datasets.OxfordIIITPet.

    By Parkhi. `images.tar.gz` and `annotations.tar.gz` are looked for in `oxford-iiit-pet` below `root`, downloaded
    if they aren't there, and verified before they are used.
    """

    bundle: ClassVar = archives(
        "oxford_pet",
        "oxford-iiit-pet",
        {
            "images.tar.gz": "5c4f3ee8e5d25df40f4fd59a7f44e54c",
            "annotations.tar.gz": "95a8c909bbe2e81eed6a22bccdf3f68f",
        },
    )
    names: ClassVar = tuple(NAMES.split(", "))
    counts: ClassVar = (3_680, 3_669, 0)
    torch_names: ClassVar = ("torchvision.datasets.OxfordIIITPet",)
    examples: ClassVar = (Example("oxford_pet(size=[64, 64])"), Example('oxford_pet(size=[224, 224], root="data")'))

    def open(self, folder: Path) -> Sequence[Dataset]:
        from torchvision.datasets import OxfordIIITPet

        return [OxfordIIITPet(folder, split=split, download=True) for split in ("trainval", "test")]
