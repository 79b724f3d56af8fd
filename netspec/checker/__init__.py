"""Tree and catalogue to program: the passes in their order."""

from netspec.checker.analysis import Analysis, Checked, check_file, check_source, saved_program
from netspec.checker.found import Found
from netspec.checker.names.files import Files

__all__ = ["Analysis", "Checked", "Files", "Found", "check_file", "check_source", "saved_program"]
