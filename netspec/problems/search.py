"""What can be wrong with a search."""

from __future__ import annotations

from typing import ClassVar

from netspec.diagnostics import Diagnostic, Label, Severity
from netspec.problems.base import Example, Problem
from netspec.source import Span

DATA = "data {\n  source = mnist_sample()\n  validation = 10%\n}\n"
SEARCH = "search {\n  method = random(trials=20)\n  maximize = validation.accuracy\n}\n"


class IdleParam(Problem):
    """A param is searched, but its values change nothing.

    All trials would be the same training, and the search would find the best of equals. The param isn't used, or only
    in a branch that no setting takes, or all of its values lead to the same program. Use it, or leave it out of the
    search: remove its domain, or name the others in `params`.
    """

    code: ClassVar = "NS260"
    example: ClassVar = Example(
        f"param width = 64 in 16..64\n{DATA}model {{ flatten -> linear(64) -> relu -> linear(10) }}\n{SEARCH}",
        f"param width = 64 in 16..64\n{DATA}model {{ flatten -> linear(width) -> relu -> linear(10) }}\n{SEARCH}",
    )

    name: str
    why: str
    searched: Span | None = None
    """Where it is said what is searched."""

    def diagnose(self) -> Diagnostic:
        labels = (Label(self.searched, "searched here"),) if self.searched is not None else ()
        help = f"use `{self.name}`, or leave it out of the search"
        return self.report(
            f"`{self.name}` is searched, but {self.why}", mark="changes nothing", labels=labels, help=help
        )


class RareParam(Problem):
    """A param is searched, but none of the settings that were looked at uses it.

    It belongs to a branch. Some of the settings were compiled, which differ in one value from others; the branch may be
    taken by settings in between, or never.
    """

    code: ClassVar = "NS262"
    severity: ClassVar = Severity.WARNING

    name: str
    looked_at: int

    def diagnose(self) -> Diagnostic:
        message = f"`{self.name}` is searched, but none of {self.looked_at} settings that were looked at uses it"
        return self.report(message, help="widen the condition of its branch, or leave it out of the search")


class Incomparable(Problem):
    """Trials would be compared by numbers that don't mean the same in each of them.

    A param that changes the loss changes what `validation.loss` measures: the smallest factor gives the smallest loss.
    A param that changes how the data is split, such as a seed, gives each trial other samples to be evaluated on: the
    best one has the easiest samples. Use a metric for `maximize`, set `split_seed`, and use `seeds` or `confirm` to
    average over seeds.
    """

    code: ClassVar = "NS261"
    example: ClassVar = Example(
        f"param smoothing = 0.1 in uniform(0, 0.5)\n{DATA}model {{ flatten -> linear(10) }}\n"
        "train { loss = cross_entropy(label_smoothing=smoothing) }\n"
        "search {\n  method = random(trials=20)\n  minimize = validation.loss\n}\n",
        f"param smoothing = 0.1 in uniform(0, 0.5)\n{DATA}model {{ flatten -> linear(10) }}\n"
        f"train {{ loss = cross_entropy(label_smoothing=smoothing) }}\n{SEARCH}",
    )

    name: str
    what: str
    help: str
    labels: tuple[Label, ...] = ()

    def diagnose(self) -> Diagnostic:
        message = f"`{self.name}` changes {self.what}, so trials can't be compared"
        return self.report(message, labels=self.labels, help=self.help)
