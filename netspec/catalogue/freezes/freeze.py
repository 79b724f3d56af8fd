"""Freezing for a part of the training."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.freezes import Freezing


class Freeze(Freezing):
    """Keep the tensors that are selected as they are until then, and learn them from there on.

    Each tensor belongs to the first entry of the list that selects it, so that several end one after the other:
    `[freeze("body.layer4", until=2 epochs), freeze("body", until=4 epochs)]` learns the last layer of a body two epochs
    before the others. A string in the list freezes for the whole training.

    While they are frozen, the optimizer has no state of them: its momentum and its steps begin when they thaw. The
    learning rate then is what the schedule has come to.
    """

    examples: ClassVar = (
        Example('freeze("body", until=3 epochs)'),
        Example('freeze(["body", "!body.fc"], until=500 steps)'),
    )
