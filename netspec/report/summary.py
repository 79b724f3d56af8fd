"""A run in a few words, the same on the terminal and on the page."""

from __future__ import annotations

from collections.abc import Mapping

from netspec.render.words import count, measure
from netspec.runner.events import Evaluation, RunResult


def epochs(result: RunResult) -> str:
    """How far the training went, and which epoch's weights came out of it."""
    best = f", best {result.best_epoch}" if result.best_epoch is not None else ""
    restored = f", with the weights of epoch {result.restored}" if result.restored is not None else ""
    return f"{len(result.history)} of {result.program.train.epochs}{best}{restored}"


def best_validation(result: RunResult) -> Mapping[str, float]:
    """What was measured on the validation split in the best epoch, by the names of the metrics; nothing without one."""
    row = next((row for row in result.history if row["epoch"] == result.best_epoch), {})
    split = "validation."
    return {name.removeprefix(split): value for name, value in row.items() if name.startswith(split)}


def correct(evaluation: Evaluation) -> str:
    """The number of correct decisions behind an accuracy, `946 of 1000 correct`; nothing if targets are no classes."""
    found = evaluation.confusion
    return "" if found is None else _correct(int(found.trace()), int(found.sum()))


def correct_of_validation(result: RunResult, values: Mapping[str, float]) -> str:
    """The same for values of an epoch's validation, of which only the accuracy is known; nothing where a sample has
    more than one decision."""
    if "accuracy" not in values or result.program.type.target.on_pixels:
        return ""
    samples = result.data.validation
    return _correct(round(values["accuracy"] * samples), samples)


def _correct(right: int, decisions: int) -> str:
    return f"{count(right)} of {count(decisions)} correct"


def listed(values: Mapping[str, float], correct: str = "", most: int | None = None) -> str:
    """The first `most` of some values with their names, the accuracy first, behind it how many are `correct`."""
    ordered = sorted(values, key=lambda name: name != "accuracy")[:most]
    behind = {"accuracy": f" ({correct})" if correct else ""}
    return "   ".join(f"{name} {measure(name, values[name])}{behind.get(name, '')}" for name in ordered)
