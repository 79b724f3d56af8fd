"""Settings of a space: which params a setting has is found by checking the spec with its values."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as options
from hypothesis import strategies as st

from netspec.catalogue.domain import Domain
from netspec.checker import Analysis
from netspec.checker.space import Settings
from netspec.program.space import as_overrides, confirming_program, trial_program
from netspec.source import Source
from tests.specs import check

DATA = "data { source = iris(), validation = 20% }\n"
SEARCH = "search { method = grid, maximize = validation.accuracy }\n"


def analysed(text: str) -> Analysis:
    found = Analysis(Source("spec.net", text))
    errors = [item.message for item in found.diagnostics if item.is_error]
    assert errors == []
    return found


def settings_of(text: str) -> Settings:
    found = analysed(text).settings
    assert found is not None
    return found


def first(name: str, domain: Domain) -> Any:
    return domain[0]


def last(name: str, domain: Domain) -> Any:
    assert domain.size is not None
    return domain[domain.size - 1]


# ---- which params are drawn ----


def test_a_param_of_a_branch_that_is_not_taken_is_not_drawn() -> None:
    found = settings_of(
        "param deep = false in [false, true]\nparam more = 16 in [16, 32]\n"
        f"{DATA}model {{ if deep {{ linear(more) -> relu }}\n linear(3) }}\n{SEARCH}"
    )
    assert found.decide(first).values == {"deep": False}
    assert found.decide(last).values == {"deep": True, "more": 32}
    assert found.size == 3


def test_what_decides_is_drawn_before_what_it_decides_about_wherever_it_is_declared() -> None:
    found = settings_of(
        "param more = 16 in [16, 32]\nparam other = 8 in [8, 9]\nparam deep = true in [false, true]\n"
        f"{DATA}model {{ linear(other) -> relu\n if deep {{ linear(more) -> relu }}\n linear(3) }}\n{SEARCH}"
    )
    assert [param.name for param in found.order] == ["other", "deep", "more"]
    setting = found.decide(first)
    assert setting.drawn == setting.values == {"other": 8, "deep": False}


def test_params_are_drawn_in_the_order_in_which_they_are_declared() -> None:
    names: list[str] = []

    def draw(name: str, domain: Domain) -> Any:
        names.append(name)
        return domain[0]

    text = "param b = 8 in [8, 9]\nparam c = 8 in [8, 9]\nparam a = 8 in [8, 9]\n"
    settings_of(f"{text}{DATA}model {{ linear(a) -> linear(b) -> linear(c) -> linear(3) }}\n{SEARCH}").decide(draw)
    assert names == ["b", "c", "a"]


def test_a_param_is_read_through_another_one() -> None:
    found = settings_of(
        "param width = 8 in [8, 16]\nparam wide = 2 * width\n"
        f"{DATA}model {{ linear(wide) -> relu -> linear(3) }}\n{SEARCH}"
    )
    setting = found.decide(last)
    assert setting.values == {"width": 16}
    assert setting.program is not None and setting.program.params["wide"] == "32"


def test_what_a_block_is_given_decides_within_it() -> None:
    found = settings_of(
        "param deep = false in [false, true]\nparam more = 16 in [16, 32]\n"
        "block body(deeper) { if deeper { linear(more) -> relu } else { identity } }\n"
        f"{DATA}model {{ body(deep) -> linear(3) }}\n{SEARCH}"
    )
    assert found.size == 3 and found.decide(first).values == {"deep": False}


def test_how_often_something_is_repeated_decides_too() -> None:
    found = settings_of(
        "param layers = 0 in 0..2\nparam more = 16 in [16, 32]\n"
        f"{DATA}model {{ for i in 1..layers {{ linear(more) -> relu }}\n linear(3) }}\n{SEARCH}"
    )
    assert found.size == 5 and found.decide(first).values == {"layers": 0}


def test_values_that_do_not_go_together_are_a_setting_with_errors() -> None:
    found = settings_of(
        "param heads = 4 in [4, 3]\n"
        "data { source = synthetic(image=[1, 8, 8], classes=3, samples=200), validation = 10% }\n"
        "model { conv(16, 4, stride=4) -> flatten(start_dim=2) -> permute([2, 1]) -> attention(num_heads=heads)\n"
        f"flatten -> linear(3) }}\n{SEARCH}"
    )
    assert found.decide(first).program is not None
    setting = found.decide(last)
    assert setting.program is None and setting.values == {"heads": 3}
    assert "16" in setting.errors[0].message and "3" in setting.errors[0].message


def test_a_value_that_fails_with_a_default_may_go_with_another_one() -> None:
    found = settings_of(
        "param deep = true in [true, false]\nparam a = 8 in [8, 9]\nparam b = 8 in [8, 9]\n"
        f"{DATA}model {{ x = input -> linear(a)\n y = input -> linear(b)\n x + y\n if deep {{ relu }}\n linear(3) }}\n"
        f"{SEARCH}"
    )
    setting = found.decide(last)
    assert setting.program is not None and setting.values == {"deep": False, "a": 9, "b": 9}


@pytest.mark.parametrize(
    ("values", "network"),
    [("false in [false, true]", "if first and second { relu }"), ("0 in [0, 1]", "linear(8 + first * second) -> relu")],
)
def test_a_param_that_changes_something_with_other_values_of_the_rest_alone_is_no_mistake(
    values: str, network: str
) -> None:
    params = f"param first = {values}\nparam second = {values}\n"
    assert settings_of(f"{params}{DATA}model {{ {network}\n linear(3) }}\n{SEARCH}").size == 4


# ---- against all settings there are ----


@st.composite
def networks(draw: st.DrawFn) -> tuple[str, dict[str, list[Any]]]:
    """Networks with nested branches, and the values of their params."""
    domains: dict[str, list[Any]] = {}

    def body(depth: int) -> str:
        lines: list[str] = []
        for _ in range(draw(st.integers(1, 2))):
            name = f"p{len(domains)}"
            kind = draw(st.sampled_from(["width", "flag", "count", "choice"] if depth else ["width"]))
            if kind == "width":
                domains[name] = [4, 6]
                lines.append(f"linear({name})")
            elif kind == "flag":
                domains[name] = [False, True]
                lines.append(f"if {name} {{ {body(depth - 1)} }} else {{ {body(depth - 1)} }}")
            elif kind == "count":
                domains[name] = [0, 1, 2]
                lines.append(f"if {name} > 1 {{ {body(depth - 1)} }}")
            else:
                domains[name] = ["a", "b"]
                lines.append(f'if {name} == "a" {{ {body(depth - 1)} }}')
        return "\n".join(lines)

    return body(2), domains


def written(value: Any) -> str:
    return as_overrides({"value": value})["value"]


@given(networks(), st.randoms(use_true_random=False))
@options(max_examples=15, deadline=None)
def test_the_settings_are_those_of_all_values_of_all_params(
    network: tuple[str, dict[str, list[Any]]], random: Any
) -> None:
    body, domains = network
    if len(list(product(*domains.values()))) > 60:
        return
    declared = list(domains)
    random.shuffle(declared)
    params = "".join(
        f"param {name} = {written(domains[name][0])} in [{', '.join(map(written, domains[name]))}]\n"
        for name in declared
    )
    spec = Analysis(Source("spec.net", f"{params}{DATA}model {{ {body}\n linear(3) }}\n{SEARCH}"))
    found = spec.settings
    assert found is not None, [item.message for item in spec.diagnostics]
    expected = {key(spec, values): meaning(spec, values) for values in all_values(domains)}
    assert found.size == len(expected)
    for _ in range(10):
        setting = found.decide(lambda name, domain: random.choice(domain.choices))
        assert setting.program is not None
        assert setting.drawn == setting.values, "what isn't read isn't drawn"
        assert expected[frozenset(setting.values.items())] == setting.program.hash


def all_values(domains: dict[str, list[Any]]) -> Iterator[dict[str, Any]]:
    return (dict(zip(domains, values, strict=True)) for values in product(*domains.values()))


def key(spec: Analysis, values: dict[str, Any]) -> frozenset[tuple[str, Any]]:
    reads = spec.trial(as_overrides(values)).reads
    return frozenset((name, value) for name, value in values.items() if name in reads)


def meaning(spec: Analysis, values: dict[str, Any]) -> str:
    program = spec.trial(as_overrides(values)).program
    assert program is not None
    return trial_program(program).hash


# ---- values, and the programs of trials ----


@pytest.mark.parametrize("value", [1, 1.0, 1e-08, 0.1 + 0.2, 3e22, True, 'a "b" \\ ', -5, -0.0, None])
def test_a_value_is_read_back_as_it_was_drawn(value: Any) -> None:
    found = Analysis(Source("spec.net", "param p = 3\n"), overrides=as_overrides({"p": value}))
    assert found.declared is not None
    read = found.declared.scope.values["p"]
    assert type(read) is type(value) and repr(read) == repr(value)


def test_a_trial_knows_of_no_search_and_leaves_the_test_split_alone() -> None:
    data = DATA.replace("validation", "test = 20%, validation")
    text = f"param width = 8 in [8, 16]\n{data}model {{ linear(width) -> linear(3) }}\n"
    whole = check(f"{text}{SEARCH.replace('grid', 'grid, confirm = top(1, seeds=3)')}assert test.accuracy > 50%\n")
    program = trial_program(whole.require())
    plain = check(f"{text}evaluate {{ test = false }}\n").require()
    assert program.search is None and program.space is None and program.assertions == ()
    assert program.hash == plain.hash


def test_a_confirmation_has_seeds_that_no_trial_had() -> None:
    text = (
        f"param width = 8 in [8, 16]\n{DATA}model {{ linear(width) -> linear(3) }}\ntrain {{ seed = 4, seeds = 2 }}\n"
    )
    program = check(f"{text}{SEARCH.replace('grid', 'grid, confirm = top(1, seeds=3)')}").require()
    assert program.search is not None
    train = confirming_program(program, program.search).train
    assert (train.seed, train.seeds) == (6, 3)


def test_a_search_changes_nothing_of_a_spec_without_one() -> None:
    text = f"param width = 8 in [8, 16]\n{DATA}model {{ linear(width) -> linear(3) }}\n"
    with_search, without = check(f"{text}{SEARCH}").require(), check(text).require()
    assert "search" not in without.sections
    assert with_search.hash != without.hash
