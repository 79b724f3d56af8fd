"""Names of folders that mean a split: `train`, `Training_Set`, `seg_test`, `val2017`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

SplitName = Literal["train", "test", "validation"]
SPLITS: tuple[SplitName, ...] = ("train", "test", "validation")

MEANINGS: dict[str, SplitName] = {
    "train": "train",
    "training": "train",
    "test": "test",
    "testing": "test",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
}
AFFIXES = frozenset(
    (
        *("set", "sets", "split", "subset", "data", "dataset", "file", "files", "folder", "dir", "x", "seg"),
        *("image", "images", "img", "imgs", "pic", "pics", "picture", "pictures", "photo", "photos"),
    )
)
"""What stands before or after the name of a split and means nothing by itself."""


def splits_of(names: Sequence[str]) -> dict[str, SplitName | None]:
    """The split that each of some folders beside each other means, or None.

    Besides the usual affixes, whatever is the same in the names of a split to train on and of another one is an affix:
    `flowers_train` and `flowers_test`.
    """
    read = {name: _read(name) for name in names}
    trained = {rest for split, rest in read.values() if split == "train"}
    other = {rest for split, rest in read.values() if split not in ("train", None)}
    shared = (trained & other) | {()}
    return {name: split if rest in shared else None for name, (split, rest) in read.items()}


def _read(name: str) -> tuple[SplitName | None, tuple[str, ...]]:
    """The split that a name means and its words that are no affix; no split where several or none are named."""
    words = [part for word in _words(name) for part in _parts(word)]
    found: list[SplitName] = [MEANINGS[word] for word in words if word in MEANINGS]
    rest = tuple(word for word in words if word not in MEANINGS and word not in AFFIXES)
    return (found[0] if len(found) == 1 else None), rest


def _words(name: str) -> list[str]:
    """The words of a name in small letters, without numbers: `TrainSet2` has `train` and `set`."""
    apart = re.sub(r"([a-z])([A-Z])", r"\1 \2", name)
    return [word.lower() for word in re.split(r"[\W\d_]+", apart) if word]


def _parts(word: str) -> tuple[str, ...]:
    """A word, or the two that it is made of: `trainset`, `xtest`."""
    for cut in range(1, len(word)):
        first, second = word[:cut], word[cut:]
        if (first in MEANINGS and second in AFFIXES) or (first in AFFIXES and second in MEANINGS):
            return first, second
    return (word,)
