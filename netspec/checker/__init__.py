"""Tree and catalogue to program: the passes in their order, with all that is wrong collected on the way."""

from netspec.checker.analysis import Checked, check_file, check_source

__all__ = ["Checked", "check_file", "check_source"]
