"""`netspec runs`: list the runs and studies below the current folder, or the trials of a study."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from netspec import api
from netspec.cli.options import format_option
from netspec.cli.output import message, show, show_json, show_table
from netspec.render.words import clean, count, duration, measure

NUMBERS = ("epochs", "loss", "accuracy", "time", "trials", "trial")


@click.command("runs")
@click.argument("study", type=click.Path(path_type=Path), required=False)
@format_option()
def command(study: Path | None, form: str) -> int:
    """List the runs in `runs`, the newest last: how far each came, and how it was evaluated. Then the studies, one line
    each; with STUDY, the folder of one, its trials."""
    found = api.runs() if study is None else api.list_trials(study)
    if form == "json":
        show_json(found)
        return 0
    if study is not None:
        _show_trials(found)
        return 0
    if not found:
        message("there are no runs in `runs`")
        return 0
    runs, studies = [facts for facts in found if "run" in facts], [facts for facts in found if "study" in facts]
    if runs:
        show_table(_table(("run", "state", "epochs", "loss", "accuracy", "time"), map(_run, runs)))
    if runs and studies:
        show("")
    if studies:
        show_table(_table(("study", "state", "trials", "best"), map(_study, studies)))
    return 0


def _show_trials(found: Sequence[dict[str, Any]]) -> None:
    goals = tuple(dict.fromkeys(name for facts in found for name in facts["values"]))
    params = tuple(dict.fromkeys(name for facts in found for name in facts["params"]))
    table = _table(("trial", "state", *goals, *params, "epochs"), (_trial(facts, goals, params) for facts in found))
    show_table(table)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in columns:
        number = name in NUMBERS
        table.add_column(Text(clean(name)), justify="right" if number else "left", no_wrap=number, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _run(facts: dict[str, Any]) -> list[str]:
    test = facts["test"]
    numbers = [measure(name, test[name]) if name in test else "" for name in ("loss", "accuracy")]
    seconds = "" if facts["seconds"] is None else duration(facts["seconds"])
    return [clean(facts["run"]), facts["state"], str(facts["epochs"]), *numbers, seconds]


def _study(facts: dict[str, Any]) -> list[str]:
    trials = "" if facts["trials"] is None else f"{count(facts['trials'])} of {count(facts['total'])}"
    best = ", ".join(f"{name} {_value(name, value)}" for name, value in (facts["best"] or {}).items())
    return [clean(facts["study"]), facts["state"], trials, clean(f"{best} (trial {facts['trial']})") if best else ""]


def _trial(facts: dict[str, Any], goals: Sequence[str], params: Sequence[str]) -> list[str]:
    same = f" as {facts['same_as']}" if facts["same_as"] is not None else ""
    error = f" {facts['error']}" if facts["error"] is not None else ""
    values = [_value(name, facts["values"][name]) if name in facts["values"] else "" for name in goals]
    if facts["state"] == "stopped" and facts["last"] is not None:
        values = [_value(name, facts["last"]) for name in goals]  # it has one objective alone
    settings = [_param(facts["params"][name]) if name in facts["params"] else "" for name in params]
    epochs = "" if facts["epochs"] is None else str(facts["epochs"])
    return [str(facts["trial"]), clean(f"{facts['state']}{error}{same}"), *values, *settings, epochs]


def _value(name: str, value: float) -> str:
    from netspec.catalogue.sections.search import Goal
    from netspec.searcher.lines import value_words

    return value_words(Goal(name, larger_is_better=True), value)


def _param(value: Any) -> str:
    from netspec.searcher.lines import param_words

    return clean(f"{value['number']} {value['unit']}" if isinstance(value, dict) else param_words(value))
