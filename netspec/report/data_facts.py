"""What data is, in the terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from math import isfinite
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from torch import Tensor

from netspec.data.facts import DataFacts, InputFacts, Spread, Values
from netspec.data.preview import Preview
from netspec.program.written import written
from netspec.render.words import clean, count, learned, shorten
from netspec.wording import decimal

BAR = 10
"""How many characters a bar has at most."""
EIGHTHS = " ▏▎▍▌▋▊▉█"
LISTED = 30
"""So many classes, and so many columns of a table, are listed; JSON has all."""
SHOWN = 8
"""So many numbers of a row of a table are shown."""
NEARLY = 1e-6


def render_facts(facts: DataFacts) -> RenderableType:
    """The source, the classes, the numbers, and what is done to them."""
    parts: list[RenderableType] = [_head(facts)]
    parts += _classes(facts) if facts.classes else _numbers(facts)
    parts += [part for one in facts.inputs for part in _input(facts, one)]
    apart = [part for number, part in enumerate(parts) for part in (["", part] if number else [part])]
    return Group(*apart)


def _head(facts: DataFacts) -> RenderableType:
    used, data = facts.used, facts.program.data
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("data", Text(clean(used.source)))
    if used.note is not None:
        table.add_row("NOTE", Text(f"not the first data set of the spec: {clean(used.note)}", "yellow"))
    table.add_row("type", Text(str(facts.program.type)))
    for note in facts.program.type.notes:
        table.add_row("", Text(clean(note), "dim"))
    sizes = {"train": used.train, "validation": used.validation, "test": used.test}
    table.add_row("samples", ", ".join(f"{count(size)} {split}" for split, size in sizes.items()))
    for label, step in _steps(data.augment, "augment"):
        table.add_row(label, Text(clean(step)))
    steps = (*_steps(data.transform, "transform"), *_steps(data.target_transform, "target_transform"))
    for (label, step), measured in zip(steps, (*used.fitted, *used.target_fitted), strict=True):
        table.add_row(label, Text(clean(step)))
        for name, values in measured.items():
            table.add_row("", Text(f"{clean(name)} {clean(learned(values, SHOWN))}", "dim"))
    if facts.program.train.mix:
        table.add_row("mix", Text(f"{clean(written(facts.program.train.mix))}, batch by batch after all that is below"))
    return table


def _steps(steps: Sequence[Any], label: str) -> Iterator[tuple[str, str]]:
    for number, step in enumerate(steps):
        yield "" if number else label, written(step)


# ---- targets ----


def _classes(facts: DataFacts) -> list[RenderableType]:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("class", no_wrap=True)
    for split in facts.classes:
        for name in (split, "", ""):
            table.add_column(name, justify="left" if name == "" and split else "right", no_wrap=True)
    indices = list(range(len(facts.names)))
    train = facts.classes["train"]
    if len(indices) > LISTED:
        indices.sort(key=lambda index: train[index])
        indices = [*indices[: LISTED // 3], *indices[-(LISTED // 3) :]]
    for index in indices:
        cells = [cell for counts in facts.classes.values() for cell in _class(counts, index)]
        table.add_row(Text(shorten(facts.names[index], 24)), *cells)
    if len(indices) == len(facts.names):
        return [table]
    left = f"the {LISTED // 3} rarest and the {LISTED // 3} most frequent of {count(len(facts.names))} classes"
    return [Group(table, Text(f"{left}; `--format json` has all", "dim"))]


def _class(counts: Sequence[int], index: int) -> Iterator[str | Text]:
    number = counts[index]
    yield count(number) if number else Text("0", "yellow")
    yield Text(f"{number / sum(counts):.1%}", "dim")
    yield Text(bar(number / max(counts)), "cyan")


def bar(share: float) -> str:
    """A bar of that share of the longest one; what is there is seen, however little."""
    eighths = max(round(8 * BAR * share), share > 0)
    return "█" * (eighths // 8) + EIGHTHS[eighths % 8].strip()


def _numbers(facts: DataFacts) -> list[RenderableType]:
    return [_spreads("target", list(facts.numbers.values()))]


# ---- inputs ----


def _input(facts: DataFacts, one: InputFacts) -> Iterator[RenderableType]:
    name = f"{one.field.name}: " if len(facts.inputs) > 1 else ""
    what = one.field.type.before
    yield _spreads(f"{name}{what}", one.before.spreads, f"{_sizes(one.before.shape)} {one.before.dtype}")
    part = "" if facts.looked == facts.used.train else f", {count(facts.looked)} samples of it"
    title = f"{name}as the network takes it in epoch 1{part}"
    yield _spreads(title, one.after.spreads, f"{_sizes(one.after.shape)} {one.after.dtype}")


def _sizes(shape: Sequence[int]) -> str:
    return f"[{', '.join(map(str, shape))}]"


def _spreads(title: str, spreads: Sequence[Spread], type: str = "") -> RenderableType:
    table = Table(box=None, pad_edge=False, header_style="dim")
    missing = any(spread.missing for spread in spreads)
    table.add_column("", no_wrap=True)
    for name in ("min", "max", "mean", "std", *(["missing"] if missing else [])):
        table.add_column(name, justify="right", no_wrap=True)
    for spread in spreads[:LISTED]:
        # a mean that is 0 but for the rounding of its samples
        mean = 0.0 if abs(spread.mean) < NEARLY * spread.std else spread.mean
        cells = [decimal(value) for value in (spread.low, spread.high, mean, spread.std)]
        table.add_row(Text(shorten(spread.name, 32)), *cells, *([count(spread.missing)] if missing else []))
    more = len(spreads) - LISTED
    rest = [Text(f"and {count(more)} more; `--format json` has all", "dim")] if more > 0 else []
    return Group(Text.assemble((title, "bold"), f"  {type}" if type else ""), table, *rest)


# ---- rows of tables, and words ----


def render_rows(preview: Preview) -> RenderableType:
    """Some samples before and after, a line each."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    several = len(preview.epochs) > 1
    for name in ("target", "", preview.field.name):
        table.add_column(name, no_wrap=True)
    for row, target in enumerate(preview.names):
        table.add_row(Text(shorten(target, 24)), Text("as it is", "dim"), Text(_row(preview.before[row])))
        for number, epoch in enumerate(preview.epochs, start=1):
            label = f"epoch {number}" if several else "every epoch"
            table.add_row("", Text(label, "dim"), Text(_row(epoch[row])))
    return table


