"""The section `search` in both forms of the language: laid out, converted, and with the same meaning."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from netspec.api import convert, fmt
from netspec.catalogue.sections.search import Goal, Search
from netspec.checker import Analysis
from netspec.source import Source

PARAMS = "param width = 8 in 8..64\nparam lr = 1e-3 in log(1e-4, 1e-1)\n"
REST = (
    "data { source = iris(), validation = 20% }\nmodel { linear(width) -> relu -> linear(3) }\n"
    "train { optimizer = adam(lr=lr) }\n"
)


def whole(search: str) -> str:
    return f"{PARAMS}{REST}{search}\n"


def search_of(analysis: Analysis) -> Search:
    assert analysis.program is not None, [item.message for item in analysis.diagnostics]
    assert analysis.program.search is not None
    return analysis.program.search


@pytest.mark.parametrize("search", [example.text for example in Search.examples])
def test_each_example_is_laid_out_and_converted_and_means_the_same(search: str) -> None:
    text = whole(search)
    written = Analysis(Source("spec.net", text))
    laid_out = Analysis(Source("spec.net", fmt(Source("spec.net", text))))
    as_json = convert(Source("spec.net", text))
    converted = Analysis(Source("spec.net.json", as_json))
    back = Analysis(Source("spec.net", convert(Source("spec.net.json", as_json))))
    assert search_of(written) == search_of(laid_out) == search_of(converted) == search_of(back)
    assert written.program.hash == converted.program.hash  # pyright: ignore[reportOptionalMemberAccess]


def test_objectives_are_those_to_maximize_and_those_to_minimize() -> None:
    goals = "maximize = [validation.accuracy, validation.f1]\n minimize = parameters"
    search = f"search {{\n method = nsga2(trials=10)\n {goals} }}"
    text = whole(search)
    for analysis in (
        Analysis(Source("spec.net", text)),
        Analysis(Source("spec.net.json", convert(Source("spec.net", text)))),
    ):
        goals = search_of(analysis).goals
        assert goals == (Goal("validation.accuracy", True), Goal("validation.f1", True), Goal("parameters", False))
        assert [goal.cost(2.0) for goal in goals] == [-2.0, -2.0, 2.0]
        assert str(goals[2]) == "minimize parameters"


def test_an_editor_finds_what_stands_there() -> None:
    text = whole(Search.examples[1].text)
    analysis = Analysis(Source("spec.net", text))
    found = analysis.at(text.index("median"))
    assert found is not None and found.entry is not None and found.entry.kind == "search stop"
    key = analysis.at(text.index("confirm"))
    assert key is not None and (key.kind, key.path) == ("key", "search.confirm")


def test_a_search_of_many_params_takes_a_check_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"p{number}" for number in range(60)]
    params = "".join(f"param {name} = 8 in 8..64\n" for name in names)
    layers = "".join(f"  linear({name}) -> relu\n" for name in names)
    text = (
        f"{params}data {{ source = iris(), validation = 20% }}\nmodel {{\n{layers}  linear(3)\n}}\n"
        "search { method = random(trials=10), minimize = validation.loss }\n"
    )
    checked: list[Mapping[str, str]] = []
    original = Analysis.trial

    def trial(self: Analysis, values: Mapping[str, str]) -> Analysis:
        checked.append(values)
        return original(self, values)

    monkeypatch.setattr(Analysis, "trial", trial)
    assert Analysis(Source("spec.net", text)).program is not None
    assert len(checked) == 1 + len(names)
