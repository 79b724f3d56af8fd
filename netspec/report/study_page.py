"""The page of a study: what was searched, how it went, which params matter, and the way to the runs of its trials."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from netspec.program.search_plan import SearchPlan
from netspec.render import words
from netspec.render.search_plan import search_rows
from netspec.report.confirmed import Verdict, interval, metric_interval
from netspec.report.html import source_of, template
from netspec.report.importance import LEAST, Importance, importances
from netspec.report.study_facts import StudyFacts, rows_of
from netspec.searcher.history import History
from netspec.searcher.lines import best_trials, param_words, params_words, value_words
from netspec.searcher.listing import is_over
from netspec.searcher.trials import Trial
from netspec.wording import counted, listing

if TYPE_CHECKING:
    from markupsafe import Markup
    from matplotlib.figure import Figure

ROWS = 250
"""So many trials the table has at most: the best ones."""
SLICES, OBJECTIVES = 12, 3
"""So many params are drawn at most, and so many objectives."""
_STATES = {
    "complete": "complete",
    "stopped": "stopped early",
    "failed": "failed",
    "repeated": "as another one",
    "open": "not ended",
}
LEFT_OUT = ("trials", "disk", "needs")
"""What a plan says that a page of what was done says otherwise."""


def study_page(study: StudyFacts) -> str:
    """The page as HTML."""
    from markupsafe import Markup

    history = study.history
    goals, script = history.terms.goals, source_of("sort.js")
    found = {goal.name: importances(history, index) for index, goal in enumerate(goals[:OBJECTIVES])}
    rows, plots = rows_of(study), _plots(study, found)
    return template("study.html.j2").render(
        study=study,
        program=study.program,
        history=history,
        goals=goals,
        verdict=study.verdict,
        when=study.when,
        facts=_facts(study.plan),
        counts=(counts := _counts(history)),
        states=[f"{words.count(number)} {_STATES[state]}" for state, number in counts.items() if number],
        notices=list(_notices(study)),
        figures=_figures(study),
        best=best_trials(history),
        confirmed=_confirmed(study),
        tested=_tested(study.verdict),
        assertions=study.verdict.assertions if study.verdict is not None else (),
        importances={name: [_in_words(one) for one in found[name]] for name in found},
        importance_note=_importance_note(history, found),
        plots=plots,
        slices=[(goal, plots[key]) for index, goal in enumerate(goals) if (key := f"slices {index}") in plots],
        thinned=_thinned(history),
        names=list(history.terms.params),
        rows=rows[:ROWS],
        left=max(len(rows) - ROWS, 0),
        value_words=value_words,
        param_words=param_words,
        params_words=params_words,
        script=Markup(script),  # ours, without anything from a study
        script_hash=b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


# ---- words ----


def _facts(plan: SearchPlan) -> list[tuple[str, list[str]]]:
    """What was searched and how, as the plan has it; several lines for several params."""
    found: list[tuple[str, list[str]]] = []
    for label, text in search_rows(plan):
        if label:
            found.append((label, [text]))
        else:
            found[-1][1].append(text)
    return [(label, lines) for label, lines in found if label not in LEFT_OUT]


def _counts(history: History) -> dict[str, int]:
    """How many trials there are of each state."""
    found = dict.fromkeys(_STATES, 0)
    for trial in history.trials:
        state = "repeated" if trial.same_as is not None else trial.outcome.state if trial.outcome else "open"
        found[state] += 1
    return found


def _notices(study: StudyFacts) -> Iterator[tuple[str, str]]:
    history, confirms = study.history, study.plan.confirms
    done = len(history.trials) - len(history.open())
    if not is_over(history):
        yield "Not finished.", f"{done} of {counted(history.total, 'trial')} have ended."
    elif confirms is not None and study.verdict is None and history.ranked():
        yield "Not confirmed yet.", f"`confirm = {confirms}` hasn't come to its end."
    if study.plan.exceptions:
        yield "Not reproducible.", f"{'; '.join(study.plan.exceptions)}: another search may find other trials."
    if not history.ranked() and is_over(history):
        yield "No trial went to its end.", "There is no best one."


def _figures(study: StudyFacts) -> list[tuple[str, str]]:
    """The numbers that a reader looks for, with their names."""
    history, goals = study.history, study.history.terms.goals
    best, first, found = best_trials(history), goals[0], list[tuple[str, str]]()
    if study.verdict is not None:
        one = study.verdict.trials[0]
        found.append((f"{first.name}, trial {one.trial.number} trained again", value_words(first, one.spread.mean)))
    if len(goals) > 1:
        found.append(("trials on the front", words.count(len(best))))
    elif best and (value := best[0].value()) is not None:
        found.append((f"{first.name}, trial {best[0].number}", value_words(first, value)))
    ended = words.count(len(history.trials) - len(history.open()))
    found.append((f"of {words.count(history.total)} trials", ended))
    return found


def _confirmed(study: StudyFacts) -> list[tuple[Trial, str, str, str, str | None]]:
    """Each confirmed trial with its mean, the interval, its runs and their address."""
    goal = study.history.terms.goals[0]
    return [
        (
            one.trial,
            value_words(goal, one.spread.mean),
            interval(goal, one.spread),
            one.runs,
            study.links.get(f"confirm/{one.trial.name}"),
        )
        for one in (study.verdict.trials if study.verdict is not None else ())
    ]


def _tested(verdict: Verdict | None) -> list[tuple[str, str, str]]:
    """The metrics of the best one on the test split: mean and interval."""
    found = verdict.test if verdict is not None else None
    return [
        (name, words.measure(name, spread.mean), metric_interval(name, spread))
        for name, spread in (found or {}).items()
    ]


def _in_words(one: Importance) -> tuple[str, str, str, str, bool]:
    return one.name, f"{one.share:.0%}", f"{one.low:.0%} to {one.high:.0%}", str(one.trials), one.is_shown


def _importance_note(history: History, found: Mapping[str, Sequence[Importance]]) -> str:
    complete = len(history.ranked())
    missing = [
        name for name in history.terms.params if not any(one.name == name for ones in found.values() for one in ones)
    ]
    if not any(found.values()):
        if complete >= LEAST:
            return "The trials that have these params are too few, or all came to the same value."
        return f"Too few trials for that: {complete} of at least {LEAST} went to their end."
    return f"Too few trials have {listing(missing)}." if missing else ""


def _thinned(history: History) -> str:
    from netspec.report.charts.trials import POINTS, drawn

    ended = [trial for trial in history.trials if trial.outcome is not None]
    if len(ended) <= POINTS:
        return ""
    return (
        f"Points are {len(drawn(history))} of {words.count(len(ended))} trials: the best ones, and some of the others."
    )


# ---- charts ----


def _plots(study: StudyFacts, found: Mapping[str, Sequence[Importance]]) -> dict[str, list[Markup]]:
    """The figures of each section."""
    from netspec.report.charts.objectives import plain

    with plain():
        return {
            name: [_svg(figure, f"{name} {number}") for number, figure in enumerate(figures, 1)]
            for name, figures in _drawings(study, found).items()
        }


def _svg(figure: Figure, title: str) -> Markup:
    from markupsafe import Markup

    from netspec.report.charts.style import svg

    # made by matplotlib, which escapes the texts in them
    return Markup(svg(figure, title))


def _drawings(study: StudyFacts, found: Mapping[str, Sequence[Importance]]) -> dict[str, list[Figure]]:
    from netspec.report.charts import importance, trials

    history = study.history
    goals, points = history.terms.goals[:OBJECTIVES], trials.drawn(history)
    figures: dict[str, list[Figure]] = {}
    if not points:
        return figures
    pairs = [(across, up) for up in range(len(goals)) for across in range(up + 1, len(goals))]
    figures["front"] = [trials.front_chart(history, points, across, up) for across, up in pairs]
    figures["history"] = [trials.history_chart(history, points, index) for index in range(len(goals))]
    if (courses := trials.courses_chart(history)) is not None:
        figures["courses"] = [courses[0]]
    figures["importance"] = [
        importance.importance_chart(ones, name if len(goals) > 1 else "") for name, ones in found.items() if ones
    ]
    best = next(iter(history.ranked()), None)
    for index, goal in enumerate(goals):
        order = {one.name: -one.share for one in found[goal.name]}
        names = sorted(history.terms.params, key=lambda name: order.get(name, 0))[:SLICES]
        figures[f"slices {index}"] = [trials.slice_chart(history, points, name, best, index) for name in names]
    if study.verdict is not None:
        figures["confirmed"] = [importance.confirmed_chart(history.terms.goals[0], study.verdict.trials)]
    return figures
