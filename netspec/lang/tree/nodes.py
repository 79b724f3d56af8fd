"""The nodes of a tree: expressions, the steps of pipes, statements and their bodies."""

from __future__ import annotations

from dataclasses import dataclass

from netspec.lang.tree.base import Constant, Interior, Label, Name, Node, Number, Quantity, Text
from netspec.source import Source

# ---- expressions ----


@dataclass(frozen=True, slots=True)
class List(Node):
    """`[64, 128]`."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Argument(Node):
    """An argument of a call: `64`, `stride=2`."""

    name: Name | None
    value: Expression


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`conv(64, kernel=3)`."""

    function: Name
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Unary(Node):
    """`-a`, `not a`."""

    operator: str
    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """`a + b`, `a or b`."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Conditional(Node):
    """`a if condition else b`."""

    condition: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class Range(Node):
    """`1..6`, both ends included."""

    start: Expression
    stop: Expression


@dataclass(frozen=True, slots=True)
class Group(Node):
    """An expression in parentheses."""

    inner: Expression


@dataclass(frozen=True, slots=True)
class Repeat(Node):
    """`repeat 3`, which takes a body."""

    count: Expression


@dataclass(frozen=True, slots=True)
class Step(Node):
    """One step of a pipe: an operation, a body, or an operation with a body; with a label or without."""

    label: Label | None
    operation: Expression | Repeat | None
    body: Body | None = None


@dataclass(frozen=True, slots=True)
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


Expression = (
    Number | Quantity | Text | Constant | Name | List | Call | Unary | Binary | Conditional | Range | Group | Pipe
)


# ---- statements ----


@dataclass(frozen=True, slots=True)
class Edition(Node):
    """`netspec 1`."""

    number: Number


@dataclass(frozen=True, slots=True)
class Extension(Node):
    """`extends "mnist_fc.net"`."""

    file: Text


@dataclass(frozen=True, slots=True)
class Import(Node):
    """`from "blocks/resnet.net" import basic, bottleneck`."""

    file: Text
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Param(Node):
    """`param width = 256`, perhaps with the values that it may take: `in [128, 256]`."""

    name: Name
    value: Expression
    domain: Expression | None = None


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    """A parameter of a block: `channels`, `stride=1`."""

    name: Name
    default: Expression | None = None


@dataclass(frozen=True, slots=True)
class Block(Node):
    """`block basic(channels, stride=1) { … }`."""

    name: Name
    parameters: tuple[Parameter, ...]
    body: Body


@dataclass(frozen=True, slots=True)
class Assertion(Node):
    """`assert parameters == 16_022`."""

    condition: Expression


@dataclass(frozen=True, slots=True)
class Setting(Node):
    """`name = value`, or `left, right = values`; perhaps with the shape that the value has: `: [64, 7, 7]`."""

    names: tuple[Name, ...]
    value: Expression
    note: List | None = None

    @property
    def name(self) -> Name:
        return self.names[0]


@dataclass(frozen=True, slots=True)
class Branch(Node):
    """`if condition { … } else { … }`; what follows `else` may be another branch."""

    condition: Expression
    then: Body
    otherwise: Body | Branch | None = None


@dataclass(frozen=True, slots=True)
class Loop(Node):
    """`for channels in [64, 128] { … }`."""

    variable: Name
    items: Expression
    body: Body


@dataclass(frozen=True, slots=True)
class Line(Node):
    """A pipe as a statement, perhaps with its output shape: operations of a network, or a section with its body."""

    pipe: Pipe
    note: List | None = None

    @property
    def section(self) -> tuple[Name | Call, Body] | None:
        """The head and the body, if the line is a name or a call with a body and nothing else."""
        if len(self.pipe.steps) == 1:
            step = self.pipe.steps[0]
            if step.label is None and isinstance(step.operation, Name | Call) and step.body is not None:
                return step.operation, step.body
        return None


Statement = Edition | Extension | Import | Param | Block | Assertion | Setting | Branch | Loop | Line


@dataclass(frozen=True, slots=True)
class Body(Node):
    """Statements, between braces or as a whole file."""

    statements: tuple[Statement, ...]

    @property
    def key(self) -> Interior:
        return Interior.of(self.span)


@dataclass(frozen=True, slots=True)
class File(Body):
    """The statements of a whole file."""

    @classmethod
    def of(cls, source: Source, statements: tuple[Statement, ...]) -> File:
        return cls(source.span(0, len(source.text)), statements)

    @property
    def key(self) -> Interior:
        # the file may be nothing but the braces of one body
        return Interior.of(self.span.after())
