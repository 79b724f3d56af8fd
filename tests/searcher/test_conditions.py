"""Params that only some trials read are drawn and varied in those alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from netspec.catalogue.domain import Domain
from netspec.searcher.study import Study, Task
from netspec.searcher.trials import Outcome
from netspec.searcher.worker import work
from tests.searcher.toy import (
    method,
    never,
    terms,
)

TPE = method("tpe", trials=20, startup_trials=4)
RANDOM = method("random", trials=20)


@dataclass(frozen=True)
class Setting:
    drawn: Mapping[str, Any]
    values: Mapping[str, Any]


class Branches:
    """`rate` is read with dropout, and `lr` always; it is drawn with `kind = gelu` too, and then isn't read."""

    params: ClassVar = {
        "rate": Domain(low=1, high=3),
        "kind": Domain(("dropout", "gelu", "none")),
        "lr": Domain((0.1, 0.2)),
    }

    def decide(self, draw: Callable[[str, Domain], Any]) -> Setting:
        values = {"kind": draw("kind", self.params["kind"])}
        if values["kind"] != "none":
            values["rate"] = draw("rate", self.params["rate"])
        values["lr"] = draw("lr", self.params["lr"])
        read = {name: value for name, value in values.items() if name != "rate" or values["kind"] == "dropout"}
        return Setting(values, read)


def branched(task: Task) -> Outcome:
    return Outcome.complete((task.trial.params.get("rate", 2) + task.trial.params["lr"],))


def test_a_grid_varies_a_param_only_where_it_is_read(tmp_path: Path) -> None:
    study = Study.begin(tmp_path, terms(method("grid"), Branches.params), 18, Branches())
    work(study, branched, wait=never)
    found = [tuple(trial.drawn.values()) for trial in study.history.trials]
    with_rate = [(kind, rate, lr) for kind in ("dropout", "gelu") for rate in (1, 2, 3) for lr in (0.1, 0.2)]
    assert found == [*with_rate, ("none", 0.1), ("none", 0.2)]
    assert study.history.total == 14


def test_settings_that_differ_in_what_is_not_read_are_one_trial(tmp_path: Path) -> None:
    study = Study.begin(tmp_path, terms(method("grid"), Branches.params), 18, Branches())
    work(study, branched, wait=never)
    assert [trial.same_as for trial in study.history.trials if trial.drawn["kind"] == "gelu"] == [
        None,
        None,
        7,
        8,
        7,
        8,
    ]
    assert all("rate" not in trial.params for trial in study.history.trials if trial.drawn["kind"] == "gelu")


def test_a_study_with_conditions_is_the_same_after_its_process_was_replaced(tmp_path: Path) -> None:
    found = terms(TPE, Branches.params)
    whole = Study.begin(tmp_path / "whole", found, 20, Branches())
    work(whole, branched, wait=never)
    for _ in range(200):
        study = Study.begin(tmp_path / "pieces", found, 20, Branches())
        if (task := study.take()) is None:
            break
        assert isinstance(task, Task)
        with task:
            study.end(task, branched(task))
    assert (tmp_path / "pieces" / "journal.jsonl").read_bytes() == (tmp_path / "whole" / "journal.jsonl").read_bytes()
