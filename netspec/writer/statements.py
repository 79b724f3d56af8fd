"""The lines of a network: pipes of steps, values with names, and labels where the position isn't the name already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from netspec.catalogue.entry import find
from netspec.catalogue.layers import Layer
from netspec.checker.network.known import REUSE
from netspec.checker.network.param_names import NAME, NAME_LIMIT
from netspec.writer.errors import CannotTranslate
from netspec.writer.network import SIGNS, Node, Scope, Value
from netspec.writer.steps import PLAIN, RESERVED, Statement, Step, fresh, is_free, lines_of, needs_start, place_labels
from netspec.writer.tidy import TENSORS, all_paths, label_of, taken


def written(root: Scope, inputs: list[str], taken: Collection[str] = ()) -> list[Statement]:
    """The body of `model` for a network; `inputs` are the names of what comes in, if it is several values, `taken` are
    names that no value of it may have."""
    counts = Counter(all_paths(root))
    return _Writer({path for path, count in counts.items() if count > 1}).root(root, inputs, taken)


class _Writer:
    def __init__(self, shared: set[str]) -> None:
        self._shared = shared
        self.seen: set[str] = set()
        self._needed: list[dict[Value, int]] = []

    def root(self, root: Scope, inputs: list[str], taken: Collection[str]) -> list[Statement]:
        outputs = [value for _, value in root.outputs]
        if len(set(outputs)) < len(outputs):
            raise CannotTranslate("the network gives one value twice")
        known = dict(zip(root.inputs, inputs, strict=True)) if len(inputs) > 1 else {root.inputs[0]: "input"}
        flows = root.inputs[0] if len(inputs) == 1 else None
        labels = [
            name if name is not None and PLAIN.fullmatch(name) and name not in RESERVED else f"output{number}"
            for number, (name, _) in enumerate(root.outputs, 1)
        ]
        body = _Body(self, root, dict(known), {*inputs, *taken}, flows, dict(zip(outputs, labels, strict=True)))
        return body.write()

    def scope(self, scope: Scope, known: dict[Value, str], taken_names: set[str], outputs: dict[Value, str]) -> Step:
        inputs = taken(scope)
        step = Step("", kind=scope.kind, path=scope.path, weighty=True)
        if inputs and len(inputs[0].sizes) > 1:
            step.channels = inputs[0].sizes[1]
        if scope.path in self.seen:
            step.name = REUSE
            return step
        self.seen.add(scope.path)
        inner = dict(known)
        if inputs:
            inner[inputs[0]] = "input"
        body = _Body(self, scope, inner, set(taken_names), inputs[0] if inputs else None, outputs)
        step.body = body.write()
        return step

    def node(self, node: Node) -> Step:
        step = Step(node.entry, fields=dict(node.fields), weighty=node.path is not None and not _settles(node))
        if node.path is not None:
            step.path = node.path
            if node.path in self.seen:
                step.name, step.fields = REUSE, {}
            self.seen.add(node.path)
        return step

    def is_shared(self, path: str) -> bool:
        return path in self._shared


def _settles(node: Node) -> bool:
    """Whether it follows what stands before it in its line, as a normalization does."""
    return node.entry.endswith("_norm") or node.entry == "prelu"


@dataclass
class _Pipe:
    statement: Statement
    end: list[Value]


class _Body:
    """The lines of one scope."""

    def __init__(
        self,
        writer: _Writer,
        scope: Scope,
        known: dict[Value, str],
        taken_names: set[str],
        flows: Value | None,
        outputs: dict[Value, str],
    ) -> None:
        self.writer, self.scope, self.known, self.taken = writer, scope, known, taken_names
        self.flows, self.outputs = flows, outputs
        self.lines: list[Statement] = []
        self.pipe: _Pipe | None = None
        self.uses = Counter(value for item in scope.items for value in _slots(item))
        self.uses.update(list(outputs))
        labels = (label_of(item, scope) for item in scope.items)
        self.taken |= {label for label in labels if label is not None}

    def write(self) -> list[Statement]:
        for item in self.scope.items:
            if isinstance(item, Node) and item.entry in TENSORS:
                self._tensor(item)
            else:
                self._item(item)
        self._finish()
        steps = [step for line in self.lines for step in line.steps]
        place_labels(steps)
        return [part for line in self.lines for part in lines_of(line)]

    # ---- items ----

    def _tensor(self, node: Node) -> None:
        label = self._label(node)
        again = node.path in self.writer.seen
        if not is_free(label):
            raise CannotTranslate(f"`{node.path}` is a value, whose name would be that of an operation")
        self.known[node.outputs[0]] = label
        if not again:
            self.writer.seen.add(node.path or "")
            step = Step(node.entry, fields=dict(node.fields), wanted=label, forced=True, path=node.path or "")
            self.lines.append(Statement(steps=[step]))

    def _label(self, item: Node | Scope) -> str:
        label = label_of(item, self.scope)
        if label is None:
            raise CannotTranslate(f"`{item.path}` is used outside of the module that it belongs to")
        if "." in label or not NAME.fullmatch(label) or len(label) > NAME_LIMIT:
            raise CannotTranslate(f"{label[:NAME_LIMIT]!r} is no name that a label may have")
        return label

    def _item(self, item: Node | Scope) -> None:
        inputs = taken(item)
        operator = isinstance(item, Node) and item.entry in SIGNS
        end = self.pipe.end[0] if self.pipe is not None and len(self.pipe.end) == 1 else None
        goes_on = end is not None and bool(inputs) and not operator and inputs[0] is end and self.uses[end] == 1
        if not goes_on:
            self._close()
        if isinstance(item, Scope):
            self._name_outer(inputs[1:])
        step, start = self._step(item, inputs, goes_on)
        if not goes_on or self.pipe is None:
            self.pipe = _Pipe(Statement(start), [])
        if step is not None:
            self.pipe.statement.steps.append(step)
        self.pipe.end = self._gives(item)

    def _step(self, item: Node | Scope, inputs: list[Value], goes_on: bool) -> tuple[Step | None, tuple[str, ...]]:
        if isinstance(item, Node) and item.entry in SIGNS:
            left, right = (self._side(side) for side in item.inputs)
            return None, (item.entry, left, right)
        start: tuple[str, ...] = ()
        if inputs and inputs[0] is not self.flows and not goes_on:
            start = (self.known[inputs[0]],)
        if isinstance(item, Scope):
            step = self.writer.scope(item, self.known, self.taken, self._keys(item))
            if step.name == REUSE:
                step.values = [self.known[value] for value in inputs[1:]]
        else:
            step = self.writer.node(item)
            further = item.inputs[1:]
            entry = find(Layer, item.entry)
            if entry is not None and entry.inputs.more and not goes_on:
                further, start = item.inputs, ()
            step.values = [self.known[value] for value in further]
            if needs_start(step) and not goes_on and not start:
                start = (self.known[inputs[0]],)
        if item.path is not None:
            self._name_step(step, item)
        return step, start

    def _name_step(self, step: Step, item: Node | Scope) -> None:
        if step.name == REUSE:
            step.values = [self._again(item.path or ""), *step.values]
            return
        step.wanted = self._label(item)
        if self.writer.is_shared(step.path):
            if not PLAIN.fullmatch(step.wanted):
                raise CannotTranslate(
                    f"`{step.path}` is applied several times, and what has a number for a name can't be",
                    "give it a name, as an attribute or in an OrderedDict",
                )
            step.forced = True

    def _again(self, path: str) -> str:
        """How a layer or scope is named that was applied before: from the scope around both."""
        own = self.scope.path.split(".") if self.scope.path else []
        parts = path.split(".")
        common = 0
        while common < min(len(own), len(parts) - 1) and own[common] == parts[common]:
            common += 1
        return ".".join(parts[common:])

    def _side(self, side: Any) -> str:
        return self.known[side] if isinstance(side, Value) else repr(side)

    def _gives(self, item: Node | Scope) -> list[Value]:
        if isinstance(item, Node):
            return item.outputs
        return list(self._keys(item)) or [value for _, value in item.outputs]

    def _keys(self, item: Scope) -> dict[Value, str]:
        """The values of a scope that are taken outside of it, by the names that they have in its record."""
        made = {value for node in item.nodes() for value in node.outputs}
        named = {value: name for name, value in item.outputs if name}
        found = [value for value in self.uses if value in made]
        passed = [value for _, value in item.outputs if value not in made]
        if not found:
            found = passed[:1]
        keys: dict[Value, str] = {}
        for value in sorted(found, key=lambda value: [*made].index(value) if value in made else -1):
            wish = named.get(value) or value.name or "x"
            keys[value] = fresh(wish if PLAIN.fullmatch(wish) else "x", set(keys.values()))
        return keys

    def _name_outer(self, values: list[Value]) -> None:
        """What a scope takes beside what flows in needs a name; `input` is another value in there."""
        for value in values:
            if self.known.get(value) == "input":
                self.known[value] = self._fresh(value)
                self.lines.append(Statement(("input",), names=[self.known[value]]))

    def _fresh(self, value: Value) -> str:
        name = fresh(value.name or "x", self.taken)
        self.taken.add(name)
        return name

    # ---- ends of pipes ----

    def _close(self) -> None:
        """Give names to what the pipe comes to."""
        pipe, self.pipe = self.pipe, None
        if pipe is None:
            return
        last = pipe.statement.steps[-1] if pipe.statement.steps else None
        if len(pipe.end) > 1 and last is not None and last.body is not None:
            (key,) = [line for line in last.body if line.record]
            record = self._fresh(pipe.end[0])
            self.known |= {value: f"{record}.{name}" for value, name in zip(pipe.end, key.record, strict=True)}
            pipe.statement.names = [record]
        else:
            for value in pipe.end:
                self.known[value] = self._fresh(value)
            pipe.statement.names = [self.known[value] for value in pipe.end]
        self.lines.append(pipe.statement)

    def _finish(self) -> None:
        outputs = list(self.outputs)
        if len(outputs) == 1:
            value = outputs[0]
            if self.pipe is not None and self.pipe.end == [value] and self.uses[value] == 1:
                self.lines.append(self.pipe.statement)
                self.pipe = None
            else:
                self._close()
                self.lines.append(Statement((self.known[value],)))
            return
        self._close()
        self.lines.append(Statement(record={name: self.known[value] for value, name in self.outputs.items()}))


def _slots(item: Node | Scope) -> Iterator[Value]:
    yield from item.values if isinstance(item, Node) else taken(item)
