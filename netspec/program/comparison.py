"""Runs side by side: what they were set to do otherwise, and what they came to, with the best of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from math import isfinite
from pathlib import PurePath

from netspec.catalogue.metrics import called
from netspec.immutable import immutable
from netspec.program.difference import LayerChange, difference
from netspec.program.program import Program

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
TIMES = "seconds"
SPLITTING = ("data.sample", "data.test", "data.validation")
"""The settings that decide which samples a split has, beside seeds."""
NAMED, LONGEST = 2, 20
"""The largest number of values in the name of a run, and of characters in each value."""


@immutable
class RunHistory:
    """A run as its folder tells of it, finished or not.

    `program` is None where the spec can't be checked now, and `trouble` says why. `history` has a row for each epoch
    that is over, `test` the numbers of the test split, which a run has when it is finished. `digest` is that of the
    data, known then too. Of the `parts` that folds and seeds make, `means` are those of the numbers of validation, and
    `test` has means too, each of as many parts as `counts` has.
    """

    folder: str
    name: str
    program: Program | None
    trouble: str | None
    finished: bool
    planned: int | None
    history: tuple[Mapping[str, float], ...]
    best_epoch: int | None
    test: Mapping[str, float]
    seconds: float | None
    digest: str | None
    parts: int = 0
    means: Mapping[str, float] = field(default_factory=dict[str, float])
    counts: Mapping[str, int] = field(default_factory=dict[str, int])

    @property
    def state(self) -> str:
        """`finished, 5 epochs` or `not finished, 3 of 5 epochs`."""
        if self.parts:
            return f"{'finished' if self.finished else 'not finished'}, {self.parts} runs: their means"
        trained = len(self.history)
        planned = f" of {self.planned}" if self.planned not in (None, trained) else ""
        noun = "epoch" if trained == 1 and not planned else "epochs"
        return f"{'finished' if self.finished else 'not finished'}, {trained}{planned} {noun}"

    @property
    def epoch(self) -> Mapping[str, float]:
        """The best epoch; the last where none is the best; of several runs the means."""
        if self.parts:
            return self.means
        rows = {int(row["epoch"]): row for row in self.history}
        return rows.get(self.best_epoch or 0) or (self.history[-1] if self.history else {})


@immutable
class Line:
    """A setting or a layer by its path, and how each run has it; empty where a run has no such thing."""

    path: str
    values: tuple[str, ...]

    def named(self, index: int) -> str:
        """The value of a run behind the last name of the path: `lr=0.1`."""
        return f"{self.path.rpartition('.')[2]}={self.values[index] or 'none'}"


@immutable
class Measured:
    """A number that runs came to, None where one has none; `best` are the places of the runs with the best one."""

    name: str
    values: tuple[float | None, ...]
    best: frozenset[int] = frozenset()


@immutable
class Comparison:
    """Params, settings and layers that aren't the same in all runs, and the numbers of the runs. `notes` say what else
    to know before they are compared."""

    runs: tuple[RunHistory, ...]
    params: tuple[Line, ...]
    settings: tuple[Line, ...]
    layers: tuple[Line, ...]
    measured: tuple[Measured, ...]
    notes: tuple[str, ...]

    @property
    def letters(self) -> tuple[str, ...]:
        """What the runs are called here: A, B, C, …"""
        return tuple(LETTERS[n] if n < len(LETTERS) else str(n + 1) for n in range(len(self.runs)))

    @property
    def labels(self) -> tuple[str, ...]:
        """What tells each run from the others: the values of what differs if it is little, else its folder."""
        lines = self.params or self.settings or self.layers
        if 0 < len(lines) <= NAMED and all(len(value) <= LONGEST for line in lines for value in line.values):
            return tuple(", ".join(line.named(index) for line in lines) for index in range(len(self.runs)))
        names = [PurePath(run.folder).name for run in self.runs]
        return tuple(names) if len(set(names)) == len(names) else tuple(run.folder for run in self.runs)


def compare(runs: Sequence[RunHistory]) -> Comparison:
    """Put runs side by side; the first is the one that the others are compared with."""
    params, settings, layers = tuple(_params(runs)), tuple(_settings(runs)), tuple(_layers(runs))
    types = {str(run.program.type) for run in runs if run.program is not None}
    losses_differ = any(line.path.startswith("train.loss") for line in settings)
    measured = _measured(runs, losses_differ)
    if len(types) > 1:
        measured = (Measured(row.name, row.values) for row in measured)
        notes = ["the data isn't of the same type: none of the numbers is the best"]
    else:
        notes = list(_notes(runs, settings, losses_differ))
    notes += [note for run in runs for note in _partial(run)]
    notes += [f"the settings of {run.folder} aren't known: {run.trouble}" for run in runs if run.trouble is not None]
    return Comparison(tuple(runs), params, settings, layers, tuple(measured), tuple(notes))


# ---- what was set ----


def _params(runs: Sequence[RunHistory]) -> Iterator[Line]:
    """A line for each param that isn't the same in all runs whose settings are known."""
    known = [dict(run.program.params) if run.program else None for run in runs]
    for name in dict.fromkeys(name for params in known if params is not None for name in params):
        if len({params.get(name) for params in known if params is not None}) > 1:
            yield Line(name, tuple((params or {}).get(name, "") for params in known))


