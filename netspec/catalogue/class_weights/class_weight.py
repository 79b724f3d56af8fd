"""The weight of one class."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.class_weights import ClassWeighting
from netspec.catalogue.entry import Example


class ClassWeight(ClassWeighting):
    """Let the samples of a class count more or less in a loss than others do."""

    examples: ClassVar = (Example('class_weight("cat", 3)'),)
