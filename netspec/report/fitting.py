"""Overfitting and underfitting, as far as the curves of a run show them.

Losses are compared with earlier values of the same curve and never across splits: training is measured in training
mode, on augmented or mixed samples, while the weights still change, so that its values are worse than those of the same
network in evaluation mode. For the same reason a training accuracy that is far above the validation accuracy says
something: in evaluation mode the gap would be larger still.

A run is overfitting if either holds:

- `validation.loss` rises: in each of the last 3 epochs it is above its lowest value, by at least 10% of that and 5% of
  the first training loss; the mean losses of 10 spans of the epochs since then, or of each epoch if they are fewer,
  rise in at least 85% of their pairs; and `train.loss` fell by at least 10% since then.
- `train.accuracy` is above `validation.accuracy` in each of the last 3 epochs, by at least 10 percentage points and 3
  standard errors of the validation accuracy. With averaged weights, which only validation is measured with, this isn't
  considered.

A run is underfitting if nothing was learned: `train.loss` fell by less than 10% from the first epoch to the last, and
the accuracies of both splits are at most 5% of the way from the share of the most frequent class to 100%, or, if
targets are numbers, `validation.r2` is below 0.05.

There is no verdict on fewer than 3 epochs, on a run without a validation split, and on curves with gaps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import isfinite, sqrt
from statistics import fmean

from netspec.render.words import measure
from netspec.runner.events import RunResult

LAST = 3
"""The number of last epochs that have to agree, and the fewest epochs with a verdict."""
RISE, OF_FIRST = 0.10, 0.05
SPANS, RISING_PAIRS = 10, 0.85
"""Means of spans rise through the noise of single epochs, and pairs of them don't in noise alone."""
FALL = 0.10
GAP, STANDARD_ERRORS = 0.10, 3
LEARNED = 0.05
RISING = (
    f"Reported if in each of the last {LAST} epochs validation.loss is at least {RISE:.0%} above its lowest value, "
    f"it rises in {RISING_PAIRS:.0%} of the pairs of {SPANS} spans of the epochs since then, and train.loss fell by at "
    f"least {FALL:.0%} meanwhile."
)
APART = (
    f"Reported if in each of the last {LAST} epochs train.accuracy is at least {100 * GAP:.0f} percentage points and "
    f"{STANDARD_ERRORS} standard errors above validation.accuracy."
)
NOTHING = (
    f"Reported if train.loss fell by less than {FALL:.0%} and neither split is better than guessing by more than "
    f"{LEARNED:.0%} of what there is to learn."
)


@dataclass(frozen=True)
class Verdict:
    """`kind` is `overfitting` or `underfitting`; `evidence` are the values that show it, and `help` is what may help,
    each a clause. `rule` is the sentence that says when it is reported."""

    kind: str
    evidence: str
    help: str
    rule: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.evidence}; {self.help}"


def verdict(result: RunResult) -> Verdict | None:
    """Whether a run is overfitting or underfitting, by the rules above; None if the curves show neither."""
    if len(result.history) < LAST or not result.data.validation:
        return None
    return next((found for rule in (_rising_loss, _gap, _nothing_learned) for found in rule(result)), None)


def _rising_loss(result: RunResult) -> Iterator[Verdict]:
    validation, train = (_curve(result, f"{split}.loss") for split in ("validation", "train"))
    if not validation or not train:
        return
    lowest = min(range(len(validation)), key=validation.__getitem__)
    since = validation[lowest:]
    least = validation[lowest] + max(RISE * abs(validation[lowest]), OF_FIRST * abs(train[0]))
    if len(since) <= LAST or min(since[-LAST:]) < least or _rising_pairs(since) < RISING_PAIRS:
        return
    if train[lowest] - train[-1] < FALL * abs(train[lowest]):
        return
    evidence = (
        f"validation.loss was lowest in epoch {lowest + 1} ({measure('loss', validation[lowest])}) and is "
        f"{measure('loss', validation[-1])} in epoch {len(validation)}, while train.loss fell from "
        f"{measure('loss', train[lowest])} to {measure('loss', train[-1])}"
    )
    yield _overfitting(result, evidence, RISING, "fewer epochs, ")


def _rising_pairs(values: Sequence[float]) -> float:
    """The share of pairs of spans of which the later one has the higher mean."""
    spans = min(SPANS, len(values))
    bounds = [len(values) * number // spans for number in range(spans + 1)]
    pairs = list(combinations((fmean(values[start:end]) for start, end in pairwise(bounds)), 2))
    return sum(before < after for before, after in pairs) / len(pairs)


def _gap(result: RunResult) -> Iterator[Verdict]:
    train, validation = (_curve(result, f"{split}.accuracy") for split in ("train", "validation"))
    if not train or not validation or result.program.train.average is not None:
        return
    samples = result.data.validation
    for seen, unseen in zip(train[-LAST:], validation[-LAST:], strict=True):
        error = sqrt(unseen * (1 - unseen) / samples)
        if seen - unseen < max(GAP, STANDARD_ERRORS * error):
            return
    evidence = (
        f"in epoch {len(train)} train.accuracy is {measure('accuracy', train[-1])} and validation.accuracy "
        f"{measure('accuracy', validation[-1])}, a gap of {100 * (train[-1] - validation[-1]):.1f} percentage points"
    )
    yield _overfitting(result, evidence, APART)


def _overfitting(result: RunResult, evidence: str, rule: str, first: str = "") -> Verdict:
    """`first` may help too, unless the run ends with the weights of an earlier epoch."""
    if result.restored is not None:
        evidence += f"; the run ends with the weights of epoch {result.restored}"
        first = ""
    return Verdict("overfitting", evidence, f"{first}dropout, weight decay, augmentation or more data may help", rule)


def _nothing_learned(result: RunResult) -> Iterator[Verdict]:
    loss = _curve(result, "train.loss")
    if not loss or loss[0] - loss[-1] >= FALL * abs(loss[0]):
        return
    shown = _chance_level(result)
    if shown is None:
        return
    fell = "fell" if loss[-1] < loss[0] else "rose"
    evidence = f"{shown}, and train.loss {fell} from {measure('loss', loss[0])} to {measure('loss', loss[-1])}"
    more = "another learning rate (`netspec lr-find`), more epochs, a larger network or less regularization may help"
    yield Verdict("underfitting", evidence, more, NOTHING)


def _chance_level(result: RunResult) -> str | None:
    """What shows that the last epoch is no better than guessing; None if it is better, or nothing says so."""
    last, balance = result.history[-1], result.report_samples.balance
    if balance and (total := sum(balance.values())):
        most = max(balance.values()) / total
        names = ("train.accuracy", "validation.accuracy")
        if any(not last.get(name, 1) - most < LEARNED * (1 - most) for name in names):
            return None
        train, validation, share = (measure("accuracy", value) for value in (*(last[name] for name in names), most))
        return f"train.accuracy is {train} and validation.accuracy {validation}, the most frequent class alone {share}"
    r2 = last.get("validation.r2", 1)
    return f"validation.r2 is {measure('r2', r2)}" if r2 < LEARNED else None


def _curve(result: RunResult, name: str) -> list[float]:
    """A value of all epochs; empty if one of them lacks it."""
    values = [row.get(name, float("nan")) for row in result.history]
    return values if all(map(isfinite, values)) else []
