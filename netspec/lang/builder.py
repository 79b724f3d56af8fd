"""The grammar's rules to nodes of the tree, one method a rule; called by the parser as it goes, without recursion."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TypeVar, cast

from netspec.lang import tree
from netspec.lang.tree import Node
from netspec.source import Span

Children = list[Any]
"""Nodes, and words: tokens with a `span`."""

N = TypeVar("N", bound=Node)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def _span(children: Children) -> Span:
    first: Span = children[0].span
    return first.to(children[-1].span)


def _expressions(children: Children) -> tuple[tree.Expression, ...]:
    # what the grammar lets stand there is an expression
    return cast("tuple[tree.Expression, ...]", _nodes(children))


def _nodes(children: Children, kind: type[N] = Node) -> tuple[N, ...]:
    return tuple(child for child in children if isinstance(child, kind))


def _deeper(children: Iterable[Any]) -> int:
    return 1 + max((child.depth for child in children if isinstance(child, Node)), default=0)


def _name(word: Any) -> tree.Name:
    return tree.Name(word.span, str(word))


def _as_expression(pipe: tree.Pipe) -> tree.Expression:
    """A pipe of one bare step is the expression itself."""
    step = pipe.steps[0]
    bare = len(pipe.steps) == 1 and step.label is None and step.body is None and step.operation is not None
    return step.operation if bare and step.operation is not None else pipe


class Builder:
    """Methods are named as the rules and aliases of the grammar; each takes what the rule is made of, in order."""

    def start(self, children: Children) -> tuple[Node, ...]:
        return _nodes(children)

    # ---- statements ----

    def edition(self, children: Children) -> tree.Edition:
        return tree.Edition(_span(children), tree.Number(children[1].span, str(children[1])))

    def param(self, children: Children) -> tree.Param:
        _, name, _, value = children
        return tree.Param(_span(children), _name(name), value, depth=value.depth)

    def assertion(self, children: Children) -> tree.Assertion:
        return tree.Assertion(_span(children), children[1], depth=children[1].depth)

    def setting(self, children: Children) -> tree.Setting:
        name, _, pipe = children
        return tree.Setting(_span(children), _name(name), _as_expression(pipe), depth=pipe.depth)

    def line(self, children: Children) -> tree.Line:
        return tree.Line(_span(children), children[0], depth=children[0].depth)

    def body(self, children: Children) -> tree.Body:
        return tree.Body(_span(children), cast("tuple[tree.Statement, ...]", _nodes(children)))

    # ---- pipes ----

    def pipe(self, children: Children) -> tree.Pipe:
        steps = tuple(
            child if isinstance(child, tree.Step) else tree.Step(child.span, None, child, depth=child.depth)
            for child in cast("tuple[tree.Step | tree.Expression, ...]", _nodes(children))
        )
        return tree.Pipe(_span(children), steps, depth=max(step.depth for step in steps))

    chain = pipe

    def labelled(self, children: Children) -> tree.Step:
        label, _, operation = children
        if isinstance(operation, tree.Step):
            return tree.Step(_span(children), _name(label), operation.operation, operation.body, depth=operation.depth)
        return tree.Step(_span(children), _name(label), operation, depth=operation.depth)

    def with_body(self, children: Children) -> tree.Step:
        operation, body = children
        return tree.Step(_span(children), None, operation, body, depth=operation.depth)

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

    def group(self, children: Children) -> tree.Group:
        return tree.Group(_span(children), _as_expression(children[1]), depth=_deeper(children))

    def number(self, children: Children) -> tree.Number:
        return tree.Number(children[0].span, str(children[0]))

    def quantity(self, children: Children) -> tree.Quantity:
        number, unit = children
        return tree.Quantity(_span(children), tree.Number(number.span, str(number)), str(unit), unit.span)

    def text(self, children: Children) -> tree.Text:
        inner = str(children[0])[1:-1]
        value = re.sub(r"\\(.)", lambda match: ESCAPES.get(match[1], match[1]), inner)
        return tree.Text(children[0].span, value)

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
        return tree.Argument(_span(children), name, _as_expression(pipe), depth=pipe.depth)

    def list(self, children: Children) -> tree.List:
        items = _expressions(children)
        return tree.List(_span(children), items, depth=_deeper(items))
