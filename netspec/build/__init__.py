"""From a checked program to torch objects."""

from netspec.build.network import build

__all__ = ["build"]
