"""The benchmark of the diagnostics, with a few mutants of each kind."""

from __future__ import annotations

import pytest

from benchmarks.diagnostics import mistakes, typos
from benchmarks.diagnostics.__main__ import good_specs
from benchmarks.diagnostics.measure import said, score
from benchmarks.diagnostics.mutants import KINDS, Kind, Spec

assert mistakes and typos, "they register the kinds"


@pytest.fixture(scope="module")
def specs() -> list[Spec]:
    return good_specs()


def test_nothing_is_said_of_specs_that_are_right(specs: list[Spec]):
    assert len(specs) >= 12
    assert [diagnostic.message for spec in specs for diagnostic in said(spec.source)[1]] == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_mistake_is_noticed(kind: Kind, specs: list[Spec]):
    found = score(kind, specs, per_kind=5, seed=7)
    assert found.mutants
    assert [str(mutant.edits) for mutant in found.missed] == []
