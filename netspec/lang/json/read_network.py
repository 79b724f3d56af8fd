"""Reads networks of the JSON form: their lines as statements."""

from __future__ import annotations

from dataclasses import replace

from netspec.catalogue.layers import Layer
from netspec.lang import tree
from netspec.lang.json import nodes as json
from netspec.lang.json.comments import CommentValue
from netspec.lang.json.keys import (
    BE,
    BODY,
    ELSE,
    FOR,
    FORMS,
    IF,
    IN,
    LABEL,
    LET,
    LINE,
    OP,
    REPEAT,
    REPLACE,
    RESIDUAL,
    SHAPE,
    THEN,
    VALUE,
)
from netspec.lang.json.read_entries import EntryReader
from netspec.source import Span


class NetworkReader(EntryReader):
    """Reads bodies: lists of lines. A line is an operation, a list of them, or an object that names, repeats or selects
    them."""

    def _body(self, node: json.Value, name: str, comment_value: CommentValue) -> tree.Body:
        """A list of lines; `comment_value` holds the comments on the node with the body."""
        self._add_comments(tree.Interior.of(node.span), comment_value.within)
        items = self._items(node, name, "a list of operations")
        statements = (self._statement(item) for item in items)
        return tree.Body(node.span, tuple(statement for statement in statements if statement is not None))

    def _statement(self, node: json.Value) -> tree.Statement | None:
        if isinstance(node, json.Object):
            forms = (
                (LET, self._let),
                (IF, self._choice),
                (FOR, self._loop),
                (REPLACE, self._replacement),
            )
            for key, read in forms:
                if node.get(key) is not None:
                    return read(node)
        pipe, note = self._pipe(node, node.span)
        return tree.Line(pipe.span, pipe, note) if pipe.steps else None

    def _let(self, node: json.Object) -> tree.Statement | None:
        self._add_comments(node.span, self._read_comment(node).flat)
        self._closed(node, (LET, BE), LET)
        targets = self._needed(node, LET, LET)
        names = targets.items if isinstance(targets, json.Array) else (targets,)
        value = self._needed(node, BE, LET)
        pipe, note = self._pipe(value, value.span)
        if not pipe.steps:
            return None
        return tree.Setting(node.span, tuple(self._name(item, LET) for item in names), pipe.as_expression(), note)

    def _loop(self, node: json.Object) -> tree.Statement:
        comment_value = self._read_comment(node)
        self._add_comments(node.span, comment_value.around)
        self._closed(node, (FOR, IN, BODY), FOR)
        variable = self._name(self._needed(node, FOR, FOR), FOR)
        items = self._plain(self._needed(node, IN, FOR), IN, "a list or a range")
        return tree.Loop(node.span, variable, items, self._body(self._needed(node, BODY, FOR), BODY, comment_value))

    def _replacement(self, node: json.Object) -> tree.Statement:
        comment_value = self._read_comment(node)
        self._add_comments(node.span, comment_value.around)
        self._closed(node, FORMS[REPLACE], REPLACE)
        written = self._needed(node, REPLACE, REPLACE)
        if isinstance(written, json.String):
            path: tree.Expression = tree.Text(written.inner, written.value)
        else:
            path = self._wrong(written, REPLACE, "the path of an operation or a scope")
        head = tree.Call(written.span, tree.Name(written.span, REPLACE), (tree.Argument(written.span, None, path),))
        step = tree.Step(node.span, None, head, self._body(self._needed(node, BODY, REPLACE), BODY, comment_value))
        return tree.Line(node.span, tree.Pipe(node.span, (step,)))

    def _choice(self, node: json.Object) -> tree.Branch:
        branch, comment_value = self._branch(node)
        self._add_comments(node.span, comment_value.around)
        return branch

    def _branch(self, node: json.Object) -> tuple[tree.Branch, CommentValue]:
        """A branch, and the comments on it as a whole."""
        comment_value = self._read_comment(node, (THEN, ELSE))
        self._closed(node, (IF, THEN, ELSE), IF)
        condition = self._plain(self._needed(node, IF, IF), IF, "a condition")
        then = self._body(self._needed(node, THEN, IF), THEN, comment_value.at.get(THEN, CommentValue()))
        other = self._otherwise(node.get(ELSE), comment_value.at.get(ELSE, CommentValue()))
        return tree.Branch(node.span, condition, then, other), comment_value

    def _otherwise(self, node: json.Value | None, at: CommentValue) -> tree.Body | tree.Branch | None:
        """The part after `else`. Comments on the whole of it go to the start of its body."""
        match node:
            case None:
                return None
            case json.Object() if node.get(IF) is not None:
                other, comment_value = self._branch(node)
                texts, key = (*at.texts, *replace(comment_value, at={}).texts), other.then.key
            case _:
                other = self._body(node, ELSE, at)
                texts, key = replace(at, opening=None, inside=(), at={}).texts, other.key
        self._add_comments(key, tree.Comments(before=texts))
        return other

    def _pipe(self, node: json.Value, bearer: Span) -> tuple[tree.Pipe, tree.List | None]:
        """A line of the network: an operation, or a list of them with arrows between, and its shape annotation."""
        items = node.items if isinstance(node, json.Array) else (node,)
        if not items:
            self._wrong(node, LINE, "at least one operation")
        objects = [item for item in items if self.is_object(item, LINE)]
        steps = tuple(map(self._step, objects))
        if steps:
            self._lift(steps, bearer)
        for item in objects[:-1]:
            if (shape := item.get(SHAPE)) is not None:
                self._wrong(shape, SHAPE, "the shape behind the last operation of a line")
        note = objects[-1].get(SHAPE) if objects else None
        return tree.Pipe(node.span, steps), self._note(note) if note is not None else None

    def _note(self, node: json.Value) -> tree.List | None:
        note = self._plain(node, SHAPE, "a list of sizes")
        if isinstance(note, tree.List):
            return note
        self._wrong(node, SHAPE, "a list of sizes")
        return None

    def _step(self, node: json.Object) -> tree.Step:
        label = node.get(LABEL)
        name = self._label(label) if label is not None else None
        lines = node.get(BODY)
        if lines is None:
            return tree.Step(node.span, name, self._operation(node))
        comment_value = self._read_comment(node)
        self._add_comments(node.span, comment_value.around)
        return tree.Step(node.span, name, self._head(node), self._body(lines, BODY, comment_value))

    def _operation(self, node: json.Object) -> tree.Expression:
        """A step without a body: an expression, or an operation of the catalogue."""
        # an operation may have an argument with the name of that key
        if (value := node.get(VALUE)) is not None and node.get(OP) is None:
            self._add_comments(node.span, self._read_comment(node).flat)
            self._closed(node, FORMS[VALUE], VALUE)
            return self._plain(value, VALUE, "an expression")
        return self._call(node, Layer, LINE, node.span, (LABEL, SHAPE))

    def _head(self, node: json.Object) -> tree.Expression | tree.Repeat | None:
        """The part before a body: nothing, `repeat`, or an operation that takes one."""
        if (count := node.get(REPEAT)) is not None:
            self._closed(node, FORMS[REPEAT], REPEAT)
            return tree.Repeat(count.span, self._plain(count, REPEAT, "a whole number"))
        operation = node.get(OP)
        if operation is None:
            self._closed(node, FORMS[BODY], BODY)
            return None
        if not isinstance(operation, json.String):
            return self._wrong(operation, OP, "the name of an operation")
        if operation.value == RESIDUAL:
            self._closed(node, FORMS[OP], RESIDUAL)
        # other operations take no body, and their arguments aren't read
        return tree.Name(operation.inner, operation.value)

    def _label(self, node: json.Value) -> tree.Label:
        """A label, as one in quotes in the other form: the checker reports invalid ones."""
        if isinstance(node, json.String):
            return tree.Label(node.inner, node.value, quoted=True)
        self._wrong(node, LABEL, "a name")
        return tree.Label(node.span, "_")
