"""What can be wrong with the paths of operations and scopes in a network."""

from __future__ import annotations

from typing import ClassVar

from netspec.diagnostics import Diagnostic, Label
from netspec.problems.base import Example, Problem
from netspec.problems.names import rename
from netspec.source import Span
from netspec.wording import listing


class UnknownPath(Problem):
    """The network has no operation and no scope of that path.

    A path is made of labels, and of positions where there are none, with dots between them: `"body.layer1.0.conv1"`.
    `netspec plan` shows the paths of all operations. `replace` takes the path of an operation, a block or a scope; a
    value is named by the labels of scopes alone, `body.layer2`.
    """

    code: ClassVar = "NS229"
    example: ClassVar = Example(
        'model { flatten -> body: { fc: linear(64) } -> relu -> linear(10)\n replace("body.fcc") { linear(32) } }',
        'model { flatten -> body: { fc: linear(64) } -> relu -> linear(10)\n replace("body.fc") { linear(32) } }',
    )

    path: str
    nearest: str | None
    scope: str
    known: tuple[str, ...]

    def diagnose(self) -> Diagnostic:
        owner = f"`{self.scope}`" if self.scope else "the network"
        known = f"{owner} has {listing(self.known, 12)}" if self.known else "paths: netspec plan"
        return self.report(
            f"nothing in the network is named `{self.path}`",
            mark="no such path",
            **rename(self.span, self.nearest, known),
        )


class ReplacedAround(Problem):
    """What a replacement is for isn't there any more, because the scope around it is replaced too."""

    code: ClassVar = "NS230"
    example: ClassVar = Example(
        "model { flatten -> body: { fc: linear(64) } -> relu -> linear(10)\n"
        ' replace("body") { linear(32) }\n replace("body.fc") { linear(16) } }',
        'model { flatten -> body: { fc: linear(64) } -> relu -> linear(10)\n replace("body") { linear(32) } }',
    )

    path: str
    around: str
    first: Span

    def diagnose(self) -> Diagnostic:
        return self.report(
            f"`{self.path}` is gone, as `{self.around}` is replaced as a whole",
            mark="stands in what is replaced",
            labels=(Label(self.first, "replaced here"),),
            help="change it there, or replace the parts alone",
        )


class Irreplaceable(Problem):
    """An operation can't be replaced by itself, because it doesn't take one value, which flows in.

    The scope or the block around it can be replaced instead.
    """

    code: ClassVar = "NS231"
    example: ClassVar = Example(
        "model { flatten -> left: linear(10)\n flatten(input) -> right: linear(10)\n"
        ' both: concat(left, right) -> linear(10)\n replace("both") { linear(10) } }',
        'model { flatten -> fc: linear(10)\n replace("fc") { linear(10) } }',
    )

    path: str
    reason: str
    step: Span
    help: str = "replace the scope around it"

    def diagnose(self) -> Diagnostic:
        return self.report(
            f"`{self.path}` {self.reason}, and what takes its place takes one value, `input`",
            mark="can't be replaced by itself",
            labels=(Label(self.step, "stands here"),),
            help=self.help,
        )


class SeveralValues(Problem):
    """A label stands for several values, because what it names is applied several times.

    A value is named where it is given: `c3 = reuse(layer2)`.
    """

    code: ClassVar = "NS232"
    example: ClassVar = Example(
        "block half(width) { fc: linear(width) }\n"
        "model { flatten -> body: half(784) -> relu -> reuse(body)\n body.fc -> relu -> linear(10) }",
        "block half(width) { fc: linear(width) }\n"
        "model { flatten -> body: half(784) -> relu\n last = reuse(body)\n last -> relu -> linear(10) }",
    )

    name: str
    count: int
    labels: tuple[Label, ...] = ()

    def diagnose(self) -> Diagnostic:
        return self.report(
            f"`{self.name}` is applied {self.count} times, and gives a value each time",
            mark="which one?",
            labels=self.labels,
            help="name the value where it is given: name = …",
        )
