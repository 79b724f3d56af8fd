"""From a checked program to torch objects."""

from netspec.builder.initialise import initialise
from netspec.builder.network import build, build_empty

__all__ = ["build", "build_empty", "initialise"]
