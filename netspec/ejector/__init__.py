"""Programs as scripts for torch that train the same networks without netspec."""

from netspec.ejector.script import script_of

__all__ = ["script_of"]
