"""Writes networks of the JSON form: their lines as objects and lists."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from netspec.catalogue.entry import names
from netspec.catalogue.layers import Layer
from netspec.lang import tree
from netspec.lang.json.comments import CommentValue
from netspec.lang.json.keys import (
    BE,
    BODY,
    ELSE,
    FOR,
    IF,
    IN,
    LABEL,
    LET,
    OP,
    REPEAT,
    REPLACE,
    RESIDUAL,
    SHAPE,
    THEN,
    VALUE,
)
from netspec.lang.json.write_entries import NOTHING, EntryWriter, commented, misplaced
from netspec.lang.text.expressions import expression


class NetworkWriter(EntryWriter):
    """Writes bodies: lists of lines."""

    def _lines(self, body: tree.Body) -> list[Any]:
        return [self._statement(statement) for statement in body.statements]

    def _statement(self, statement: tree.Statement) -> Any:
        comments = self._of(statement)
        comment_value = CommentValue(comments.before, comments.after)
        match statement:
            case tree.Line(pipe=pipe, note=note):
                return self._line(pipe, note, comments)
            case tree.Setting(names=targets, value=value, note=note):
                bound = targets[0].id if len(targets) == 1 else [name.id for name in targets]
                pipe = value if isinstance(value, tree.Pipe) else tree.Pipe.of(value)
                # comments within a string go before it, and those before the first step go before the setting
                first = self._within_text(pipe.steps[0])
                comment_value = replace(comment_value, before=(*comment_value.before, *first))
                return commented({LET: bound, BE: self._line(pipe, note, NOTHING, lifted=True)}, comment_value)
            case tree.Loop(variable=variable, items=items, body=body):
                members = {FOR: variable.id, IN: self._plain(items), BODY: self._lines(body)}
                return commented(members, self._around(comment_value, body))
            case tree.Branch():
                return self._branch(statement, comment_value)
            case _:
                raise misplaced(statement, "this stands at the top of the file, not in a network")

    def _branch(self, branch: tree.Branch, comment_value: CommentValue) -> dict[str, Any]:
        members: dict[str, Any] = {IF: expression(branch.condition), THEN: self._lines(branch.then)}
        at = {THEN: self._around(CommentValue(), branch.then)}
        match branch.otherwise:
            case tree.Body() as body:
                members[ELSE] = self._lines(body)
                at[ELSE] = self._around(self._before_brace(body), body)
            case tree.Branch() as other:
                members[ELSE] = self._branch(other, self._before_brace(other.then))
            case None:
                pass
        return commented(members, replace(comment_value, at=at))

    def _before_brace(self, body: tree.Body) -> CommentValue:
        """The comments between two bodies of a branch."""
        return CommentValue(tuple(filter(None, self._of(body).before)))

    def _line(self, pipe: tree.Pipe, note: tree.List | None, whole: tree.Comments, *, lifted: bool = False) -> Any:
        """A step, or a list of them; with `lifted` the comments within the first step are written already."""
        shape = {SHAPE: self._plain(note)} if note is not None else {}
        steps = pipe.steps
        if len(steps) == 1:
            return self._step(steps[0], whole, shape, lifted=lifted)
        inner = [self._of(step) for step in steps]
        # the list can't hold the comments on the line
        inner[0] = replace(inner[0], before=(*whole.before, *inner[0].before))
        inner[-1] = replace(inner[-1], after=whole.after or inner[-1].after)
        last = len(steps) - 1
        return [
            self._step(step, comments, shape if index == last else {}, lifted=lifted and index == 0)
            for index, (step, comments) in enumerate(zip(steps, inner, strict=True))
        ]

    def _step(self, step: tree.Step, comments: tree.Comments, shape: dict[str, Any], *, lifted: bool) -> dict[str, Any]:
        label = {LABEL: step.label.id} if step.label else {}
        operation, body = step.operation, step.body
        if body is not None:
            around = self._around(CommentValue(comments.before, comments.after), body)
            return commented({**self._head_of(operation), **label, BODY: self._lines(body), **shape}, around)
        assert operation is not None and not isinstance(operation, tree.Repeat)
        if _is_layer(operation):
            return {**self.entry(operation, Layer, comments, label), **shape}
        inner = () if lifted else self._within_text(step)
        comment_value = CommentValue((*comments.before, *inner), comments.after)
        return commented({VALUE: expression(operation), **label, **shape}, comment_value)

    def _within_text(self, step: tree.Step) -> tuple[str, ...]:
        """The comments within a step that becomes a string."""
        operation = step.operation
        if operation is None or isinstance(operation, tree.Repeat) or _is_layer(operation):
            return ()
        return self._within(operation)

    def _head_of(self, operation: tree.Expression | tree.Repeat | None) -> dict[str, Any]:
        """The part before a body."""
        match operation:
            case None:
                return {}
            case tree.Call(
                function=tree.Name(id=name), arguments=(tree.Argument(name=None, value=tree.Text(value=path)),)
            ) if name == REPLACE:
                return {REPLACE: path}
            case tree.Repeat(count=count):
                return {REPEAT: self._plain(count)}
            case tree.Name(id=name) if name == RESIDUAL:
                return {OP: RESIDUAL}
            case _:
                raise misplaced(operation, f"`{operation.span.text}` takes no body")

    def _around(self, comment_value: CommentValue, body: tree.Body) -> CommentValue:
        """The comments on a node with a body, and those at the start and the end of the body."""
        within = self._of(body)
        return replace(comment_value, opening=within.after, inside=within.inside)


def _is_layer(node: tree.Expression) -> bool:
    """Whether an expression is a call of a layer in the catalogue."""
    function = node.function if isinstance(node, tree.Call) else node
    return isinstance(function, tree.Name) and function.id in names(Layer)
