"""Params: their order means nothing, and one that is named anywhere counts as used."""

from __future__ import annotations

from tests.specs import check, completed


def test_a_param_may_be_declared_below_the_one_that_needs_it() -> None:
    text = "param twice = 2 * width\nparam width = 5\nmodel { flatten -> linear(twice) }"
    assert check(completed(text)).diagnostics == ()


def test_a_param_in_the_branch_that_is_not_taken_is_used() -> None:
    text = "param big = false\nparam width = 999\nmodel { flatten -> linear(width if big else 10) }"
    assert check(completed(text)).diagnostics == ()


def test_percent_needs_no_neighbour() -> None:
    text = "data {\n  source = mnist_sample()\n  validation = 10 %\n}"
    assert check(completed(text)).diagnostics == ()


def test_modulo_is_modulo() -> None:
    for sign in ("17 % 7", "17%7", "a % 7", "a%7", "17 % (7)"):
        text = f"param a = 17\nparam b = {sign} + 0 * a\nmodel {{ flatten -> linear(b + 7) }}\n"
        assert check(completed(text)).diagnostics == (), sign
