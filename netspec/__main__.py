"""`python -m netspec`: the same as the command `netspec`."""

from netspec.cli import process

process()
