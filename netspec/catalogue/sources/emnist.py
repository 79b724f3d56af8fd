"""The EMNIST data set of handwritten letters and digits."""

from __future__ import annotations

import string
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, ClassVar, Literal, NamedTuple

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.sources import Samples
from netspec.catalogue.sources._torchvision import DIGITS, Dataset, Packed, archives

LETTERS = string.ascii_uppercase + string.ascii_lowercase
MERGED = "cijklmopsuvwxyz"
"""Letters whose small form is that of the capital."""
UNMERGED = tuple(sorted((*DIGITS, *(letter for letter in LETTERS if letter not in MERGED))))


class Part(NamedTuple):
    """A part of the data set: its classes, and how many images there are to train and to test on."""

    names: tuple[str, ...]
    train: int
    test: int


PARTS = {
    "byclass": Part((*DIGITS, *LETTERS), 697_932, 116_323),
    "bymerge": Part(UNMERGED, 697_932, 116_323),
    "balanced": Part(UNMERGED, 112_800, 18_800),
    "letters": Part(tuple(string.ascii_lowercase), 124_800, 20_800),
    "digits": Part(DIGITS, 240_000, 40_000),
    "mnist": Part(DIGITS, 60_000, 10_000),
}


class Emnist(Packed):
    """Handwritten letters and digits, 28x28 grey, in parts of up to 814 255: torchvision.datasets.EMNIST.

    The images stand upright, which those of torchvision don't. `gzip.zip` is looked for in `EMNIST/raw` below `root`,
    downloaded if it isn't there, and verified before it is used. By Cohen et al.
    """

    bundle: ClassVar = archives("emnist", "EMNIST/raw", {"gzip.zip": "58c8d27c78d21e728a6bc7b3cc06412e"})
    mirrored: ClassVar = False
    shape: ClassVar = (1, 28, 28)
    positional: ClassVar = ("split",)
    torch_names: ClassVar = ("torchvision.datasets.EMNIST",)
    examples: ClassVar = (Example("emnist(letters)"), Example('emnist(balanced, root="data", download=false)'))

    split: Annotated[
        Literal["byclass", "bymerge", "balanced", "letters", "digits", "mnist"],
        Field(
            description="which part: all 62 classes, those of letters that look alike merged to 47, the same balanced, "
            "26 letters, or digits"
        ),
    ]

    def open(self, folder: Path) -> Sequence[Dataset]:
        from torchvision.datasets import EMNIST

        return [EMNIST(folder, split=self.split, train=train, download=True) for train in (True, False)]

    @property
    def _names(self) -> tuple[str, ...]:
        return PARTS[self.split].names

    @property
    def _counts(self) -> tuple[int, int, int]:
        return PARTS[self.split].train, PARTS[self.split].test, 0

    def _samples(self, split: Dataset) -> Samples:
        samples = super()._samples(split)
        # the files hold images column by column, and the letters count from 1
        upright = samples.inputs[0].transpose(0, 1, 3, 2).copy()
        return Samples((upright,), samples.targets - (self.split == "letters"))
