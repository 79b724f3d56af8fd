"""Safetensors: weights by their names."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.export_formats import ExportFormat


class Safetensors(ExportFormat):
    """Safetensors file of the weights alone, by their names in the network, which a rule `from_file` loads again."""

    noun: ClassVar = "a safetensors file"
    suffix: ClassVar = ".safetensors"
    holds_graph: ClassVar = False
    examples: ClassVar = (Example("safetensors"),)
