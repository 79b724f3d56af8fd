"""A plan in the terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from netspec.catalogue.schedules import Clock
from netspec.program.plan import Plan, make_plan
from netspec.program.program import Origin, Program
from netspec.program.training import learning_rates
from netspec.render.curve import COLUMNS, draw
from netspec.render.search_plan import render_search
from netspec.render.stages import render_stages
from netspec.render.words import clean, count, learning
from netspec.wording import counted, listing


def plan_as_json(program: Program) -> dict[str, Any]:
    """The plan with every setting and its origin; what `plan.json` of a run folder holds."""
    plan = asdict(make_plan(program))
    return {
        "spec": program.source.name,
        "hash": program.hash,
        "data": str(program.type),
        "model": plan.pop("rows"),
        **plan,
        "settings": [
            {"path": path, "value": value, "origin": origin.seen_from(program.source)}
            for path, value, origin in program.values()
        ],
    }


def render_plan(program: Program) -> RenderableType:
    """The network, the steps, the files, the schedule and the settings."""
    plan = make_plan(program)
    return Group(
        Text(f"{clean(program.source.name)}: {program.type}", "bold"),
        _network(plan),
        *_weights(plan),
        _totals(program, plan),
        *_schedule(program, plan),
        *render_search(plan.search),
        *render_stages(plan.stages, plan.steps_per_epoch),
        _settings(program),
    )


def _schedule(program: Program, plan: Plan) -> list[Text]:
    """The curve of the learning rate, where it changes."""
    train = program.train
    if not train.schedule:
        return []
    values = " and ".join(f"`{value}`" for part in train.schedule if (value := part.watched()))
    title = f"learning rate, as long as {clean(values)} gets better" if values else "learning rate"
    ranges = learning_rates(train, Clock(plan.steps_per_epoch, plan.steps), COLUMNS)
    return [Text(f"\n{title}", "bold"), *(Text(line, no_wrap=True) for line in draw(ranges, train.epochs))]


def _table(*columns: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for column in columns:
        number = column in ("parameters", "FLOPs")
        # what is narrower than its text is folded, and a number in two lines is none
        table.add_column(column, justify="right" if number else "left", no_wrap=number, overflow="fold")
    return table


def _network(plan: Plan) -> Table:
    table = _table("name", "operation", "output", "parameters", "FLOPs")
    for row in plan.rows:
        table.add_row(
            Text(clean(row.path)),
            Text(clean(row.operation)),
            Text(row.shape),
            count(row.parameters) if row.parameters else "",
            count(row.flops) if row.flops else "",
        )
    table.add_section()
    table.add_row("total", "", "", count(plan.parameters), count(plan.flops), style="bold")
    return table


def _weights(plan: Plan) -> list[RenderableType]:
    """The files that initial weights are loaded from, and the tensors that aren't loaded."""
    if not plan.weights:
        return []
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for row in plan.weights:
        numbers = f"{counted(row.tensors, 'tensor')} of {count(row.elements)} numbers"
        types = f", {' and '.join(row.widened)} to float32" if row.widened else ""
        remark = "; still to be downloaded" if row.pending else f"; {clean(row.note)}" if row.note else ""
        table.add_row("", Text(clean(row.rule)))
        table.add_row("", Text(f"  loads {numbers}{types}{remark}"))
        for left, what in ((row.kept, "keeps initial values"), (row.unused, "leaves out of the file")):
            for reason, names in _by_reason(left).items():
                table.add_row("", Text(f"  {what} ({reason}): {listing(names, 12)}"))
    return [Text("initial weights", "bold"), table, Text("")]


def _by_reason(tensors: Mapping[str, str]) -> dict[str, list[str]]:
    """The names of tensors by the reason why they aren't loaded."""
    found: dict[str, list[str]] = {}
    for name, reason in tensors.items():
        found.setdefault(reason, []).append(clean(name))
    return found


def _totals(program: Program, plan: Plan) -> Table:
    """The figures of the run, a line each."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    splits = plan.splits
    otherwise = f", or if it can't be fetched {' or '.join(plan.otherwise)}" if plan.otherwise else ""
    table.add_row("data", Text(clean(f"{plan.source}{otherwise}")))
    for note in plan.notes:
        table.add_row("", Text(clean(note)))
    if plan.runs > 1:
        table.add_row("runs", f"{count(plan.runs)}, each as follows")
    parts = (("train", splits.train), ("validation", splits.validation), ("test", splits.test))
    table.add_row("samples", ", ".join(f"{name} {count(size)}" for name, size in parts))
    table.add_row("steps", f"{count(plan.steps)} = {program.train.epochs} epochs of {count(plan.steps_per_epoch)}")
    table.add_row("weights", f"{plan.weight_bytes / 2**20:.2f} MiB as float32")
    learns = tuple(learning(part, plan.parameters) for part in plan.learns)
    lines = (("learns", learns), ("computes", plan.computes), ("reads", plan.reads), ("writes", plan.writes))
    for word, names in lines:
        for index, name in enumerate(names):
            table.add_row(word if index == 0 else "", Text(clean(name)))
    return table


def _settings(program: Program) -> Table:
    table = _table("setting", "value", "origin")
    for path, value, origin in program.values():
        style = "" if _written(origin) else "dim"
        table.add_row(Text(path), Text(clean(value)), Text(clean(origin.seen_from(program.source))), style=style)
    return table


def _written(origin: Origin) -> bool:
    return origin.kind == "written"
