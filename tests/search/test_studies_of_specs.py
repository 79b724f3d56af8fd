"""A study of a spec: what its method proposes are settings that the checker knows, in a space with branches."""

from __future__ import annotations

from pathlib import Path

import pytest

from netspec.checker import Analysis
from netspec.program.space import as_overrides
from netspec.searcher.study import Study, Task
from netspec.searcher.terms import Goal, Terms
from netspec.searcher.trials import Outcome
from netspec.searcher.worker import work
from netspec.source import Source

SPEC = """\
param more  = 16 in [8, 16, 32]
param width = 8 in [4, 8]
param deep  = false in [false, true]
data {{ source = iris(), validation = 20% }}
model {{
  linear(width) -> relu
  if deep {{ linear(more) -> relu }}
  linear(3)
}}
search {{
  method   = {method}
  minimize = parameters
}}
"""


@pytest.mark.parametrize("method", ["grid", "random(trials=6)", "tpe(trials=6)", "nsga2(trials=6, population=3)"])
def test_its_trials_are_settings_of_the_space(method: str, tmp_path: Path) -> None:
    analysis = Analysis(Source("spec.net", SPEC.format(method=method)))
    program, settings = analysis.program, analysis.settings
    assert program is not None and program.space is not None and program.search is not None and settings is not None
    search, space = program.search, program.space
    goals = tuple(Goal(goal.name, goal.larger_is_better) for goal in search.goals)
    params = {param.name: param.domain for param in space}
    terms = Terms(program.hash, params, goals, search.method, search.stop, program.train.epochs, search.seed)
    total = search.method.planned(settings.size)
    assert total is not None
    study = Study.begin(tmp_path / "study", terms, total, settings)
    found: dict[str, int] = {}

    def run(task: Task) -> Outcome:
        setting = settings.at(task.trial.params)
        assert setting.program is not None
        assert dict(setting.values) == dict(task.trial.params), "what isn't read isn't drawn"
        size = found[str(as_overrides(task.trial.params))] = setting.program.graph.parameter_count
        return Outcome.complete((float(size),))

    work(study, run)
    assert 0 < len(found) <= 8
    if method == "grid":
        assert len(found) == settings.size == 8
        assert min(found, key=lambda key: found[key]) == "{'width': '4', 'deep': 'false'}"
