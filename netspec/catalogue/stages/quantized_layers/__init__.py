"""Layer choices: how the layers that stay in floating-point numbers are found."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Entry


class LayerChoice(Entry):
    """Which layers are too sensitive to be quantized."""

    kind: ClassVar[str] = "layer choice"
