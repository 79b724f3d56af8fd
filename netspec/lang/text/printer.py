"""The tree back to text: the one layout of a spec, comments kept. This is the formatter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from netspec.lang import tree
from netspec.lang.canonical import canonical
from netspec.lang.comments import bearers

WIDTH = 96
"""How long a line may get, its indentation aside."""

SHORT = 80
"""How long a body may be that stands on one line with its head."""

INDENT = "  "

BROKEN = ("or", "and", "+")
"""The operators before which a line is broken that is too long."""


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
        case tree.Range(start=start, stop=stop):
            return f"{expression(start)}..{expression(stop)}"
        case tree.Conditional(condition=condition, then=then, otherwise=otherwise):
            return f"{expression(then)} if {expression(condition)} else {expression(otherwise)}"
        case tree.Group(inner=inner):
            return f"({expression(inner)})"
        case tree.Pipe():
            return " -> ".join(_steps(node))


def argument(node: tree.Argument) -> str:
    return f"{node.name.id}={expression(node.value)}" if node.name else expression(node.value)


def quoted(text: str) -> str:
    for character, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        text = text.replace(character, escaped)
    return f'"{text}"'


def _label(step: tree.Step) -> str:
    if step.label is None:
        return ""
    # a list behind a plain label would be read as a shape
    needs_quotes = step.label.quoted or isinstance(step.operation, tree.List)
    return f"{quoted(step.label.id) if needs_quotes else step.label.id}: "


def _operation(step: tree.Step) -> str:
    """What stands before the body, if there is one."""
    match step.operation:
        case None:
            return ""
        case tree.Repeat(count=count):
            return f"repeat {expression(count)}"
        case operation:
            return expression(operation)


def _parameter(node: tree.Parameter) -> str:
    return f"{node.name.id}={expression(node.default)}" if node.default else node.name.id


def _steps(pipe: tree.Pipe) -> list[str]:
    return [f"{_label(step)}{_operation(step)}" for step in pipe.steps]


def _filled(prefix: str, parts: list[str], suffix: str) -> list[str]:
    """Steps on as few lines as they fit on."""
    lines = [prefix + parts[0]]
    for part in parts[1:]:
        if len(lines[-1]) + len(part) + 4 <= WIDTH:
            lines[-1] += f" -> {part}"
        else:
            lines.append(f"{INDENT}-> {part}")
    return [*lines[:-1], lines[-1] + suffix]


def _noted(note: tree.List | None) -> str:
    """A shape as it stands behind a line."""
    return f" : {expression(note)}" if note is not None else ""


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
        rows = [self._row(statement, top) for statement in body.statements]
        if top:
            _separate(rows, body.statements)
        lines: list[str] = []
        for group in _groups(rows):
            lines += _aligned(group)
        inside = self._of(body).inside
        return lines + list(inside if lines else _without_edge(inside))

    def _row(self, statement: tree.Statement, top: bool) -> _Row:
        comments = self._of(statement)
        key: str | None = None
        match statement:
            case tree.Edition():
                lines = [f"netspec {statement.number.text}"]
            case tree.Assertion():
                lines = self._breaking("assert ", statement.condition)
            case tree.Extension(file=file):
                lines = [f"extends {quoted(file.value)}"]
            case tree.Import(file=file, names=names):
                lines = [f"from {quoted(file.value)} import {', '.join(name.id for name in names)}"]
            case tree.Param():
                key, lines = f"param {statement.name.id}", self._breaking("", statement.value)
                if statement.domain is not None:
                    lines[-1] += f" in {expression(statement.domain)}"
            case tree.Setting():
                key = ", ".join(name.id for name in statement.names)
                lines = self._breaking("", statement.value, _noted(statement.note))
            case tree.Line():
                lines = self._line(statement, top)
            case tree.Block():
                lines = self._block(statement)
            case tree.Loop(variable=variable, items=items, body=body):
                lines = self._braced(f"for {variable.id} in {expression(items)} ", body)
            case tree.Branch():
                lines = self._branch(statement)
        return _Row(comments.before, key, lines, comments.after)

    def _line(self, line: tree.Line, top: bool) -> list[str]:
        """A line of a network, or at the top a section, which has a line for each of its keys."""
        if top and line.section and line.note is None:
            head, body = line.section
            return self._braced(f"{expression(head)} ", body, short=False)
        return self._pipe(line.pipe, "", _noted(line.note))

    def _block(self, block: tree.Block) -> list[str]:
        head, takes = f"block {block.name.id}", list(map(_parameter, block.parameters))
        line = f"{head}({', '.join(takes)}) " if takes else f"{head} "
        if len(line) < WIDTH:
            return self._braced(line, block.body)
        lines = [f"{head}(", *(f"{INDENT}{parameter}," for parameter in takes)]
        return [*lines, *self._braced(") ", block.body, short=False)]

    # ---- pipes and calls, over several lines where one doesn't do ----

    def _breaking(self, prefix: str, node: tree.Expression, suffix: str = "") -> list[str]:
        """An expression on one line, or on several if it is too long or bears comments."""
        if isinstance(node, tree.Pipe):
            return self._pipe(node, prefix, suffix)
        if not self._commented(node) and len(prefix) + len(expression(node)) <= WIDTH:
            return [prefix + expression(node) + suffix]
        match node:
            case tree.Call():
                return [f"{prefix}{node.function.id}(", *self._items(node.arguments), f"){suffix}"]
            case tree.List():
                return [f"{prefix}[", *(f"{INDENT}{expression(item)}," for item in node.items), f"]{suffix}"]
            case tree.Binary(operator=sign) if sign in BROKEN:
                # a line ends a statement, so what is broken stands in parentheses
                return [f"{prefix}(", *_indented(self._chain(node)), f"){suffix}"]
            case tree.Group(inner=inner):
                return [f"{prefix}(", *_indented(self._chain(inner)), f"){suffix}"]
            case _:
                return [prefix + expression(node) + suffix]

    def _chain(self, node: tree.Expression) -> list[str]:
        """The operands of a row of equal operators, each on its lines."""
        if isinstance(node, tree.Binary) and node.operator in BROKEN:
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
            lines += [*_indented(first), f"{INDENT}{last},{after}"]
        return lines

    def _pipe(self, pipe: tree.Pipe, prefix: str = "", suffix: str = "") -> list[str]:
        simple = all(step.body is None for step in pipe.steps)
        if simple and not self._commented(pipe):
            flat = prefix + expression(pipe) + suffix
            if len(flat) <= WIDTH:
                return [flat]
            if all(len(part) <= WIDTH for part in _steps(pipe)):
                return _filled(prefix, _steps(pipe), suffix)
        lines: list[str] = []
        for index, step in enumerate(pipe.steps):
            comments = self._of(step) if len(pipe.steps) > 1 else tree.Comments()
            start = prefix if index == 0 else "-> "
            margin = "" if index == 0 else INDENT
            lines += [margin + text for text in comments.before if text]
            *first, last = self._step(start, step)
            end = suffix if index == len(pipe.steps) - 1 else ""
            after = f"  {comments.after}" if comments.after else ""
            lines += [*_indented(first, margin), f"{margin}{last}{end}{after}"]
        return lines

    def _step(self, start: str, step: tree.Step) -> list[str]:
        start += _label(step)
        if step.body is None:
            assert step.operation is not None and not isinstance(step.operation, tree.Repeat)
            return self._breaking(start, step.operation)
        return self._braced(f"{start}{_operation(step)} " if step.operation else start, step.body)

    def _braced(self, head: str, body: tree.Body, *, short: bool = True) -> list[str]:
        """A body behind its head, on one line if it may be `short` and is. What stood before its brace comes in."""
        comments = self._of(body)
        before = [text for text in comments.before if text]
        inner = [*before, *self._statements(body)]
        if short and not comments.after and self._is_short(head, body, inner):
            return [f"{head}{{ {inner[0]} }}"]
        opening = f"{head}{{" + (f"  {comments.after}" if comments.after else "")
        return [opening, *_indented(inner), "}"]

    def _is_short(self, head: str, body: tree.Body, inner: list[str]) -> bool:
        """Whether a body is a single line that stands well behind its head."""
        return (
            len(inner) == len(body.statements) == 1
            and body.statements[0].key not in self.comments
            and isinstance(body.statements[0], tree.Line | tree.Setting)
            and len(head) + len(inner[0]) <= SHORT
        )

    def _branch(self, branch: tree.Branch) -> list[str]:
        """A branch with all that follows its `else`: on one line if every part of it is short."""
        heads = [f"if {expression(part.condition)} " for part in tree.branches(branch)]
        bodies = list(tree.bodies_of(branch))
        heads += [""] * (len(bodies) - len(heads))
        for short in (True, False):
            parts = [self._braced(head, body, short=short) for head, body in zip(heads, bodies, strict=True)]
            line = " else ".join(part[0] for part in parts)
            if short and all(len(part) == 1 for part in parts) and len(line) <= WIDTH:
                return [line]
        lines = parts[0]
        for part in parts[1:]:
            lines = [*lines[:-1], f"}} else {part[0]}", *part[1:]]
        return lines

    def _commented(self, node: tree.Node) -> bool:
        """Whether a comment stands within an expression."""
        return any(child.key in self.comments or self._commented(child) for child in bearers(node))


# ---- margins, columns and empty lines ----


def _indented(lines: Iterable[str], margin: str = INDENT) -> list[str]:
    """The lines with a margin before all that aren't empty."""
    return [margin + line if line else "" for line in lines]


def _separate(rows: list[_Row], statements: Sequence[tree.Statement]) -> None:
    """One empty line around each section and each block."""
    for index in range(1, len(rows)):
        around = any(isinstance(statements[i], tree.Line | tree.Block) for i in (index - 1, index))
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
