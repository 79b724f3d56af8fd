"""Exported files in words."""

from __future__ import annotations

from netspec.render import words
from netspec.saved.export_record import ExportRecord


def export_line(export: ExportRecord) -> str:
    """How large a file is and how it compares with the network, or why there is none."""
    if export.trouble is not None:
        return words.clean(f"{export.file} isn't exported: {export.trouble}")
    agreeing = f"{words.count(export.agreeing)} of {words.count(export.samples)} {export.split} samples"
    return words.clean(
        f"{export.file}   {words.size(export.size)}, the decisions of the network on {agreeing}, "
        f"outputs differ by at most {export.difference:.2g}"
    )
