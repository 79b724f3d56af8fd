"""The plan of a search in the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from netspec.program.search_plan import ParamRow, SearchPlan
from netspec.program.written import written
from netspec.render.words import clean, count
from netspec.wording import counted, listing


def render_search(plan: SearchPlan | None) -> list[RenderableType]:
    """The figures of a search, a line each; nothing if there is none."""
    if plan is None:
        return []
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for word, text in search_rows(plan):
        table.add_row(word, Text(clean(text)))
    return [Text("\nsearch", "bold"), table]


def search_rows(plan: SearchPlan) -> Iterator[tuple[str, str]]:
    """What there is to say of a search, each with its label; the params from the second on have none."""
    yield "method", plan.method
    yield "objective" if len(plan.goals) == 1 else "objectives", ", ".join(plan.goals)
    width = max(len(param.name) for param in plan.params)
    for index, param in enumerate(plan.params):
        yield "" if index else "params", f"{param.name:<{width}}  {_domain(param)}"
    yield "trials", _trials(plan)
    yield "stops runs", ", ".join(plan.stops_runs) or "nothing: each has all epochs"
    yield "stops trials", plan.stops_trials or "nothing"
    yield "confirms", _confirms(plan)
    yield "rounds", f"of {counted(plan.parallel, 'trial')}" + (", for as many workers" if plan.parallel > 1 else "")
    if plan.disk is not None:
        yield "disk", f"about {plan.disk / 2**20:,.0f} MiB at most".replace(",", " ")
    yield "reproducible", _reproducible(plan)
    if plan.missing:
        names, verb = " and ".join(plan.missing), "is" if len(plan.missing) == 1 else "are"
        yield "needs", f'{names}, which {verb} not installed: pip install "netspec-lang[{plan.extra}]"'


def _domain(param: ParamRow) -> str:
    domain: Mapping[str, Any] = param.domain
    sometimes = "" if param.always else ", in settings that take its branch"
    if "choices" in domain:
        choices = [_value(value) for value in domain["choices"]]
        return f"{listing(choices, 12)} ({param.default} without a search){sometimes}"
    scale = {"whole": "integers", "uniform": "numbers", "log": "numbers on a log scale"}[domain["scale"]]
    low, high = (written(domain[end]) for end in ("low", "high"))
    return f"{scale} from {low} to {high} ({param.default} without a search){sometimes}"


def _value(value: Any) -> str:
    return f"{value['number']} {value['unit']}" if isinstance(value, dict) else written(value, text=True)


def _trials(plan: SearchPlan) -> str:
    if plan.trials is None:
        return f"all settings, each of up to {_epochs(plan.epochs)}"
    settings = f" of {count(plan.settings)} settings" if plan.settings is not None else ""
    runs = f" in {plan.runs} runs" if plan.runs > 1 else ""
    in_all = f"; {_epochs(plan.epochs_in_all)} in all" if plan.epochs_in_all is not None else ""
    return f"{count(plan.trials)}{settings}, each of up to {_epochs(plan.epochs)}{runs}{in_all}"


def _epochs(number: int) -> str:
    return f"{count(number)} epoch{'s' * (number != 1)}"


def _confirms(plan: SearchPlan) -> str:
    if plan.confirms is None:
        return "nothing: the best trial may be a lucky one, and the test split stays unused"
    runs = counted(plan.confirming, "run")
    return f"{plan.confirms}: {runs} with other seeds; then the best one is evaluated once on the test split"


def _reproducible(plan: SearchPlan) -> str:
    if plan.exceptions:
        return f"no: {'; '.join(plan.exceptions)}"
    return f"to the same bits with `seed = {plan.seed}`, for any number of workers and interruptions"
