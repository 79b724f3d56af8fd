"""A study goes on with the spec that it was begun with, and says what changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from netspec.catalogue.domain import Domain
from netspec.catalogue.sections.search import Goal
from netspec.catalogue.values import Quantity
from netspec.problems.base import NetspecError
from netspec.searcher.terms import Terms
from tests.searcher.toy import (
    KIND,
    MIXED,
    TWO,
    begun,
    method,
    stop,
    studied,
    terms,
)

TPE = method("tpe", trials=20, startup_trials=4)
RANDOM = method("random", trials=20)


def codes(error: pytest.ExceptionInfo[NetspecError]) -> list[str]:
    return [item.code for item in error.value.diagnostics]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"spec": "1" * 64}, ["the spec was 000000000000… and is 111111111111…"]),
        ({"params": {**MIXED, "x": Domain(low=0, high=5, scale="uniform")}},
         ["the domain of `x` was uniform(-5, 5) and is uniform(0, 5)"]),
        ({"params": {**MIXED, "kind": Domain(("relu",))}},
         ["the domain of `kind` was [relu, tanh, gelu] and is [relu]"]),
        ({"params": {"kind": KIND}}, [f"the domain of `{name}` was" for name in ("x", "lr", "width")]),
        ({"params": dict(reversed(MIXED.items()))},
         ["the order of the params was x, lr, width, kind and is kind, width, lr, x"]),
        ({"goals": (Goal("cost", larger_is_better=True),)}, ["the objective was minimize cost and is maximize cost"]),
        ({"goals": TWO}, ["the objective was minimize cost and is minimize cost, minimize size"]),
        ({"method": RANDOM}, ["the method was tpe(startup_trials=4) and is random()"]),
        ({"stop": stop("halving")}, ["`stop` was none and is halving(after=1 epoch, factor=4)"]),
        ({"epochs": 9, "seed": 1, "parallel": 2},
         ["`epochs` was 1 and is 9", "`seed` was 0 and is 1", "`parallel` was 1 and is 2"]),
    ],
)  # fmt: skip
def test_a_study_does_not_go_on_with_another_spec_and_says_what_changed(
    tmp_path: Path, change: dict[str, Any], said: list[str]
) -> None:
    found = terms(TPE, MIXED)
    studied(tmp_path, found, 3)
    before = (tmp_path / "journal.jsonl").read_bytes()
    with pytest.raises(NetspecError) as error:
        begun(tmp_path, replace(found, **change), 3)
    assert codes(error) == ["NS713"]
    notes = error.value.diagnostics[0].notes
    assert len(notes) == len(said) and all(map(str.startswith, notes, said)), notes
    assert (tmp_path / "journal.jsonl").read_bytes() == before


def test_the_number_of_trials_may_change(tmp_path: Path) -> None:
    found = terms(TPE, MIXED)
    studied(tmp_path, found, 3)
    begun(tmp_path, replace(found, method=method("tpe", trials=99, startup_trials=4)), 3)


def test_terms_are_the_same_after_they_were_written_and_read() -> None:
    domains = {**MIXED, "epochs": Domain((Quantity(1, "epochs"), None, True, 2.5, "a"))}
    for rule in (None, stop("median", after=Quantity(3, "epochs")), stop("hyperband")):
        found = terms(TPE, domains, stop=rule, goals=TWO, seed=2**40, parallel=3, epochs=7)
        assert Terms.from_json(found.to_json()) == found
