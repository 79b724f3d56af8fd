"""Writers and loaders of exported files."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from netspec.exporter.exportable import Exportable, Forward


class Format(Protocol):
    """What the module of a format has."""

    def write(self, exportable: Exportable, path: Path) -> None:
        """Write the network to a file. Raises TranslationError if the format lacks something that it does."""
        ...

    def load(self, path: Path, exportable: Exportable) -> Forward:
        """What the file at a path computes; `exportable` is what it was written from."""
        ...


def format_named(name: str) -> Format:
    """The module of a format of the catalogue."""
    return cast("Format", import_module(f"{__name__}.{name}"))
