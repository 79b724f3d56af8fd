"""Statements as the text of a `.net` file, where lines that repeat are loops."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from netspec.catalogue.entry import find
from netspec.catalogue.layers import Layer
from netspec.checker.network.known import REUSE
from netspec.lang.lexical import is_plain_label
from netspec.lang.text.expressions import quoted
from netspec.writer.blocks import REQUIRED, Block, Expression
from netspec.writer.errors import CannotTranslate
from netspec.writer.network import SIGNS
from netspec.writer.steps import Statement, Step, fresh

LONGEST = 4
"""How many lines a loop has at most."""
COUNTED = re.compile(r"(.*?)(0|[1-9]\d*)")


class Writer:
    """Writes bodies; `blocks` are those that can be called, by their names."""

    def __init__(self, blocks: list[Block]) -> None:
        self.blocks = {block.name: block for block in blocks}

    def block(self, block: Block) -> str:
        defaults = {name: default for name, default in block.parameters.items() if default is not REQUIRED}
        required = [name for name in block.parameters if name not in defaults]
        given = [*block.values, *required, *(f"{name}={shown(value)}" for name, value in defaults.items())]
        head = f"({', '.join(given)})" if given else ""
        return f"block {block.name}{head} {self.body(block.body)}"

    def body(self, body: list[Statement]) -> str:
        return "{\n" + "\n".join(_folded([_Line(self, statement) for statement in body])) + "\n}"

    def statement(self, statement: Statement, *, labels: bool = True) -> str:
        if statement.record:
            fields = "\n".join(f"{name} = {value}" for name, value in statement.record.items())
            return f"output = {{\n{fields}\n}}"
        parts = [self.step(step, labels=labels) for step in statement.steps]
        match statement.start:
            case (sign, left, right):
                parts.insert(0, f"{_number(left)} {sign} {_number(right)}")
            case (name,):
                parts.insert(0, name)
            case _ if statement.names and statement.steps[0].body is not None and statement.steps[0].label is None:
                # a body behind `=` would be a record
                parts.insert(0, "input")
            case _:
                pass
        names = f"{', '.join(statement.names)} = " if statement.names else ""
        return names + " -> ".join(parts)

    def step(self, step: Step, *, labels: bool = True) -> str:
        label = ""
        if step.label is not None:
            text = step.label if is_plain_label(step.label) else quoted(step.label)
            label = f"{text}: " if labels else "_: "
        if step.body is not None:
            return label + self.body(step.body)
        return label + self.call(step)

    def call(self, step: Step) -> str:
        if step.name == REUSE:
            return f"{REUSE}({', '.join(step.values)})"
        block, entry = self.blocks.get(step.name), find(Layer, step.name)
        positional: list[str] = list(step.values)
        named: list[str] = []
        if block is not None:
            order = [name for name, default in block.parameters.items() if default is REQUIRED]
            positional += [shown(step.fields[name]) for name in order]
            rest = {name: value for name, value in step.fields.items() if name not in order}
            named = [f"{name}={shown(value)}" for name, value in rest.items() if value != block.parameters[name]]
        else:
            assert entry is not None, "what is no block is an entry"
            open_ = True
            for name in (*entry.positional, *(name for name in step.fields if name not in entry.positional)):
                value, info = step.fields.get(name), entry.model_fields[name]
                if not info.is_required() and value == info.default and not isinstance(value, Expression):
                    open_ = False
                elif open_ and name in entry.positional:
                    positional.append(shown(value))
                else:
                    open_ = False
                    named.append(f"{name}={shown(value)}")
        arguments = ", ".join([*positional, *named])
        return f"{step.name}({arguments})" if arguments else step.name


class _Line:
    """A statement with its text, and its text without labels, by which repeated ones are found."""

    def __init__(self, writer: Writer, statement: Statement) -> None:
        self.statement = statement
        self.text = writer.statement(statement)
        self.bare = writer.statement(statement, labels=False)
        self.labels = [step.label for step in statement.steps if step.label is not None]
        self.writer = writer

    @property
    def flows(self) -> bool:
        """Whether it takes the value of the line above and hands on its own."""
        statement = self.statement
        tensors = any(step.name in ("parameter", "buffer") for step in statement.steps)
        return not (statement.names or statement.record or statement.start or tensors)


def _folded(lines: list[_Line]) -> Iterator[str]:
    """The lines, those that repeat as a loop."""
    index = 0
    while index < len(lines):
        found = [(_runs(lines, index, size), size) for size in range(1, LONGEST + 1)]
        count, size = max(found, key=lambda run: (run[0] - 1) * run[1])
        if count > 1:
            yield _loop(lines, index, size, count)
            index += count * size
        else:
            yield lines[index].text
            index += 1


def _runs(lines: list[_Line], start: int, size: int) -> int:
    """How often the `size` lines from `start` on stand there one after the other."""
    first = lines[start : start + size]
    if len(first) < size or not all(line.flows for line in first):
        return 0
    count = 1
    while True:
        other = lines[start + count * size : start + (count + 1) * size]
        if len(other) < size or any(
            not line.flows or line.bare != one.bare for line, one in zip(other, first, strict=True)
        ):
            return count
        if not all(_goes_on(one, line, count) for one, line in zip(first, other, strict=True)):
            return count
        count += 1


def _goes_on(first: _Line, other: _Line, count: int) -> bool:
    """Whether a line is the first one again, with its labels counted on."""
    if not other.flows or other.bare != first.bare or len(first.labels) != len(other.labels):
        return False
    for one, two in zip(first.labels, other.labels, strict=True):
        start, later = COUNTED.fullmatch(one or ""), COUNTED.fullmatch(two or "")
        if start is None or later is None or start[1] != later[1] or int(later[2]) != int(start[2]) + count:
            return False
    return True


def _loop(lines: list[_Line], index: int, size: int, count: int) -> str:
    group = lines[index : index + size]
    labels = [label for line in group for label in line.labels]
    if not labels:
        return f"repeat {count} {{\n" + "\n".join(line.text for line in group) + "\n}"
    numbers = {int(found[2]) for label in labels if (found := COUNTED.fullmatch(label)) is not None}
    if len(numbers) > 1:
        return "\n".join(line.text for line in lines[index : index + size * count])
    number = numbers.pop()
    words = {word for line in group for word in re.findall(r"\w+", line.text)}
    variable = next(name for name in ("i", "j", "k", fresh("index", words)) if name not in words)
    for line in group:
        for step in line.statement.steps:
            found = COUNTED.fullmatch(step.label or "")
            if found is not None:
                step.label = f"{found[1]}{{{variable}}}"
    inner = "\n".join(line.writer.statement(line.statement) for line in group)
    return f"for {variable} in {number}..{number + count - 1} {{\n{inner}\n}}"


def shown(value: Any) -> str:
    """A value as a spec has it."""
    match value:
        case Expression(text=text):
            return text
        case None:
            return "none"
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case float():
            rounded = float(f"{value:.10g}")
            text = repr(rounded if abs(rounded - value) <= 1e-14 * abs(value) + 1e-16 else value)
            if not re.fullmatch(r"-?\d+(\.\d+)?(e[+-]?\d+)?", text):
                raise CannotTranslate(f"{text} is no number that a spec has")
            return re.sub(r"e([+-]?)0+(?=\d)", r"e\1", text).removesuffix(".0")
        case str():
            return value
        case tuple() | list():
            return f"[{', '.join(map(shown, value))}]"
        case _:
            raise CannotTranslate(f"{value!r} is nothing that a spec has")


def _number(side: str) -> str:
    """A side of an operator: a name, or a number as a spec has it."""
    try:
        return shown(float(side))
    except ValueError:
        return side


assert set(SIGNS) == {"+", "-", "*", "/"}
