"""The tree back to text: the one layout of a spec, comments kept. This is the formatter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from netspec.lang import tree
from netspec.lang.canonical import canonical
from netspec.lang.comments import bearers

WIDTH = 100
INDENT = "  "


def format_text(spec: tree.Tree) -> str:
    """A whole spec in its layout: one statement a line, two spaces for each brace, `=` and comments in columns."""
    return "\n".join(_Printer(canonical(spec)).file()) + "\n"


def expression(node: tree.Expression) -> str:
    """An expression on one line."""
    match node:
        case tree.Number(text=text) | tree.Name(id=text):
            return text
        case tree.Quantity(number=number, unit=unit):
            return f"{number.text}{'' if unit == '%' else ' '}{unit}"
        case tree.Text(value=value):
            return quoted(value)
        case tree.Constant(value=value):
            return str(value).lower()
        case tree.List(items=items):
            return f"[{', '.join(map(expression, items))}]"
        case tree.Call(function=function, arguments=arguments):
            return f"{function.id}({', '.join(map(argument, arguments))})"
        case tree.Unary(operator=sign, operand=operand):
            return f"{sign}{' ' if sign == 'not' else ''}{expression(operand)}"
        case tree.Binary(operator=sign, left=left, right=right):
            blank = "" if sign == "**" else " "
            return f"{expression(left)}{blank}{sign}{blank}{expression(right)}"
        case tree.Conditional(condition=condition, then=then, otherwise=otherwise):
            return f"{expression(then)} if {expression(condition)} else {expression(otherwise)}"
        case tree.Group(inner=inner):
            return f"({expression(inner)})"
        case tree.Pipe(steps=steps):
            return " -> ".join(f"{_label(step)}{expression(step.operation)}" for step in steps if step.operation)


def argument(node: tree.Argument) -> str:
    return f"{node.name.id}={expression(node.value)}" if node.name else expression(node.value)


def quoted(text: str) -> str:
    for character, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        text = text.replace(character, escaped)
    return f'"{text}"'


def _label(step: tree.Step) -> str:
    return f"{step.label.id}: " if step.label else ""


@dataclass
class _Row:
    """One statement's lines. `key` is the part before `=`, which stands in a column with its neighbours'."""

    before: tuple[str, ...]
    key: str | None
    lines: list[str]
    after: str | None


class _Printer:
    def __init__(self, spec: tree.Tree) -> None:
        self.spec = spec
        self.comments = spec.comments

    def file(self) -> list[str]:
        return self._statements(self.spec.body, top=True)

    def _of(self, node: tree.Node) -> tree.Comments:
        return self.comments.get(node.key, tree.Comments())

    # ---- statements ----

    def _statements(self, body: tree.Body, top: bool = False) -> list[str]:
        """The lines of a body, not indented."""
        rows = [self._row(statement) for statement in body.statements]
        if top:
            _separate(rows, body.statements)
        lines: list[str] = []
        for group in _groups(rows):
            lines += _aligned(group)
        inside = self._of(body).inside
        return lines + list(inside if lines else _without_edge(inside))

    def _row(self, statement: tree.Statement) -> _Row:
        comments = self._of(statement)
        key: str | None = None
        match statement:
            case tree.Edition():
                lines = [f"netspec {statement.number.text}"]
            case tree.Assertion():
                lines = self._breaking("assert ", statement.condition)
            case tree.Param():
                key, lines = f"param {statement.name.id}", self._breaking("", statement.value)
            case tree.Setting():
                key, lines = statement.name.id, self._breaking("", statement.value)
            case tree.Line():
                lines = self._pipe(statement.pipe)
        return _Row(comments.before, key, lines, comments.after)

    # ---- pipes and calls, over several lines where one doesn't do ----

    def _breaking(self, prefix: str, node: tree.Expression) -> list[str]:
        """An expression on one line, or on several if it is too long or bears comments."""
        if isinstance(node, tree.Pipe):
            return self._pipe(node, prefix)
        if not self._commented(node) and len(prefix) + len(expression(node)) <= WIDTH - 20:
            return [prefix + expression(node)]
        match node:
            case tree.Call():
                return [f"{prefix}{node.function.id}(", *self._items(node.arguments), ")"]
            case tree.List():
                return [f"{prefix}[", *(f"{INDENT}{expression(item)}," for item in node.items), "]"]
            case tree.Binary(operator=sign) if sign in ("or", "and"):
                # a line ends a statement, so what is broken stands in parentheses
                return [f"{prefix}(", *(INDENT + line for line in self._chain(node)), ")"]
            case tree.Group(inner=inner):
                return [f"{prefix}(", *(INDENT + line for line in self._chain(inner)), ")"]
            case _:
                return [prefix + expression(node)]

    def _chain(self, node: tree.Expression) -> list[str]:
        """The operands of a row of equal operators, each on its lines."""
        if isinstance(node, tree.Binary) and node.operator in ("or", "and"):
            right = self._breaking(f"{node.operator} ", node.right)
            return [*self._chain(node.left), *right]
        return self._breaking("", node)

    def _items(self, arguments: Iterable[tree.Argument]) -> list[str]:
        """Arguments, one a line, with their comments."""
        lines: list[str] = []
        for item in arguments:
            comments = self._of(item)
            lines += [INDENT + text for text in comments.before if text]
            name = f"{item.name.id}=" if item.name else ""
            *first, last = self._breaking(name, item.value)
            after = f"  {comments.after}" if comments.after else ""
            lines += [*(INDENT + line for line in first), f"{INDENT}{last},{after}"]
        return lines

    def _pipe(self, pipe: tree.Pipe, prefix: str = "") -> list[str]:
        simple = all(step.body is None for step in pipe.steps)
        if simple and not self._commented(pipe):
            flat = prefix + expression(pipe)
            if len(flat) <= WIDTH - 10:
                return [flat]
        lines: list[str] = []
        for index, step in enumerate(pipe.steps):
            comments = self._of(step) if len(pipe.steps) > 1 else tree.Comments()
            start = prefix if index == 0 else "-> "
            margin = "" if index == 0 else INDENT
            lines += [margin + text for text in comments.before if text]
            *first, last = self._step(start, step)
            after = f"  {comments.after}" if comments.after else ""
            lines += [*(margin + line for line in first), f"{margin}{last}{after}"]
        return lines

    def _step(self, start: str, step: tree.Step) -> list[str]:
        start += _label(step)
        if step.body is None:
            assert step.operation is not None
            return self._breaking(start, step.operation)
        head = f"{start}{expression(step.operation)} " if step.operation else start
        behind = self._of(step.body).after
        inner = self._statements(step.body)
        opening = f"{head}{{" + (f"  {behind}" if behind else "")
        return [opening, *(INDENT + line if line else "" for line in inner), "}"]

    def _commented(self, node: tree.Node) -> bool:
        """Whether a comment stands within an expression."""
        return any(child.key in self.comments or self._commented(child) for child in bearers(node))


# ---- columns and empty lines ----


def _separate(rows: list[_Row], statements: Sequence[tree.Statement]) -> None:
    """One empty line around each section."""
    for index in range(1, len(rows)):
        around = any(isinstance(statements[i], tree.Line) for i in (index - 1, index))
        edition = isinstance(statements[index - 1], tree.Edition)
        if (around or edition) and "" not in rows[index].before[:1]:
            rows[index].before = ("", *rows[index].before)


def _without_edge(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Without an empty line at the start."""
    return texts[1:] if texts[:1] == ("",) else texts


def _groups(rows: list[_Row]) -> Iterable[list[_Row]]:
    """Rows that stand right below one another, each of one line."""
    group: list[_Row] = []
    for index, row in enumerate(rows):
        if index == 0:
            row.before = _without_edge(row.before)
        if group and (row.before or len(row.lines) > 1 or len(group[-1].lines) > 1):
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def _aligned(rows: list[_Row]) -> list[str]:
    """A group's lines with `=` in one column, and the comments behind them in another."""
    width = max((len(row.key) for row in rows if row.key), default=0)
    texts = [f"{row.key:<{width}} = {row.lines[0]}" if row.key else row.lines[0] for row in rows]
    margin = max(
        (len(text) for text, row in zip(texts, rows, strict=True) if row.after and len(row.lines) == 1), default=0
    )
    lines: list[str] = []
    for text, row in zip(texts, rows, strict=True):
        lines += row.before
        rest = [text, *row.lines[1:]]
        if row.after:
            rest[-1] = f"{rest[-1]:<{margin}}  {row.after}" if len(rest) == 1 else f"{rest[-1]}  {row.after}"
        lines += rest
    return lines
