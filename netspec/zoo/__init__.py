"""Known networks as blocks of library files, and what is known of their weights."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from netspec.immutable import immutable
from netspec.resources import PACKAGE

NAME = "zoo"
"""The name before the dot of a network's: `zoo.resnet18`."""

FOLDER = PACKAGE / NAME


@immutable
class Weights:
    """Weights of a network that can be downloaded, and the images that they were trained with.

    `sha256_prefix` are the first hexadecimal digits of the file's hash. `mean` and `std` are those of each channel, of
    values from 0 to 1. Images are resized to `resize` pixels on their shorter side, and the middle `crop` pixels of
    each side are taken. `accuracy` is the top-1 accuracy on the validation split of ImageNet, in percent.
    """

    url: str
    sha256_prefix: str
    mean: tuple[float, ...]
    std: tuple[float, ...]
    resize: int
    crop: int
    interpolation: str
    accuracy: float
    default: bool


@immutable
class Network:
    """A network of the zoo: the paper that it is from, its learned elements, the floating-point operations for one
    sample of the sizes `input`, and the weights that there are, by their names."""

    name: str
    source: str
    parameters: int
    flops: int
    input: tuple[int, ...]
    weights: Mapping[str, Weights]

    @property
    def default_weights(self) -> str | None:
        """The name of the weights that are taken if none are named; None if there are none."""
        return next((name for name, weights in self.weights.items() if weights.default), None)


@cache
def networks() -> Mapping[str, Network]:
    """All networks by their names."""
    content = json.loads((FOLDER / "weights.json").read_text(encoding="utf-8"))
    return MappingProxyType({name: _network(name, record) for name, record in content.items()})


def network(name: str) -> Network | None:
    """The network of that name, which is written without `zoo.`; None if there is none."""
    return networks().get(name)


def network_named(word: str) -> str | None:
    """The network that has a name but for case and underscores: `resnet18` for `ResNet_18`."""
    return next((name for name in networks() if _letters(name) == _letters(word)), None)


def _letters(name: str) -> str:
    return name.lower().replace("_", "")


def _network(name: str, record: Mapping[str, Any]) -> Network:
    weights = {key: Weights(**_frozen(item)) for key, item in record["weights"].items()}
    known: dict[str, Any] = {**_frozen(record), "weights": MappingProxyType(weights)}
    return Network(name=name, **known)


def _frozen(record: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in record.items()}


# ---- library files ----


def library_name(path: Path) -> str | None:
    """The name of a library file, `zoo/resnet.net`, by its path; None for every other file."""
    return f"{NAME}/{path.name}" if path.parent == FOLDER else None


def library_files() -> list[Path]:
    """The paths of the library files, in the order of their names."""
    return sorted(FOLDER.glob("*.net"))


def declaring(name: str, files: Iterable[tuple[Path, str]]) -> Path | None:
    """The file whose text declares a block of that name."""
    block = re.compile(rf"^block\s+{re.escape(name)}\b", re.MULTILINE)
    return next((path for path, text in files if block.search(text)), None)
