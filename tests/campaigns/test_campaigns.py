"""The first cases of every campaign; each has a command of its own that goes on from there."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from netspec.diagnostics import Severity
from netspec.problems import all_problems
from tests.campaigns import conversions, corruptions, edits, formatting, fuzz, lints, models, replacements
from tests.campaigns.campaign import FAILED, tally

PART = 500
"""Cases of one test, so that the tests can be shared out."""


def hold(case: Callable[[int], str], start: int, count: int = PART) -> None:
    failures: list[str] = []
    found = tally(case, range(start, start + count), lambda number, text: failures.append(f"{number}: {text}"))
    assert not found[FAILED], "\n".join(failures[:3])


@pytest.mark.parametrize("start", range(0, 2_000, PART))
def test_netspec_and_torch_take_the_same_networks_and_give_the_same_values(start: int):
    hold(models.try_one, start)


@pytest.mark.parametrize("start", range(0, 20_000, PART))
def test_the_front_end_ends_with_diagnostics_of_its_own(start: int):
    before = fuzz.most_memory()
    hold(fuzz.try_one, start)
    assert fuzz.most_memory() - before < fuzz.MEBIBYTES


def test_after_any_edit_every_place_can_be_looked_up():
    hold(edits.try_one, 0, 300)


@pytest.mark.parametrize("start", range(0, 1_000, PART))
def test_a_spec_says_the_same_laid_out_and_as_json(start: int):
    hold(formatting.try_one, start)


def test_a_network_is_the_same_program_in_both_forms():
    hold(conversions.try_one, 0, 60)


def test_an_operation_in_the_place_of_itself_changes_no_network():
    hold(replacements.try_one, 0, 100)


def test_every_corruption_of_a_checkpoint_is_noticed_and_the_one_before_it_taken():
    hold(corruptions.try_one, 0, 40)


def test_every_lint_is_found_where_it_is_planted_and_nowhere_else():
    hold(lints.try_one, 0, 3 * len(lints.PLANTS))


def test_nothing_that_comes_with_netspec_gives_a_false_alarm():
    assert lints.false_alarms() == {}


def test_every_lint_of_data_and_training_is_planted():
    found = {code for code, problem in all_problems().items() if problem.severity is Severity.WARNING}
    elsewhere = {"NS430"}  # comments that silence other warnings
    assert {code for code in found if code >= "NS4"} - elsewhere == {code for code, _ in lints.PLANTS.values()}


@pytest.mark.parametrize("options", [["--count", "50"], ["--count", "5", "--commands"]], ids=["processes", "commands"])
def test_what_is_killed_and_resumed_ends_the_same(options: list[str]):
    # in a process of its own, which forks before torch has threads
    done = subprocess.run(
        [sys.executable, "-m", "tests.campaigns.kills", *options], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("options", [[], ["--runs", "--count", "12"]], ids=["saves", "runs"])
def test_whatever_operation_on_files_fails_nothing_is_lost(options: list[str]):
    done = subprocess.run(
        [sys.executable, "-m", "tests.campaigns.faults", *options], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_studies_that_are_killed_or_shared_by_workers_end_the_same():
    options = ["--count", "12", "--trials", "12", "--skip-optima"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.campaigns.studies", *options], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize(
    "options",
    [
        ["--count", "2", "--trials", "8", "--kills", "5"],
        ["--trials", "3", "--kills", "1", "--commands"],
        ["--trials", "10", "--workers"],
    ],
)
def test_searches_that_are_killed_end_the_same(options: list[str]):
    done = subprocess.run(
        [sys.executable, "-m", "tests.campaigns.searches", "--count", "1", *options],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_whatever_operation_on_files_fails_a_search_goes_on_to_the_same_end():
    done = subprocess.run(
        [sys.executable, "-m", "tests.campaigns.search_faults", "--count", "8"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
