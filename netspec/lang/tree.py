"""The tree of a spec: what was written, with places and comments, and nothing of what it means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields

from netspec.source import Source, Span


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of a spec. `depth` is how deeply expressions are nested in it."""

    span: Span
    depth: int = field(default=0, compare=False, repr=False, kw_only=True)

    @property
    def key(self) -> Span:
        """What the comments on this node go by."""
        return self.span


@dataclass(frozen=True, slots=True)
class Interior(Span):
    """What a body holds. It isn't the body's span, which a step or a line of nothing but that body has too."""

    @classmethod
    def of(cls, span: Span) -> Interior:
        return cls(span.source, span.start, span.end)


# ---- expressions ----


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number as it was written: `256`, `1e-3`, `60_000`."""

    text: str

    @property
    def value(self) -> int | float:
        return int(self.text) if self.text.replace("_", "").isdigit() else float(self.text)


@dataclass(frozen=True, slots=True)
class Quantity(Node):
    """A number with a unit: `10%`, `5 epochs`."""

    number: Number
    unit: str
    unit_span: Span


@dataclass(frozen=True, slots=True)
class Text(Node):
    """A string in quotes; `value` is what it says."""

    value: str


@dataclass(frozen=True, slots=True)
class Constant(Node):
    """`true`, `false` or `none`."""

    value: bool | None


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A name, perhaps with dots: `relu`, `validation.loss`."""

    id: str


@dataclass(frozen=True, slots=True)
class List(Node):
    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Argument(Node):
    name: Name | None
    value: Expression


@dataclass(frozen=True, slots=True)
class Call(Node):
    function: Name
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Unary(Node):
    operator: str
    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary(Node):
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
class Label(Node):
    """The name of an operation or a scope; one that is written as a string may have expressions in braces in it."""

    id: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Step(Node):
    """One station of a pipe: an operation, a body, or an operation with a body; with a label or without."""

    label: Label | None
    operation: Expression | Repeat | None
    body: Body | None = None


@dataclass(frozen=True, slots=True)
class Pipe(Node):
    """Steps with `->` between them."""

    steps: tuple[Step, ...]


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
    """What a block takes: `channels`, `stride=1`."""

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
    """A pipe that stands by itself, perhaps with the shape that comes out: operations of a network, or a section with
    its body."""

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


@dataclass(frozen=True, slots=True)
class Comments:
    """What is said beside a node, without the `#`: on lines of its own before it, behind it on its last line, and,
    for a body, on lines of its own after its last statement. An empty string in `before` is an empty line."""

    before: tuple[str, ...] = ()
    after: str | None = None
    inside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tree:
    """A whole spec. `comments` go by the `key` of the statement, step, argument or body they belong to."""

    source: Source
    body: Body
    comments: Mapping[Span, Comments] = field(default_factory=dict)

    @property
    def statements(self) -> tuple[Statement, ...]:
        return self.body.statements


def bodies(branch: Branch) -> Iterator[Body]:
    """The bodies of a branch and of all that follow its `else`, in their order."""
    last: Body | Branch | None = None
    for part in branches(branch):
        yield part.then
        last = part.otherwise
    if isinstance(last, Body):
        yield last


def branches(branch: Branch) -> Iterator[Branch]:
    """A branch and all branches that follow its `else`, in their order."""
    part: Body | Branch | None = branch
    while isinstance(part, Branch):
        yield part
        part = part.otherwise


def walk(node: Node) -> Iterator[Node]:
    """A node and all nodes within it, in the order of the text. It doesn't recur, so that no depth is too much."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        parts = [getattr(node, item.name) for item in fields(node) if item.name not in ("span", "depth")]
        children = [child for part in parts for child in (part if isinstance(part, tuple) else (part,))]
        waiting += [child for child in reversed(children) if isinstance(child, Node)]
