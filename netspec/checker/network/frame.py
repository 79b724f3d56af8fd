"""Frames: where the interpreter of a network is, and the names, the labels and the current value that it has there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from netspec.catalogue.entry import find
from netspec.catalogue.layers import Layer
from netspec.checker.names.arithmetic import is_number
from netspec.checker.names.declarations import INPUT, Declarations, meaning_of
from netspec.checker.names.scope import Scope, Unresolved, Value
from netspec.checker.names.values import evaluate
from netspec.checker.names.wording import shown
from netspec.checker.network.below import Below
from netspec.checker.network.budget import Budget
from netspec.checker.network.known import BUILT_IN, is_operation, known_operations
from netspec.checker.network.labelled_values import labelled
from netspec.checker.network.mismatch import explain
from netspec.checker.network.operators import OPERATORS, operator
from netspec.checker.network.param_names import Labelled, Level, label_text
from netspec.checker.network.replacements import Replaced, Replacements
from netspec.checker.network.wiring import Call, Mismatch, Placed, Wiring
from netspec.immutable import immutable
from netspec.lang import tree
from netspec.problems import Problems
from netspec.problems.names import Shadowed
from netspec.problems.values import WrongValue
from netspec.shapes import Shape
from netspec.source import Span
from netspec.zoo import NAME as ZOO


@immutable
class Interpreter:
    """What a frame can be given to go through: a body, a pipe, or a single step and the value that comes in to it.

    Bodies hold pipes, pipes hold steps, and steps hold bodies; each calls the next through here.
    """

    body: Callable[[tree.Body, Frame], Any]
    pipe: Callable[[tree.Pipe, Frame], Any]
    step: Callable[[tree.Step, Any, Frame, bool], Any]


@dataclass
class Trace:
    """What all frames of one network share."""

    interpreter: Interpreter
    problems: Problems
    wiring: Wiring
    budget: Budget
    replacements: Replacements
    unread: tuple[Span, ...] = ()
    """Mistakes within the bodies where something couldn't be read."""
    entries: dict[int, tuple[tree.Node, Layer, dict[str, Span]]] = field(default_factory=dict)
    """Layers by the identity of the call that they stand for, which is kept, so that no other gets its identity."""
    bound: dict[Span, str] = field(default_factory=dict)
    read: set[Span] = field(default_factory=set)
    networks: dict[str, str] = field(default_factory=dict)
    """The networks of the zoo by the paths where they stand."""
    labelled: dict[str, list[Any]] = field(default_factory=dict)
    """What the steps with labels gave, by their paths, each time that they were applied."""
    given: dict[Span, int] = field(default_factory=dict)
    """The values that names are given, by the spans of the names."""
    shapes: dict[Span, Shape | None] = field(default_factory=dict)
    below: Below = field(default_factory=lambda: Below(()))
    """What is named further down."""