def _settings(runs: Sequence[RunHistory]) -> Iterator[Line]:
    """A line for each setting that differs; where it is other in kind in one run, whole in all of them."""
    programs = [run.program for run in runs if run.program is not None]
    found = {setting.path for other in programs[1:] for setting in difference(programs[0], other).settings}
    values = [{path: value for path, value, _ in run.program.values()} if run.program else {} for run in runs]
    order = dict.fromkeys(path for written in values for path in written)
    for path in order:
        if path in found and not any(path.startswith((f"{whole}.", f"{whole}[")) for whole in found):
            yield Line(path, tuple(written.get(path, "") for written in values))


def _layers(runs: Sequence[RunHistory]) -> Iterator[Line]:
    """A line for each layer that is written otherwise, by its name in the state_dict."""
    programs = [run.program for run in runs if run.program is not None]
    changes = [{change.path: change for change in difference(programs[0], other).layers} for other in programs[1:]]
    for path in dict.fromkeys(path for found in changes for path in found):
        first = next(_uses(found[path], old=True) for found in changes if path in found)
        others = iter([_uses(found[path]) if path in found else first for found in changes])
        values = [first] if programs else []
        values += others
        if len(set(values)) > 1:
            by_run = iter(values)
            yield Line(path, tuple(next(by_run) if run.program else "" for run in runs))


def _uses(change: LayerChange, *, old: bool = False) -> str:
    return ", ".join(dict.fromkeys(use.written for use in (change.old if old else change.new)))


# ---- what came of it ----


def _measured(runs: Sequence[RunHistory], losses_differ: bool) -> Iterator[Measured]:
    tests = [{f"test.{name}": value for name, value in run.test.items()} for run in runs]
    epochs = [
        {name: value for name, value in run.epoch.items() if name not in ("epoch", f"train.{TIMES}")} for run in runs
    ]
    order = dict.fromkeys(name for found in (*tests, *epochs) for name in found)
    for name in sorted(order, key=lambda name: ("test", "validation", "train").index(name.partition(".")[0])):
        values = tuple((test | epoch).get(name) for test, epoch in zip(tests, epochs, strict=True))
        measured = name.partition(".")[2]
        has_best = measured == "loss" or called(measured) is not None
        comparable = has_best and not (measured == "loss" and losses_differ)
        yield Measured(name, values, _best(values, measured) if comparable else frozenset())
    yield Measured("best epoch", tuple(run.best_epoch for run in runs))
    yield Measured("parameters", tuple(run.program.graph.parameter_count if run.program else None for run in runs))
    yield Measured(TIMES, tuple(run.seconds for run in runs))


def _best(values: Sequence[float | None], name: str) -> frozenset[int]:
    """Where the best of several values is; nowhere if all are the same."""
    metric = called(name)
    choose: Callable[..., float] = max if metric is not None and metric.larger_is_better else min
    known = {index: value for index, value in enumerate(values) if value is not None and isfinite(value)}
    if len(set(known.values())) < 2:
        return frozenset()
    best = choose(known.values())
    return frozenset(index for index, value in known.items() if value == best)


def _notes(runs: Sequence[RunHistory], settings: Sequence[Line], losses_differ: bool) -> Iterator[str]:
    if len({run.digest for run in runs if run.digest}) > 1:
        yield "the data differs: the numbers aren't of the same samples"
    elif drawn := [path for path in (*SPLITTING, *_seeds(runs)) if _has(settings, path)]:
        yield f"`{drawn[0]}` differs: splits that are drawn don't have the same samples"
    if losses_differ:
        yield "the losses differ: their values can't be compared"


def _seeds(runs: Sequence[RunHistory]) -> tuple[str, ...]:
    """The seeds that splits follow from: not the training's if all runs have a seed of their own for them."""
    own = [run.program.data.split_seed for run in runs if run.program is not None]
    return ("data.split_seed",) if own and None not in own else ("data.split_seed", "train.seed")


def _partial(run: RunHistory) -> Iterator[str]:
    """The means of a run with parts that not all of them have a number for."""
    for name, count in run.counts.items():
        if count < run.parts:
            yield f"`{name}` of {run.folder} is the mean of {count} of {run.parts} runs; in the others it is no number"


def _has(settings: Sequence[Line], path: str) -> bool:
    return any(line.path == path for line in settings)
