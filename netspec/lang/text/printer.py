"""The formatter: a tree as text in the one layout of specs, with its comments."""

from __future__ import annotations

from collections.abc import Iterable

from netspec.lang import tree
from netspec.lang.canonical import canonical
from netspec.lang.comments import bearers
from netspec.lang.text.expressions import expression, label, operation, parameter, quoted, shape_note, steps
from netspec.lang.text.rows import INDENT, Row, aligned, groups, indented, separate, without_edge

WIDTH = 96
"""Maximum length of a line without its indentation."""

SHORT = 80
"""Maximum length of a body on one line with its head."""

BROKEN = ("or", "and", "+")
"""The operators before which a line that is too long is broken."""


def format_text(spec: tree.Tree) -> str:
    """A whole spec: one statement per line, two spaces for each brace, `=` and comments in columns."""
    return "\n".join(_Printer(canonical(spec)).file()) + "\n"


def _filled(prefix: str, parts: list[str], suffix: str) -> list[str]:
    """Steps on as few lines as possible."""
    lines = [prefix + parts[0]]
    for part in parts[1:]:
        if len(lines[-1]) + len(part) + 4 <= WIDTH:
            lines[-1] += f" -> {part}"
        else:
            lines.append(f"{INDENT}-> {part}")
    return [*lines[:-1], lines[-1] + suffix]


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
            separate(rows, body.statements)
        lines: list[str] = []
        for group in groups(rows):
            lines += aligned(group)
        inside = self._of(body).inside
        return lines + list(inside if lines else without_edge(inside))

    def _row(self, statement: tree.Statement, top: bool) -> Row:
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
                lines = self._breaking("", statement.value, shape_note(statement.note))
            case tree.Line():
                lines = self._line(statement, top)
            case tree.Block():
                lines = self._block(statement)
            case tree.Loop(variable=variable, items=items, body=body):
                lines = self._braced(f"for {variable.id} in {expression(items)} ", body)
            case tree.Branch():
                lines = self._branch(statement)
        return Row(comments.before, key, lines, comments.after)

    def _line(self, line: tree.Line, top: bool) -> list[str]:
        """A line of a network, or at the top a section, which has a line for each of its keys."""
        if top and line.section and line.note is None:
            head, body = line.section
            return self._braced(f"{expression(head)} ", body, short=False)
        return self._pipe(line.pipe, "", shape_note(line.note))

    def _block(self, block: tree.Block) -> list[str]:
        head, takes = f"block {block.name.id}", list(map(parameter, block.parameters))
        line = f"{head}({', '.join(takes)}) " if takes else f"{head} "
        if len(line) < WIDTH:
            return self._braced(line, block.body)
        lines = [f"{head}(", *(f"{INDENT}{item}," for item in takes)]
        return [*lines, *self._braced(") ", block.body, short=False)]

    # ---- pipes and calls, on more lines if one is too short ----

    def _breaking(self, prefix: str, node: tree.Expression, suffix: str = "") -> list[str]:
        """An expression on one line, or on more if it is too long or bears comments."""
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
                # the end of a line ends a statement, but not in parentheses
                return [f"{prefix}(", *indented(self._chain(node)), f"){suffix}"]
            case tree.Group(inner=inner):
                return [f"{prefix}(", *indented(self._chain(inner)), f"){suffix}"]
            case _:
                return [prefix + expression(node) + suffix]

    def _chain(self, node: tree.Expression) -> list[str]:
        """Operands with operators between them, each on its lines."""
        if isinstance(node, tree.Binary) and node.operator in BROKEN:
            right = self._breaking(f"{node.operator} ", node.right)
            return [*self._chain(node.left), *right]
        return self._breaking("", node)

    def _items(self, arguments: Iterable[tree.Argument]) -> list[str]:
        """Arguments, one per line, with their comments."""
        lines: list[str] = []
        for item in arguments:
            comments = self._of(item)
            lines += [INDENT + text for text in comments.before if text]
            name = f"{item.name.id}=" if item.name else ""
            *first, last = self._breaking(name, item.value)
            after = f"  {comments.after}" if comments.after else ""
            lines += [*indented(first), f"{INDENT}{last},{after}"]
        return lines

    def _pipe(self, pipe: tree.Pipe, prefix: str = "", suffix: str = "") -> list[str]:
        simple = all(step.body is None for step in pipe.steps)
        if simple and not self._commented(pipe):
            flat = prefix + expression(pipe) + suffix
            if len(flat) <= WIDTH:
                return [flat]
            if all(len(part) <= WIDTH for part in steps(pipe)):
                return _filled(prefix, steps(pipe), suffix)
        lines: list[str] = []
        for index, step in enumerate(pipe.steps):
            comments = self._of(step) if len(pipe.steps) > 1 else tree.Comments()
            start = prefix if index == 0 else "-> "
            margin = "" if index == 0 else INDENT
            lines += [margin + text for text in comments.before if text]
            *first, last = self._step(start, step)
            end = suffix if index == len(pipe.steps) - 1 else ""
            after = f"  {comments.after}" if comments.after else ""
            lines += [*indented(first, margin), f"{margin}{last}{end}{after}"]
        return lines

    def _step(self, start: str, step: tree.Step) -> list[str]:
        start += label(step)
        if step.body is None:
            assert step.operation is not None and not isinstance(step.operation, tree.Repeat)
            return self._breaking(start, step.operation)
        return self._braced(f"{start}{operation(step)} " if step.operation else start, step.body)

    def _braced(self, head: str, body: tree.Body, *, short: bool = True) -> list[str]:
        """A body after its head, on one line if it may be `short` and is. Comments before its brace move inside."""
        comments = self._of(body)
        before = [text for text in comments.before if text]
        inner = [*before, *self._statements(body)]
        if short and not comments.after and self._is_short(head, body, inner):
            return [f"{head}{{ {inner[0]} }}"]
        opening = f"{head}{{" + (f"  {comments.after}" if comments.after else "")
        return [opening, *indented(inner), "}"]

    def _is_short(self, head: str, body: tree.Body, inner: list[str]) -> bool:
        """Whether a body is a single line that fits after its head."""
        return (
            len(inner) == len(body.statements) == 1
            and body.statements[0].key not in self.comments
            and isinstance(body.statements[0], tree.Line | tree.Setting)
            and len(head) + len(inner[0]) <= SHORT
        )

    def _branch(self, branch: tree.Branch) -> list[str]:
        """A branch and all that follow its `else`, on one line if every part is short."""
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
        """Whether there is a comment within an expression."""
        return any(child.key in self.comments or self._commented(child) for child in bearers(node))
