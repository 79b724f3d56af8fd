"""Sections of a spec, those that the checker and the runner know by name with their types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from netspec.catalogue.sections import Section
from netspec.catalogue.sections.compress import Compress
from netspec.catalogue.sections.data import Data
from netspec.catalogue.sections.evaluate import Evaluate
from netspec.catalogue.sections.export import Export
from netspec.catalogue.sections.search import Search
from netspec.catalogue.sections.train import Train


class HasSections:
    """What has sections by their names. Those that every spec has are there unless they had mistakes."""

    sections: Mapping[str, Section]

    @property
    def data(self) -> Data:
        return cast("Data", self.sections[Data.name()])

    @property
    def train(self) -> Train:
        return cast("Train", self.sections[Train.name()])

    @property
    def evaluate(self) -> Evaluate:
        return cast("Evaluate", self.sections[Evaluate.name()])

    @property
    def search(self) -> Search | None:
        return cast("Search | None", self.sections.get(Search.name()))

    @property
    def compress(self) -> Compress | None:
        return cast("Compress | None", self.sections.get(Compress.name()))

    @property
    def export(self) -> Export | None:
        return cast("Export | None", self.sections.get(Export.name()))
