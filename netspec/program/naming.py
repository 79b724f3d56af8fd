"""What a spec is called, and the folder of its runs."""

from __future__ import annotations

import re
from pathlib import Path

from netspec.source import Source


def spec_name(source: Source) -> str:
    """The name of the spec's file without `.net`, `.json` or `.net.json`."""
    name = source.path.name if source.path else ""
    return name.removesuffix(".json").removesuffix(".net") or "spec"


def as_file_name(name: str) -> str:
    """A spec's name as the name of a folder: no separators, no leading dot, not too long, not empty."""
    return re.sub(r"[^\w.-]+", "_", name).lstrip(".-")[:80] or "spec"


def runs_of(name: str) -> Path:
    """The folder of all runs of a spec, under the current folder."""
    return Path("runs") / as_file_name(name)