def _row(values: Tensor) -> str:
    numbers = values.flatten().tolist()
    shown = "  ".join(
        f"{decimal(number):>9}" if isinstance(number, float) else str(number) for number in numbers[:SHOWN]
    )
    return f"{shown}  …" if len(numbers) > SHOWN else shown


def facts_as_json(facts: DataFacts) -> dict[str, Any]:
    """All of it for programs; what isn't a number is null."""
    used = facts.used
    return {
        "spec": facts.program.source.name,
        "source": used.source,
        "note": used.note,
        "type": str(facts.program.type),
        "samples": {"train": used.train, "validation": used.validation, "test": used.test},
        "digest": f"sha256:{used.digest}",
        "classes": [
            {"name": name, **{split: counts[index] for split, counts in facts.classes.items()}}
            for index, name in enumerate(facts.names)
        ],
        "targets": {split: _spread_record(spread) for split, spread in facts.numbers.items()},
        "inputs": [
            {"name": one.field.name, "before": _record(one.before), "after": _record(one.after)} for one in facts.inputs
        ],
        "augment": list(map(written, facts.program.data.augment)),
        "transform": [
            {"transform": written(step), "measured": dict(measured)}
            for step, measured in zip(facts.program.data.transform, used.fitted, strict=True)
        ],
        "target_transform": [
            {"transform": written(step), "measured": dict(measured)}
            for step, measured in zip(facts.program.data.target_transform, used.target_fitted, strict=True)
        ],
        "looked": facts.looked,
    }


def _record(values: Values) -> dict[str, Any]:
    return {"shape": list(values.shape), "dtype": values.dtype, "parts": list(map(_spread_record, values.spreads))}


def _spread_record(spread: Spread) -> dict[str, Any]:
    return {
        name: value if not isinstance(value, float) or isfinite(value) else None
        for name, value in asdict(spread).items()
    }
