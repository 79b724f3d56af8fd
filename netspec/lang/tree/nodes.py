"""The nodes of a tree: expressions, the steps of pipes, statements and their bodies."""

from __future__ import annotations

from netspec.immutable import immutable
from netspec.lang.tree.base import Constant, Interior, Label, Name, Node, Number, Quantity, Text
from netspec.source import Source

# ---- expressions ----


@immutable
class List(Node):
    """`[64, 128]`."""

    items: tuple[Expression, ...]


@immutable
class Argument(Node):
    """An argument of a call: `64`, `stride=2`."""

    name: Name | None
    value: Expression


@immutable
class Call(Node):
    """`conv(64, kernel=3)`."""

    function: Name
    arguments: tuple[Argument, ...]


@immutable
class Unary(Node):
    """`-a`, `not a`."""

    operator: str
    operand: Expression


@immutable
class Binary(Node):
    """`a + b`, `a or b`."""

    operator: str
    left: Expression
    right: Expression


@immutable
class Conditional(Node):
    """`a if condition else b`."""

    condition: Expression
    then: Expression
    otherwise: Expression


@immutable
class Range(Node):
    """`1..6`, both ends included."""

    start: Expression
    stop: Expression


@immutable
class Group(Node):
    """An expression in parentheses."""

    inner: Expression


@immutable
class Repeat(Node):
    """`repeat 3`, which takes a body."""

    count: Expression


@immutable
class Step(Node):
    """One step of a pipe: an operation, a body, or an operation with a body; with a label or without."""

    label: Label | None
    operation: Expression | Repeat | None
    body: Body | None = None


@immutable
class Pipe(Node):
    """Steps with `->` between them."""

    steps: tuple[Step, ...]

    @classmethod
    def of(cls, expression: Expression) -> Pipe:
        """The pipe whose one step is the expression."""
        return cls(expression.span, (Step(expression.span, None, expression),))

    def as_expression(self) -> Expression:
        """The expression itself if the pipe is one bare step, else the pipe."""
        step, operation = self.steps[0], self.steps[0].operation
        if len(self.steps) > 1 or step.label or step.body or operation is None or isinstance(operation, Repeat):
            return self
        return operation


Operation = Name | Call
"""A layer, a block or an entry of another kind, by its name, with arguments or without."""
Expression = (
    Number | Quantity | Text | Constant | Name | List | Call | Unary | Binary | Conditional | Range | Group | Pipe
)


# ---- statements ----


@immutable
class Edition(Node):
    """`netspec 1`."""

    number: Number


@immutable
class Extension(Node):
    """`extends "mnist_fc.net"`."""

    file: Text


@immutable
class Import(Node):
    """`from "blocks/resnet.net" import basic, bottleneck`."""

    file: Text
    names: tuple[Name, ...]


@immutable
class Param(Node):
    """`param width = 256`, perhaps with the values that it may take: `in [128, 256]`."""

    name: Name
    value: Expression
    domain: Expression | None = None


@immutable
class Parameter(Node):
    """A parameter of a block: `channels`, `stride=1`."""

    name: Name
    default: Expression | None = None


@immutable
class Block(Node):
    """`block basic(channels, stride=1) { … }`."""

    name: Name
    parameters: tuple[Parameter, ...]
    body: Body


@immutable
class Assertion(Node):
    """`assert parameters == 16_022`."""

    condition: Expression


@immutable
class Setting(Node):
    """`name = value`, or `left, right = values`; perhaps with the shape that the value has: `: [64, 7, 7]`."""

    names: tuple[Name, ...]
    value: Expression
    note: List | None = None

    @property
    def name(self) -> Name:
        return self.names[0]


@immutable
class Branch(Node):
    """`if condition { … } else { … }`; what follows `else` may be another branch."""

    condition: Expression
    then: Body
    otherwise: Body | Branch | None = None


@immutable
class Loop(Node):
    """`for channels in [64, 128] { … }`."""

    variable: Name
    items: Expression
    body: Body


@immutable
class Line(Node):
    """A pipe as a statement, perhaps with its output shape: operations of a network, or a section with its body."""

    pipe: Pipe
    note: List | None = None

    @property
    def section(self) -> tuple[Name | Call, Body] | None:
        """The head and the body, if the line is a name or a call with a body and nothing else."""
        step = self.pipe.steps[0]
        if step.body is None or step.label is not None or len(self.pipe.steps) > 1:
            return None
        return (step.operation, step.body) if isinstance(step.operation, Operation) else None


Statement = Edition | Extension | Import | Param | Block | Assertion | Setting | Branch | Loop | Line


@immutable
class Body(Node):
    """Statements, between braces or as a whole file."""

    statements: tuple[Statement, ...]

    @property
    def key(self) -> Interior:
        return Interior.of(self.span)


@immutable
class File(Body):
    """The statements of a whole file."""

    @classmethod
    def of(cls, source: Source, statements: tuple[Statement, ...]) -> File:
        return cls(source.span(0, len(source.text)), statements)

    @property
    def key(self) -> Interior:
        # the file may be nothing but the braces of one body
        return Interior.of(self.span.after())
