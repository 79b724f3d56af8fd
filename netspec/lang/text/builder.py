"""Nodes from the rules of the grammar, one method per rule, called by the parser as it reduces."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TypeVar, cast

from netspec.lang import tree
from netspec.lang.tree import Node
from netspec.source import Span

Children = list[Any]
"""Nodes, and words, which have a `span` too."""

N = TypeVar("N", bound=Node)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def _span(children: Children) -> Span:
    first: Span = children[0].span
    return first if len(children) == 1 else first.to(children[-1].span)


def _expressions(children: Children) -> tuple[tree.Expression, ...]:
    # the grammar allows only expressions there
    return cast("tuple[tree.Expression, ...]", _nodes(children))


def _nodes(children: Children, kind: type[N] = Node) -> tuple[N, ...]:
    return tuple([child for child in children if isinstance(child, kind)])


def _deeper(children: Iterable[Any]) -> int:
    return 1 + max([child.depth for child in children if isinstance(child, Node)], default=0)


def _name(word: Any) -> tree.Name:
    return tree.Name(word.span, str(word))


def _names(children: Children) -> tuple[tree.Name, ...]:
    """The names among words with commas between them."""
    return tuple(_name(word) for word in children if word.type == "NAME")


def _unquoted(word: Any) -> str:
    """The value of a string, its escapes resolved."""
    return re.sub(r"\\(.)", lambda match: ESCAPES.get(match[1], match[1]), str(word)[1:-1])


def _deepest(*children: Any) -> int:
    return children[0].depth if len(children) == 1 else max([child.depth for child in children], default=0)


def _noted(pipe: tree.Pipe, note: Children) -> Children:
    """A pipe and its shape annotation. The grammar reads `relu: [8]` as a list with a label; no operation is a list."""
    last = pipe.steps[-1]
    if note or last.label is None or last.label.quoted or not isinstance(last.operation, tree.List):
        return [pipe, *note]
    name = tree.Name(last.label.span, last.label.id)
    step = tree.Step(name.span, None, name)
    return [tree.Pipe(pipe.span.source.span(pipe.span.start, name.span.end), (*pipe.steps[:-1], step)), last.operation]


class Builder:
    """Methods have the names of the grammar's rules and aliases; each takes the children of the rule, in order."""

    def start(self, children: Children) -> tuple[Node, ...]:
        return _nodes(children)

    # ---- statements ----

    def edition(self, children: Children) -> tree.Edition:
        return tree.Edition(_span(children), tree.Number(children[1].span, str(children[1])))

    def extension(self, children: Children) -> tree.Extension:
        return tree.Extension(_span(children), children[1])

    def import_(self, children: Children) -> tree.Import:
        _, file, _, *words = children
        return tree.Import(_span(children), file, _names(words))

    def param(self, children: Children) -> tree.Param:
        name, values = children[1], _expressions(children)
        return tree.Param(_span(children), _name(name), *values, depth=max(value.depth for value in values))

    def parameter(self, children: Children) -> tree.Parameter:
        defaults = _expressions(children)
        return tree.Parameter(_span(children), _name(children[0]), *defaults, depth=_deeper(defaults))

    def block(self, children: Children) -> tree.Block:
        parameters = _nodes(children, tree.Parameter)
        return tree.Block(_span(children), _name(children[1]), parameters, children[-1], depth=_deeper(parameters))

    def assertion(self, children: Children) -> tree.Assertion:
        return tree.Assertion(_span(children), children[1], depth=children[1].depth)

    def setting(self, children: Children) -> tree.Setting:
        equals = next(index for index, child in enumerate(children) if child == "=")
        pipe, *note = children[equals + 1 :]
        value, *note = _noted(pipe, note)
        return tree.Setting(
            _span(children), _names(children[:equals]), value.as_expression(), *note, depth=_deepest(value, *note)
        )

    def branch(self, children: Children) -> tree.Branch:
        condition, then, *otherwise = cast(Children, _nodes(children))
        # a row of `else if` is as deep as it is long
        return tree.Branch(_span(children), condition, then, *otherwise, depth=_deeper([condition, *otherwise]))

    def loop(self, children: Children) -> tree.Loop:
        _, variable, _, items, body = children
        return tree.Loop(_span(children), _name(variable), items, body, depth=items.depth)

    def line(self, children: Children) -> tree.Line:
        pipe, *note = children
        pipe, *note = _noted(pipe, note)
        return tree.Line(_span(children), pipe, *note, depth=_deepest(pipe, *note))

    def note(self, children: Children) -> tree.List:
        return children[1]

    def body(self, children: Children) -> tree.Body:
        return tree.Body(_span(children), cast("tuple[tree.Statement, ...]", _nodes(children)))

    # ---- pipes ----

    def pipe(self, children: Children) -> tree.Pipe:
        steps = tuple(
            [
                child if isinstance(child, tree.Step) else tree.Step(child.span, None, child, depth=child.depth)
                for child in cast("tuple[tree.Step | tree.Expression, ...]", _nodes(children))
            ]
        )
        return tree.Pipe(_span(children), steps, depth=_deepest(*steps))

    chain = pipe

    def label(self, children: Children) -> tree.Label:
        word = children[0]
        if word.type == "STRING":
            return tree.Label(word.span, _unquoted(word), quoted=True)
        return tree.Label(word.span, str(word))

    def labelled(self, children: Children) -> tree.Step:
        label, operation = children
        if isinstance(operation, tree.Step):
            return tree.Step(_span(children), label, operation.operation, operation.body, depth=operation.depth)
        return tree.Step(_span(children), label, operation, depth=operation.depth)

    def with_body(self, children: Children) -> tree.Step:
        operation, body = children
        return tree.Step(_span(children), None, operation, body, depth=operation.depth)

    def repeat(self, children: Children) -> tree.Repeat:
        return tree.Repeat(_span(children), children[1], depth=children[1].depth)

    def scope(self, children: Children) -> tree.Step:
        return tree.Step(_span(children), None, None, children[0])

    # ---- expressions ----

    def conditional(self, children: Children) -> tree.Conditional:
        then, _, condition, _, otherwise = children
        return tree.Conditional(_span(children), condition, then, otherwise, depth=_deeper(children))

    def binary(self, children: Children) -> tree.Binary:
        left, operator, right = children
        return tree.Binary(_span(children), str(operator), left, right, depth=_deeper(children))

    def unary(self, children: Children) -> tree.Unary:
        operator, operand = children
        return tree.Unary(_span(children), str(operator), operand, depth=_deeper(children))

    def range(self, children: Children) -> tree.Range:
        start, _, stop = children
        return tree.Range(_span(children), start, stop, depth=_deeper(children))

    def group(self, children: Children) -> tree.Group:
        return tree.Group(_span(children), children[1].as_expression(), depth=_deeper(children))

    def number(self, children: Children) -> tree.Number:
        return tree.Number(children[0].span, str(children[0]))

    def quantity(self, children: Children) -> tree.Quantity:
        number, unit = children
        return tree.Quantity(_span(children), tree.Number(number.span, str(number)), str(unit), unit.span)

    def text(self, children: Children) -> tree.Text:
        return tree.Text(children[0].span, _unquoted(children[0]))

    def constant(self, children: Children) -> tree.Constant:
        return tree.Constant(children[0].span, {"true": True, "false": False, "none": None}[str(children[0])])

    def name(self, children: Children) -> tree.Name:
        return tree.Name(_span(children), "".join(map(str, children)))

    def call(self, children: Children) -> tree.Call:
        arguments = _nodes(children, tree.Argument)
        return tree.Call(_span(children), children[0], arguments, depth=_deeper(arguments))

    def argument(self, children: Children) -> tree.Argument:
        pipe = children[-1]
        name = _name(children[0]) if len(children) == 3 else None
        return tree.Argument(_span(children), name, pipe.as_expression(), depth=pipe.depth)

    def list(self, children: Children) -> tree.List:
        items = _expressions(children)
        return tree.List(_span(children), items, depth=_deeper(items))
