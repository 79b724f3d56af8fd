"""The command line: one module a verb, imported only when the verb is chosen."""

from netspec.cli.main import main

__all__ = ["main"]