@dataclass
class Frame:
    """A body that is gone through. `current` is the value of the line above, which the next line takes; `home` is the
    file whose blocks can be called, `calls` are the calls of blocks around it, the outermost first."""

    trace: Trace
    home: Declarations
    scope: Scope
    level: Level
    current: Any
    calls: tuple[Call, ...] = ()
    bound: dict[str, list[Span]] = field(default_factory=dict)
    replaced: frozenset[str] = frozenset()
    """The paths whose replacements are being gone through."""

    def __post_init__(self) -> None:
        self.scope.flow = self

    @property
    def problems(self) -> Problems:
        return self.trace.problems

    # ---- going on ----

    def run(self, body: tree.Body) -> Any:
        """What a body gives."""
        return self.trace.interpreter.body(body, self)

    def within(self, body: tree.Body, level: Level, value: Any, span: Span) -> Any:
        """What a body within this one gives, with names of its own."""
        scope = self.scope.inner()
        if value is not None:
            scope.values[INPUT] = value
        with self.trace.budget.deeper(span):
            return replace(self, scope=scope, level=level, current=value, bound={}).run(body)

    def pipe(self, pipe: tree.Pipe) -> Any:
        """What a pipe gives that begins with the current value."""
        return self.trace.interpreter.pipe(pipe, self)

    def step(self, step: tree.Step, value: Any, *, head: bool) -> Any:
        """What a step gives; `head` says that it is the first of its pipe, so that `value` is the current one."""
        return self.trace.interpreter.step(step, value, self, head)

    # ---- expressions ----

    def why_unknown(self, name: str, span: Span) -> str | None:
        head, dot, _ = name.partition(".")
        labelled = self.level.find(head)
        if labelled is not None and labelled.step.label is not None:
            if dot:
                again = f"`reuse({head})` applies it again"
                return f"`{head}` is a label; the weights of a layer are not a value, but {again}"
            line = labelled.step.span.line
            return f"`{head}` is a label, which names weights; a value is named with `=`: {head} = … in line {line}"
        later = self.trace.below.value(name, span)
        if later is not None:
            return f"`{name}` is given in line {later.line}, but it is used above that"
        below = self.trace.below.label(head, span) if dot else None
        return f"`{head}` stands in line {below.line}, but its value is used above that" if below is not None else None

    def has_part(self, node: tree.Name) -> bool:
        """Whether a name with dots begins with the label of a scope."""
        head, dot, _ = node.id.partition(".")
        return bool(dot) and self.scope.owner(head) is None and self.level.scope(head) is not None

    def labelled(self, node: tree.Name) -> Any:
        if not self.has_part(node):
            return None
        return labelled(node, self.level, self.trace.labelled, self.scope, self.problems)

    def give(self, label: tree.Label, value: Any) -> None:
        """Remember what a step with a label gave."""
        text = label_text(label, self.scope, self.problems)
        if text is not None:
            given = self.trace.labelled.setdefault(f"{self.level.prefix}{text}", [])
            given += [value] if value not in given else []

    def is_operation(self, node: tree.Name) -> bool:
        return is_operation(node, self.scope, self.home)

    def known_operations(self) -> tuple[str, ...]:
        return known_operations(self.scope, self.home)

    def operation(self, node: tree.Call | tree.Pipe | tree.Name) -> Any:
        if isinstance(node, tree.Pipe):
            return self.pipe(node)
        return self.step(tree.Step(node.span, None, node), self.current, head=True)

    def side(self, node: tree.Expression) -> Any:
        """One side of an operator, or an argument: a bare name of an operation stands for what it gives."""
        if isinstance(node, tree.Name) and self.is_operation(node):
            return self.operation(node)
        return evaluate(node, self.scope, self.problems)

    def combine(self, node: tree.Binary, left: Any, right: Any) -> Value:
        return self.join(node, left, right, self.level.sign(node.operator))

    def join(self, node: tree.Binary, left: Any, right: Any, path: str) -> Value:
        """What an operator gives, under a name in the state_dict."""
        if any(isinstance(value, Value) and value.shape is None for value in (left, right)):
            raise Unresolved
        for side, value in ((node.left, left), (node.right, right)):
            if node.operator not in OPERATORS or not (isinstance(value, Value) or is_number(value)):
                what = f"`{node.operator}` of them" if node.operator not in OPERATORS else shown(value)
                self.problems.add(WrongValue(side.span, "+, -, * and /", "values of the network and numbers", what))
                raise Unresolved
        values = [value for value in (left, right) if isinstance(value, Value)]
        return self.connect(operator(node.operator, left, right), values, self.placed(path, node.span))[0]

    # ---- operations ----

    def path(self, step: tree.Step) -> str:
        """The name of a step in the state_dict; what has a label can be applied again by it. Raises Replaced if the
        model has another operation for that name."""
        path = self._path(step)
        replacement = self.trace.replacements.at(path, step.span)
        if replacement is not None and path not in self.replaced:
            raise Replaced(replacement)
        return path

    def _path(self, step: tree.Step) -> str:
        text = label_text(step.label, self.scope, self.problems) if step.label is not None else None
        if step.label is not None:
            self.scope.index.declare(step.label.span, "label")
        if step.label is None or text is None:
            return self.level.next(step.span)
        path = self.level.label(step.label, text, self.problems)
        plain = step.body is None and not isinstance(step.operation, tree.Call)
        scope = self.scope if plain else self.scope.copy()
        self.level.labelled[text] = Labelled(path, step, scope, self.home)
        return path

    def placed(self, path: str, span: Span, arguments: dict[str, Span] | None = None) -> Placed:
        return Placed(path, span, arguments or {}, self.calls, self.level.shared)

    def connect(self, layer: Layer, inputs: list[Value], placed: Placed, help: str | None = None) -> tuple[Value, ...]:
        """The outputs of an operation. Raises Unresolved after reporting why it has none, with `help`."""
        wiring = self.trace.wiring
        try:
            return wiring.operation(layer, inputs, placed)
        except Mismatch as mismatch:
            if wiring.whole:
                self.problems.add(explain(mismatch, wiring, help))
            raise Unresolved from None

    # ---- names ----

    def bind(self, name: tree.Name, value: Any) -> None:
        """Give a name to a value. Raises Unresolved after reporting that it has another meaning."""
        self.check_free(name, "a value")
        self.scope.bind(name.id, value, name.span)
        self.scope.index.declare(name.span, "value")
        self.scope.note(name.span, value)
        self.bound.setdefault(name.id, []).append(name.span)

    def check_free(self, name: tree.Name, what: str) -> None:
        """A name may be bound if it means nothing yet, or is a value of this body."""
        meaning, first = None, None
        owner = self.scope.owner(name.id)
        if name.id == INPUT:
            meaning = "what comes in"
        elif name.id == ZOO:
            meaning = meaning_of(ZOO)
        elif name.id in self.home.blocks:
            meaning, first = "a block", self.home.blocks[name.id].block.name.span
        elif find(Layer, name.id) is not None or name.id in BUILT_IN:
            meaning = "an operation"
        elif owner is not None and (owner is not self.scope or name.id not in self.bound):
            meaning, first = ("a value out here" if owner.flow else "a param"), owner.spans.get(name.id)
        elif what != "a value" and name.id in self.bound:
            meaning, first = "a value", self.bound[name.id][0]
        if meaning is not None:
            self.scope.mark_used(name.id)
            self.problems.add(Shadowed(name.span, name.id, meaning, first))
            raise Unresolved
