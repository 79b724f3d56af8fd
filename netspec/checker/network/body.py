"""The body of a network, gone through line by line: names, blocks, loops and branches become operations of a graph."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from netspec.catalogue.entry import find
from netspec.catalogue.layers import Layer
from netspec.checker.entries.elaborate import Elaborator
from netspec.checker.names.declarations import Declarations, section_names
from netspec.checker.names.scope import Record, Scope, Symbol, Unresolved, Value
from netspec.checker.names.values import evaluate, extent, is_number, operand, report_undefined, shown
from netspec.checker.network.budget import Budget
from netspec.checker.network.operators import OPERATORS, operator
from netspec.checker.network.param_names import Level
from netspec.checker.network.shape_notes import check_note
from netspec.checker.network.steps import (
    BUILT_IN,
    apply,
    are_values,
    function_of,
    is_operation,
    is_tensor,
    known_operations,
)
from netspec.checker.network.unreached import check_names
from netspec.checker.network.wiring import Call, Placed, Wiring
from netspec.lang import tree
from netspec.problems import Problems
from netspec.problems.names import Misplaced, Shadowed
from netspec.problems.shapes import NoInput
from netspec.problems.syntax import MissingColon
from netspec.problems.values import WrongValue
from netspec.shapes import Shape
from netspec.source import Span
from netspec.wording import counted


@dataclass
class Trace:
    """What all bodies of one network share."""

    elaborator: Elaborator
    wiring: Wiring
    budget: Budget
    entries: dict[int, tuple[tree.Node, Layer, dict[str, Span]]] = field(default_factory=dict)
    """Layers by the identity of the call that they stand for, which is kept, so that no other gets its identity."""
    bound: dict[Span, str] = field(default_factory=dict)
    read: set[Span] = field(default_factory=set)
    given: dict[Span, int] = field(default_factory=dict)
    """The values that names are given, by the places of the names."""
    shapes: dict[Span, Shape | None] = field(default_factory=dict)

    @property
    def problems(self) -> Problems:
        return self.elaborator.problems


@dataclass
class Frame:
    """A body that is gone through. `current` is the value of the line above, which the next line takes."""

    trace: Trace
    home: Declarations
    scope: Scope
    level: Level
    current: Any
    calls: tuple[Call, ...] = ()
    bound: dict[str, list[Span]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.scope.flow = self

    def run(self, body: tree.Body) -> Any:
        """What the body gives: the value of its last line, or what it binds to `output`."""
        self.statements(body)
        self._check_last(body)
        for name, spans in self.bound.items():
            self.trace.bound |= dict.fromkeys(spans, name)
            if name in self.scope.used or name == "output":
                self.trace.read.update(spans)
        return self.scope.values["output"] if "output" in self.bound else self.current

    def _check_last(self, body: tree.Body) -> None:
        """A value that is named in the last line has nobody left to read it: a label was meant."""
        last = body.statements[-1] if body.statements else None
        if not isinstance(last, tree.Setting) or last.name.id in ("output", *self.scope.used) or len(last.names) > 1:
            return
        if isinstance(self.scope.values.get(last.name.id), Value):
            place = last.span.source.span(last.name.span.start, last.value.span.start)
            self.problems.add(MissingColon(last.name.span, last.name.id, place))
            self.scope.used.add(last.name.id)
            self.current = self.trace.wiring.unknown(last.span)

    # ---- statements ----

    def statements(self, body: tree.Body) -> None:
        for statement in body.statements:
            self.trace.budget.spend(statement.span)
            try:
                self._statement(statement)
            except Unresolved:
                self._doubt(statement)

    def _statement(self, statement: tree.Statement) -> None:
        match statement:
            case tree.Setting():
                value = self._value(statement.value)
                self._unpack(statement, value)
                self._noted(statement, value)
            case tree.Line() if statement.section and self._is_section(statement.section[0]):
                self._misplaced_section(statement.section[0])
            case tree.Line():
                value = self.pipe(statement.pipe)
                self._noted(statement, value)
                first, *more = statement.pipe.steps
                if more or not is_tensor(first.operation):
                    self.current = value
            case tree.Branch():
                self._branch(statement)
            case tree.Loop():
                self._loop(statement)
            case _:
                message = "this stands at the top of the file, not in a network"
                self.problems.add(Misplaced(statement.span, message))

    def _doubt(self, statement: tree.Statement) -> None:
        """After a mistake: what the statement would have given isn't known, and nothing is said of what follows."""
        unknown = self.trace.wiring.unknown(statement.span)
        for node in tree.walk(statement):
            for name in node.names if isinstance(node, tree.Setting) else ():
                if is_operation(name, self):
                    continue
                self.scope.values[name.id] = unknown
                self.scope.spans.setdefault(name.id, name.span)
                self.scope.used.add(name.id)
        if not isinstance(statement, tree.Setting):
            self.current = unknown

    def _branch(self, statement: tree.Branch) -> None:
        taken = operand(statement.condition, bool, self.scope, self.problems)
        chosen, other = statement.then, statement.otherwise
        if not taken:
            chosen, other = other, chosen
        if other is not None:
            check_names(other, self)
        if isinstance(chosen, tree.Branch):
            self._branch(chosen)
        elif chosen is not None:
            self.statements(chosen)

    def _loop(self, statement: tree.Loop) -> None:
        node, variable = statement.items, statement.variable
        items = self._range(node) if isinstance(node, tree.Range) else evaluate(node, self.scope, self.problems)
        if not isinstance(items, tuple | range):
            self.problems.add(WrongValue(node.span, "for", "a list or a range like `1..3`", shown(items)))
            raise Unresolved
        if not items:
            check_names(statement.body, self)
        self._check_free(variable, "a loop variable")
        for item in items:
            self.trace.budget.spend(statement.span)
            self.scope.bind(variable.id, item, variable.span)
            self.statements(statement.body)
        self.scope.values.pop(variable.id, None)
        self.scope.spans.pop(variable.id, None)

    def _range(self, node: tree.Range) -> range:
        return extent(node, self.scope, self.problems)

    # ---- names ----

    def _unpack(self, statement: tree.Setting, value: Any) -> None:
        """Bind the names of a setting to a value, or to as many values as there are names."""
        targets = statement.names
        values = _parts(value, len(targets))
        if len(values) != len(targets):
            message = f"{counted(len(targets), 'name')} for {counted(len(values), 'value')}"
            help = "give each value a name: left, right = chunk(2)" if len(values) > 1 else None
            place = statement.span.source.span(statement.span.start, targets[-1].span.end)
            self.problems.add(NoInput(place, message, help))
            raise Unresolved
        for name, item in zip(targets, values, strict=True):
            if isinstance(item, Value):
                self.trace.given[name.span] = item.number
            self.bind(name, item)

    def bind(self, name: tree.Name, value: Any) -> None:
        """Give a name to a value. Raises Bad after reporting that it has another meaning."""
        self._check_free(name, "a value")
        self.scope.bind(name.id, value, name.span)
        self.bound.setdefault(name.id, []).append(name.span)

    def _check_free(self, name: tree.Name, what: str) -> None:
        """A name may be bound if it means nothing yet, or is a value of this body."""
        meaning, first = None, None
        owner = self.scope.owner(name.id)
        if name.id == "input":
            meaning = "what comes in"
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

    # ---- values ----

    def _value(self, node: tree.Expression) -> Any:
        """What stands behind `=`: what a pipe or an operation gives, several values in braces, or a plain value."""
        while isinstance(node, tree.Group):
            node = node.inner
        if isinstance(node, tree.Pipe):
            record = _record(node)
            return self._record(record) if record is not None else self.pipe(node)
        if self._is_applied(node):
            return self.pipe(tree.Pipe(node.span, (tree.Step(node.span, None, node),)))
        value = evaluate(node, self.scope, self.problems)
        if isinstance(value, Symbol):
            self._report_unknown(node, value)
        return value

    def _is_applied(self, node: tree.Expression) -> bool:
        """Whether an expression is an operation, which takes the value of the line above."""
        if isinstance(node, tree.Call):
            return node.function.id not in ("min", "max") or not node.arguments
        return isinstance(node, tree.Name) and is_operation(node, self)

    def _record(self, body: tree.Body) -> Record:
        values: dict[str, Any] = {}
        for item in body.statements:
            assert isinstance(item, tree.Setting)
            values[item.name.id] = self._value(item.value)
            self._noted(item, values[item.name.id])
        return Record(values)

    def pipe(self, pipe: tree.Pipe) -> Any:
        """What a pipe gives. Of each step that is wrong in itself it is said, whatever comes in."""
        value = self.current
        for place, step in enumerate(pipe.steps):
            try:
                value = apply(step, value, self, head=place == 0)
            except Unresolved:
                value = self.trace.wiring.unknown(step.span)
                # what the step speaks of would have been used
                for node in tree.walk(step):
                    if isinstance(node, tree.Name):
                        self.scope.mark_used(node.id)
        return value

    def operation(self, node: tree.Call | tree.Pipe | tree.Name) -> Any:
        if isinstance(node, tree.Pipe):
            return self.pipe(node)
        return apply(tree.Step(node.span, None, node), self.current, self, head=True)

    def is_operation(self, node: tree.Name) -> bool:
        return is_operation(node, self)

    def side(self, node: tree.Expression) -> Any:
        """One side of an operator, or an argument: a bare name of an operation stands for what it gives."""
        if isinstance(node, tree.Name) and is_operation(node, self):
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
        wires = [value for value in (left, right) if isinstance(value, Value)]
        layer = operator(node.operator, left, right)
        return self.trace.wiring.operation(layer, wires, self.placed(path, node.span))[0]

    def within(self, body: tree.Body, level: Level, value: Any, span: Span) -> Any:
        """What a body within this one gives, with names of its own."""
        scope = self.scope.inner()
        if value is not None:
            scope.values["input"] = value
        with self.trace.budget.deeper(span):
            return replace(self, scope=scope, level=level, current=value, bound={}).run(body)

    def placed(self, path: str, span: Span, arguments: dict[str, Span] | None = None) -> Placed:
        return Placed(path, span, arguments or {}, self.calls, self.level.shared)

    # ---- messages ----

    @property
    def problems(self) -> Problems:
        return self.trace.problems

    def _report_unknown(self, node: tree.Expression, symbol: Symbol) -> None:
        """A name that nothing has: of a value, or of an operation."""
        if isinstance(node, tree.Name):
            self.trace.elaborator.find(node, Layer, known_operations(self))
        report_undefined(symbol.id, node, self.scope, self.problems)
        raise Unresolved

    def _is_section(self, head: tree.Name | tree.Call) -> bool:
        return function_of(head).id in section_names()

    def refuse_body(self, node: tree.Name | tree.Call) -> None:
        """Report an operation with a body that takes none."""
        if self._is_section(node):
            self._misplaced_section(node)
        else:
            self.problems.add(Misplaced(node.span, f"`{node.span.text}` takes no body"))

    def _misplaced_section(self, head: tree.Name | tree.Call) -> None:
        message = f"the section `{head.span.text}` stands at the top of the file, not in `model`"
        self.problems.add(Misplaced(head.span, message, "close `model` with `}` before it"))

    def _noted(self, statement: tree.Setting | tree.Line, value: Any) -> None:
        shape = value.shape if isinstance(value, Value) else None
        known = self.trace.shapes.setdefault(statement.span, shape)
        if known != shape:
            # a line that is gone through several times may give another shape each time
            self.trace.shapes[statement.span] = None
        if statement.note is not None:
            check_note(statement.note, value, self.scope, self.problems)


def _record(pipe: tree.Pipe) -> tree.Body | None:
    """The settings of `{ left = …, right = … }`, where a pipe is nothing else."""
    step = pipe.steps[0]
    if len(pipe.steps) > 1 or step.label is not None or step.operation is not None or step.body is None:
        return None
    settings = step.body.statements and all(isinstance(item, tree.Setting) for item in step.body.statements)
    return step.body if settings else None


def _parts(value: Any, count: int) -> tuple[Any, ...]:
    """A value as what so many names stand for."""
    match value:
        case Value(shape=None):
            return (value,) * count
        case Record(values=values) if count > 1:
            return tuple(values.values())
        case tuple() if count > 1 or are_values(value):
            return value
        case _:
            return (value,)
