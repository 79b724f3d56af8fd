"""Every spec that comes with netspec can be searched, in both forms of the language."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from netspec.catalogue.domain import Domain
from netspec.catalogue.values import number_text
from netspec.checker import Analysis, check_file
from netspec.lang.json.write import write_json
from netspec.program.program import Program
from netspec.program.written import written
from netspec.source import Source
from tests.specs import SPECS

SEARCH = """\
extends "{spec}"
param searched_rate = 0.01 in log(1e-4, 1e-1)
param searched_decay = 1e-5 in [1e-5, 1e-4]
{data}train {{
  optimizer = {optimizer}(lr=searched_rate)
  penalties = [l2(searched_decay)]
}}
search {{
  method   = tpe(trials=20)
  maximize = {maximize}
  minimize = {minimize}
  params   = ["searched_rate", "searched_decay"]
{stop}  confirm  = top(3)
}}
"""


def searched(path: Path, program: Program) -> str:
    """A search of the learning rate and the penalty of a spec, for its first metric."""
    metric = next(iter(program.metrics), None)
    name = f"validation.{metric.key()}" if metric is not None else "validation.loss"
    larger = metric is not None and metric.larger_is_better
    has_split = program.data.validation is not None or program.type.validation
    return SEARCH.format(
        spec=path.name,
        data="" if has_split else "data {\n  validation = 20%\n}\n",
        stop="  stop     = median(after=1 epoch)\n" if program.train.epochs > 1 else "",
        optimizer=program.train.optimizer.name(),
        maximize=name if larger else "none",
        minimize="none" if larger else name,
    )


def drawn(chance: random.Random) -> Any:
    def draw(name: str, domain: Domain) -> Any:
        return chance.choice(domain.choices) if domain.choices else chance.uniform(domain.low, domain.high)

    return draw


@pytest.mark.parametrize("path", SPECS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_it_is_searched(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parents[1] if path.parent.name != "specs" else path.parent)
    checked = check_file(path)
    if checked.program is None:
        pytest.skip("it needs a file that isn't there")
    text = searched(path, checked.program)
    found = Analysis(Source("searched.net", text, path.parent / "searched.net"))
    assert [item.message for item in found.diagnostics if item.is_error] == []
    assert found.program is not None and found.program.space is not None and found.settings is not None
    names = [param.name for param in found.program.space]
    assert names[-2:] == ["searched_rate", "searched_decay"]
    draw = drawn(random.Random(path.name))
    for _ in range(3):
        setting = found.settings.decide(draw)
        assert setting.errors == () and list(setting.values) == names
        assert setting.program is not None and setting.program.train.optimizer.lr == setting.values["searched_rate"]
        assert written(setting.program.train.penalties[0]) == f"l2({number_text(setting.values['searched_decay'])})"
        # a trial is the spec with `--set`, but for the test split
        again = found.trial(setting.overrides).program
        assert again is not None and again.graph.parameter_count == setting.program.graph.parameter_count
    if "data {" not in text:
        # the JSON form wants each section whole
        source = Source("searched.net.json", write_json(found.tree), path.parent / "searched.net.json")
        as_json = Analysis(source).program
        assert as_json is not None and as_json.hash == found.program.hash
