"""ONNX: networks for other runtimes."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.export_formats import ExportFormat


class Onnx(ExportFormat):
    """ONNX file, which ONNX Runtime and many other programs run without torch.

    All of it is in one file, with the weights and what is needed to use them in its metadata.
    """

    noun: ClassVar = "an ONNX file"
    suffix: ClassVar = ".onnx"
    packages: ClassVar = ("onnx", "onnxscript", "onnxruntime")
    extra: ClassVar = "export"
    examples: ClassVar = (Example("onnx"),)
