"""Every problem has a page whose wrong example has exactly that problem, and whose right example has none."""

from __future__ import annotations

import pytest

from netspec.problems import Problem, all_problems
from tests.specs import check, completed

WITH_EXAMPLE = [problem for problem in all_problems().values() if problem.example is not None]


@pytest.mark.parametrize("problem", all_problems().values(), ids=all_problems())
def test_has_a_title_and_says_it_in_a_line(problem: type[Problem]) -> None:
    assert 10 < len(problem.title()) <= 120
    assert problem.title().endswith((".", ":"))


@pytest.mark.parametrize("problem", WITH_EXAMPLE, ids=lambda problem: problem.code)
def test_the_wrong_example_has_that_problem_alone(problem: type[Problem]) -> None:
    assert problem.example is not None
    assert [found.code for found in check(completed(problem.example.wrong)).diagnostics] == [problem.code]


@pytest.mark.parametrize("problem", WITH_EXAMPLE, ids=lambda problem: problem.code)
def test_the_right_example_is_good(problem: type[Problem]) -> None:
    assert problem.example is not None
    assert check(completed(problem.example.right)).diagnostics == ()
