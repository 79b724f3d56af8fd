"""What can be wrong with a value."""

from __future__ import annotations

from typing import Any, ClassVar

from netspec.diagnostics import Diagnostic, Edit, Fix, Guess, Label
from netspec.problems.base import Example, Problem
from netspec.problems.names import rename
from netspec.wording import either


class WrongValue(Problem):
    """The value is of the wrong type, or out of the range that the argument takes."""

    code: ClassVar = "NS220"
    example: ClassVar = Example(
        "model { flatten -> dropout(1.5) -> linear(10) }", "model { flatten -> dropout(0.5) -> linear(10) }"
    )

    name: str
    expected: str
    found: str
    replacement: str | None = None
    """The same value as it is written here, or a guess at what was meant."""
    help: str | None = None
    labels: tuple[Label, ...] = ()

    def diagnose(self) -> Diagnostic:
        message, proposal = f"`{self.name}` takes {self.expected}, not {self.found}", dict[str, Any](help=self.help)
        if isinstance(self.replacement, Guess):
            proposal = rename(self.span, self.replacement)
        elif self.replacement and self.span:
            proposal["fix"] = Fix(f"`{self.replacement}`", (Edit(self.span, self.replacement),))
        return self.report(message, labels=self.labels, **proposal)


class MissingUnit(Problem):
    """A number needs its unit: `patience = 3 epochs`, `validation = 10%`.

    Three epochs and three steps are worlds apart, so no unit is assumed.
    """

    code: ClassVar = "NS221"
    example: ClassVar = Example(
        "data {\n  source = mnist_sample()\n  validation = 10%\n}\ntrain { stop = early_stopping(patience=3) }",
        "data {\n  source = mnist_sample()\n  validation = 10%\n}\ntrain { stop = early_stopping(patience=3 epochs) }",
    )

    name: str
    written: str
    rights: tuple[str, ...]
    """The number with each unit that it can have."""

    def diagnose(self) -> Diagnostic:
        fix, help = None, None
        if len(self.rights) == 1 and self.span:
            fix = Fix(f"`{self.rights[0]}`", (Edit(self.span, self.rights[0]),))
        else:
            help = f"write {either([f'`{right}`' for right in self.rights])}"
        return self.report(f"`{self.name}` needs a unit", mark=f"{self.written} what?", fix=fix, help=help)


class UnknownUnit(Problem):
    """The language has no unit of that name.

    Units are `epochs`, `steps` and `%`; of times `seconds`, `minutes` and `hours`; of sizes `KiB`, `MiB` and `GiB`.
    """

    code: ClassVar = "NS222"
    example: ClassVar = Example(
        "data {\n  source = mnist_sample()\n  validation = 10%\n}\ntrain { stop = early_stopping(patience=3 epohcs) }",
        "data {\n  source = mnist_sample()\n  validation = 10%\n}\ntrain { stop = early_stopping(patience=3 epochs) }",
    )

    name: str
    nearest: str | None

    def diagnose(self) -> Diagnostic:
        units = "units: epochs, steps and %"
        return self.report(f"there is no unit `{self.name}`", **rename(self.span, self.nearest, units))


class MissingArgument(Problem):
    """An argument without a default isn't given."""

    code: ClassVar = "NS223"
    example: ClassVar = Example("model { flatten -> linear }", "model { flatten -> linear(10) }")

    owner: str
    name: str
    expected: str
    what: str = "argument"

    def diagnose(self) -> Diagnostic:
        expected = f", {self.expected}" if self.expected else ""
        return self.report(f"`{self.owner}` needs its {self.what} `{self.name}`{expected}")


class UnexpectedPosition(Problem):
    """An argument that is given by name stands without it.

    The leading arguments that everybody knows go without names, as in `conv(64, 3)`; the others are given by name,
    so that a reader needn't count.
    """

    code: ClassVar = "NS224"
    example: ClassVar = Example(
        "model { flatten -> linear(10) }\ntrain { optimizer = adam(0.01) }",
        "model { flatten -> linear(10) }\ntrain { optimizer = adam(lr=0.01) }",
    )

    owner: str
    name: str | None
    text: str
    limit: int
    help: str | None = None
    """What to write where more than this argument needs another place."""

    def diagnose(self) -> Diagnostic:
        if self.name is None:
            takes = f"at most {self.limit}" if self.limit else "none"
            message = f"too many arguments without names for `{self.owner}`: it takes {takes}"
            return self.report(message, help=self.help)
        right = f"{self.name}={self.text}"
        fix = Fix(f"`{right}`", (Edit(self.span, right),)) if self.span and not self.help else None
        return self.report(f"`{self.owner}` takes `{self.name}` by name", fix=fix, help=self.help)


class WrongOperands(Problem):
    """Arithmetic is for numbers, `and`, `or` and `not` are for `true` and `false`; nothing is divided by zero.

    `==` and `!=` compare values of one type: a number never equals a string. In assertions, a time is compared with
    times, and a count isn't compared with a percentage.
    """

    code: ClassVar = "NS225"
    example: ClassVar = Example(
        "param width = 64 // 0\nmodel { flatten -> linear(width) -> relu -> linear(10) }",
        "param width = 64 // 2\nmodel { flatten -> linear(width) -> relu -> linear(10) }",
    )

    message: str
    mark: str = ""
    labels: tuple[Label, ...] = ()

    def diagnose(self) -> Diagnostic:
        return self.report(self.message, mark=self.mark, labels=self.labels)


class AssertionFailed(Problem):
    """What the spec asserts doesn't hold."""

    code: ClassVar = "NS226"
    example: ClassVar = Example(
        "model { flatten -> linear(10) }\nassert parameters < 1000",
        "model { flatten -> linear(10) }\nassert parameters < 10_000",
    )

    left: str
    values: tuple[str, ...]

    def diagnose(self) -> Diagnostic:
        return self.report("the assertion doesn't hold", mark="; ".join(self.values))


class Conflict(Problem):
    """Two values don't go together."""

    code: ClassVar = "NS227"
    example: ClassVar = Example(
        "data {\n  source = mnist_sample()\n  validation = 10%\n}\n"
        "train { stop = early_stopping(monitor=validation.acuracy) }",
        "data {\n  source = mnist_sample()\n  validation = 10%\n}\n"
        "train { stop = early_stopping(monitor=validation.accuracy) }",
    )

    message: str
    mark: str = ""
    labels: tuple[Label, ...] = ()
    help: str | None = None
    fix: Fix | None = None

    def diagnose(self) -> Diagnostic:
        return self.report(self.message, mark=self.mark, labels=self.labels, help=self.help, fix=self.fix)


class OutsideDomain(Problem):
    """A param has a value that it may not take: it isn't in the domain behind `in`.

    A domain is a list of values, a range `1..6`, or numbers between two others: `uniform(0, 1)`, `log(1e-4, 1e-1)`.
    """

    code: ClassVar = "NS228"
    example: ClassVar = Example(
        "param width = 48 in [32, 64]\nmodel { flatten -> linear(width) -> relu -> linear(10) }",
        "param width = 64 in [32, 64]\nmodel { flatten -> linear(width) -> relu -> linear(10) }",
    )

    name: str
    value: str
    domain: str
    labels: tuple[Label, ...] = ()

    def diagnose(self) -> Diagnostic:
        return self.report(
            f"`{self.name}` may be {self.domain}, not {self.value}", mark="outside of its domain", labels=self.labels
        )
