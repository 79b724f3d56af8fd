"""The command line: one module a verb, imported only when the verb is chosen."""

from netspec.cli.main import main, process

__all__ = ["main", "process"]
