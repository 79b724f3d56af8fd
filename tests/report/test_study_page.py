"""The page of a study: all that a reader asks of a search, as texts and charts that need nothing from outside."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from dataclasses import replace

import pytest

from netspec.program.search_plan import SearchPlan
from netspec.report.study_facts import StudyFacts, rows_of
from netspec.report.study_page import study_page
from netspec.searcher.history import History
from tests.report.studies import ONE, TWO, study, verdict
from tests.report.test_report import Page as Whole

HOSTILE = ("plain", "<script>alert(1)</script>", "$x^2$ & <b>", "\u202egnp.exe")


class Page(Whole):
    """The page, whose script isn't text."""

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "script":
            super().handle_data(data)


@pytest.fixture(scope="module")
def facts() -> StudyFacts:
    return study()


@pytest.fixture(scope="module")
def text(facts: StudyFacts) -> str:
    return study_page(facts)


def test_the_header_says_what_was_searched_and_what_became_of_the_trials(facts: StudyFacts, text: str) -> None:
    page, best = Page(text), facts.history.ranked()[0]
    value = best.value()
    assert value is not None
    for words in (
        "toy",
        "2026-11-30, 12:00",
        "random(trials=30)",
        "maximize validation.accuracy",
        f"validation.accuracy, trial {best.number}{value:.2%}",
        "of 30 trials30",
        "19 complete",
        "6 stopped early",
        "4 failed",
        "1 as another one",
        "lr     numbers on a log scale from 0.0001 to 0.1 (0.01 without a search)",
        "to the same bits with `seed = 0`",
    ):
        assert words in page.text.replace("\n", ""), words
    assert "Not finished" not in page.text


