"""The digits that come with netspec, as arrays and as the files that torchvision reads MNIST from."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from netspec.resources import resource

MEAN, STD = 0.1307, 0.3081
"""MNIST's own statistics, as tutorials have them."""
FILES = {"train": "train", "test": "t10k"}
UNSIGNED_BYTE = 0x0800


def read(split: str = "train") -> tuple[np.ndarray, np.ndarray]:
    """The images [N, 28, 28] and the labels [N] of `train` or `test`, uint8."""
    with np.load(resource("datasets", "mnist_sample.npz")) as archive:
        return archive[f"{split}_images"], archive[f"{split}_labels"]


def write_files(folder: Path) -> None:
    """Write them below a folder for torchvision: a header of the type and the sizes, and then the bytes."""
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for split, start in FILES.items():
        for kind, values in zip(("images", "labels"), read(split), strict=True):
            header = np.array([UNSIGNED_BYTE + values.ndim, *values.shape], ">i4").tobytes()
            (raw / f"{start}-{kind}-idx{values.ndim}-ubyte").write_bytes(header + values.tobytes())
