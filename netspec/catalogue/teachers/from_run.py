"""The network of a saved run as a teacher."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.teachers import Teacher


class FromRun(Teacher):
    """The network of a saved run, in evaluation mode: nothing of it is learned.

    It takes samples as its own data did, with what its transforms learned. The run that learns from it keeps the digest
    of its weights, and is resumed with these alone, wherever `latest` points then.
    """

    examples: ClassVar = (
        Example('from_run("runs/big/latest")'),
        Example('from_run("runs/big/20260101-120000-abc123", weights=best)'),
    )