def test_the_page_needs_nothing_but_itself_and_runs_its_own_script_alone(text: str) -> None:
    page = Page(text)
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    digest = b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{digest}'"
    assert f'content="{policy}"' in text
    assert not {"link", "iframe", "object", "base", "img"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert all(value.startswith("#") for name, value in page.attributes if name in ("src", "href", "xlink:href"))
    assert not re.search(r"@import|url\((?!#)", text)
    assert study_page(study()) == text, "it follows from the study alone"


def test_the_table_stands_sorted_best_first_and_says_of_each_trial_what_became_of_it(facts: StudyFacts) -> None:
    rows = rows_of(facts)
    ranked = [trial.number for trial in facts.history.ranked()]
    assert [row.number for row in rows[: len(ranked)]] == ranked
    assert rows[0].is_best and not any(row.is_best for row in rows[1:])
    states = [row.state for row in rows]
    assert states[len(ranked) :] == ["stopped in epoch 3"] * 6 + ["failed"] * 4 + ["repeats 2"]
    stopped = [row.values[0] for row in rows if row.state.startswith("stopped")]
    assert stopped == sorted(stopped, key=lambda value: -(value or 0))
    assert all(row.note.startswith("NS7") and row.values == (None,) for row in rows if row.state == "failed")
    assert rows[-1].values == next(row.values for row in rows if row.number == 2)
    plain = next(row for row in rows if row.params[0] == "plain")
    assert plain.params[1] is None, "it has no width"


def test_links_are_relative_to_where_the_page_is(facts: StudyFacts) -> None:
    best = facts.history.ranked()[0]
    links = {best.name: f"trials/{best.name}/", f"confirm/{best.name}": f"confirm/{best.name}/report.html"}
    page = Page(study_page(replace(facts, links=links, verdict=verdict(facts))))
    found = [value for name, value in page.attributes if name == "href" and not value.startswith("#")]
    assert found == [links[f"confirm/{best.name}"], links[best.name]]


@pytest.mark.parametrize(
    ("ahead", "said"), [(0.02, "is better than trial"), (0.0, "isn't shown to be better than trial")]
)
def test_the_confirmed_best_has_its_interval_and_a_word_on_chance(facts: StudyFacts, ahead: float, said: str) -> None:
    page = Page(study_page(replace(facts, verdict=verdict(facts, ahead))))
    best = facts.history.ranked()[0].number
    assert f"Trial {best} {said}" in page.text
    assert "95.50%" in page.text and "94.26% to 96.74%" in page.text and "3 runs" in page.text
    assert "On the test split" in page.text and "91.00%" in page.text


def test_a_best_that_nobody_trained_again_may_be_a_lucky_one(text: str) -> None:
    assert "The best of many trials is in part the luckiest one" in Page(text).text


def test_a_study_that_is_not_over_says_so() -> None:
    page = Page(study_page(study(12, total=30)))
    assert "Not finished. 12 of 30 trials have ended." in page.text
    confirmed = study(12, f"{ONE}, confirm = top(2, seeds=3)")
    assert "Not confirmed yet." in Page(study_page(confirmed)).text


def test_importances_have_intervals_and_say_from_how_many_trials_they_are(text: str) -> None:
    page = Page(text)
    assert re.search(r"lr\s*\d+%\s*\d+% to \d+%\s*19", page.text)
    assert "functional ANOVA" in page.text


def test_too_few_trials_have_no_importances() -> None:
    page = Page(study_page(study(9)))
    assert "Too few trials for that: 5 of at least 10 went to their end." in page.text
    assert "functional ANOVA" not in page.text


def test_two_objectives_have_a_front_and_no_best_one() -> None:
    facts = study(40, TWO)
    page = Page(study_page(facts))
    front = facts.history.front()
    assert f"{len(front)} of {len(facts.history.ranked())} trials that went to their end are on the front" in page.text
    assert "validation.accuracy, higher is better" in page.text and "parameters, lower is better" in page.text
    assert sum(row.is_best for row in rows_of(facts)) == len(front)


def test_what_is_named_in_a_spec_stays_text() -> None:
    text = study_page(study(30, kinds=HOSTILE))
    page = Page(text)
    assert page.tags.count("script") == 1 and "b" not in page.tags
    assert "<script>alert(1)</script>" in page.text
    assert any("$x^2$" in drawn for drawn in re.findall(r"<text.*?</text>", text)), "no formula"
    assert not re.search(r"[\u202a-\u202e\u2066-\u2069]", text)


def foreign(names: dict[str, str]) -> StudyFacts:
    """A study whose journal names its params otherwise, as one from a stranger may."""
    facts = study(20, f"{TWO}")
    terms = replace(
        facts.history.terms, params={names.get(name, name): it for name, it in facts.history.terms.params.items()}
    )
    history = History(terms, 20)
    for trial in facts.history.trials:
        params = {names.get(name, name): value for name, value in trial.drawn.items()}
        history.take(history.proposed(params))
        if trial.outcome is not None:
            history.take(history.ended(trial.number, trial.outcome))
    return replace(facts, history=history)


def test_names_of_params_in_a_foreign_journal_stay_text() -> None:
    bad = '"><script>alert(1)</script>$\\frac$\x1b[2J'
    page = Page(study_page(foreign({"lr": bad, "width": "<img src=x onerror=y>"})))
    assert page.tags.count("script") == 1 and "img" not in page.tags
    assert not [name for name, _ in page.attributes if name.startswith("on")]


def test_a_thousand_trials_make_a_page_of_bounded_size_that_says_what_it_leaves_out() -> None:
    text = study_page(study(1000))
    page = Page(text)
    assert len(text.encode()) < 900_000
    assert "750 more are in the journal" in page.text
    assert text.partition('<section id="trials">')[2].partition("</section>")[0].count("<tr") == 251
    assert re.search(r"Points are 300 of \d+ trials: the best ones", page.text)


def test_a_study_without_trials_or_with_failed_ones_alone_has_a_page() -> None:
    facts = study(1, total=3)
    empty = History(facts.history.terms, 3)
    assert "Not finished. 0 of 3 trials have ended." in Page(study_page(replace(facts, history=empty))).text
    failed = History(facts.history.terms, 1)
    failed.take(failed.proposed(facts.history.trials[0].params))
    failed.take({"ended": 1, "failed": ["NS601", "the loss isn't finite"]})
    assert "No trial went to its end." in Page(study_page(replace(facts, history=failed))).text


def test_values_that_are_far_away_are_arrows_at_the_edge() -> None:
    facts = study(30)
    history = History(facts.history.terms, 31)
    for trial in facts.history.trials:
        history.take(history.proposed(trial.drawn))
        if trial.outcome is not None:
            history.take(history.ended(trial.number, trial.outcome))
    history.take(history.proposed({"kind": "plain", "lr": 0.0777}))
    history.take({"ended": 31, "values": [-1e300], "course": [[1, -1e300]]})
    assert "1e+300" not in re.sub(r'data-v="[^"]*"', "", study_page(replace(facts, history=history)).split("<table")[0])


def test_what_is_not_reproducible_is_said(facts: StudyFacts) -> None:
    plan: SearchPlan = replace(facts.plan, exceptions=("`max_time` in `train` ends runs by the clock",))
    assert "Not reproducible." in Page(study_page(replace(facts, plan=plan))).text
