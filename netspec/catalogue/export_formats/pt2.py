"""PT2: networks as torch.export writes them."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.export_formats import ExportFormat


class Pt2(ExportFormat):
    """PT2 archive of torch.export, which `torch.export.load` reads without netspec and AOTInductor compiles."""

    noun: ClassVar = "a PT2 archive"
    suffix: ClassVar = ".pt2"
    examples: ClassVar = (Example("pt2"),)
