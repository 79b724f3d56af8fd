"""The cache of pretrained weights: where those of a network are, and what is recorded of their download."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

from netspec.formats.confined import read_json
from netspec.immutable import immutable
from netspec.memory import cache_folder

FORMAT = 1
DIGEST = re.compile(r"[0-9a-f]{64}")


@immutable
class Download:
    """What is recorded of a download: its URL, the SHA-256 of the file that came, that of the safetensors file made of
    it, and the size of the latter in bytes."""

    url: str
    sha256: str
    converted: str
    size: int

    def to_json(self) -> dict[str, Any]:
        """The record as JSON data."""
        return {"format": FORMAT, **asdict(self)}


def weights_folder() -> Path:
    """The folder of all pretrained weights."""
    return cache_folder() / "weights"


def weights_path(network: str, weights: str) -> Path:
    """The safetensors file of a network's weights, whether it is there or not."""
    return weights_folder() / f"{network}-{weights}.safetensors"


def record_path(network: str, weights: str) -> Path:
    """The record of a download. It stays when the weights are removed, so that they come back as they were."""
    return weights_folder() / f"{network}-{weights}.json"


def recorded(network: str, weights: str) -> Download | None:
    """What is recorded of a download; None if there is no record, or none that netspec wrote."""
    try:
        data = read_json(record_path(network, weights), weights_folder())
        if data["format"] != FORMAT or type(data["size"]) is not int or not isinstance(data["url"], str):
            return None
        if not all(DIGEST.fullmatch(data[name]) for name in ("sha256", "converted")):
            return None
        data["url"].encode()  # half of a surrogate pair, which JSON can hold, is no text
        return Download(data["url"], data["sha256"], data["converted"], data["size"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
