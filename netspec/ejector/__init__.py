"""From a checked program to a script for torch that trains the same network without netspec."""

from netspec.ejector.script import script_of

__all__ = ["script_of"]
