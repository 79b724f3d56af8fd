"""From a checked program to torch objects."""

from netspec.builder.network import build

__all__ = ["build"]
