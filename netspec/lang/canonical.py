"""The canonical form of a tree: each call in its usual spelling, declarations of a kind together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

from netspec.catalogue.entry import Entry, find
from netspec.catalogue.layers import Layer
from netspec.catalogue.sections import MODEL, Section
from netspec.catalogue.slots import slots
from netspec.lang import tree
from netspec.lang.canonical_entries import canonical_arguments, canonical_entries, is_entry
from netspec.lang.comments import settled
from netspec.lang.lexical import is_plain_label
from netspec.zoo import NAME as ZOO


def canonical(spec: tree.Tree) -> tree.Tree:
    """The tree with each call in its usual spelling: leading arguments without their names, and no empty parentheses
    except after a source. Entries have no parentheses around them, and `->` between them or brackets as their field
    has it. Imports, params, blocks and assertions are grouped, each kind where its first one was. Calls of what isn't
    in the catalogue stay as they are."""
    statements = tuple(_grouped(spec.statements))
    network = _Network(frozenset(item.name.id for item in statements if isinstance(item, tree.Block)))
    body = replace(spec.body, statements=tuple(_statement(item, network) for item in statements))
    return replace(spec, body=body, comments=settled(body, spec.comments))


def _grouped(statements: tuple[tree.Statement, ...]) -> Iterator[tree.Statement]:
    """The statements with declarations of a kind where the first of them is; sections stay where they are."""
    kinds = (tree.Import, tree.Param, tree.Block, tree.Assertion)
    done: set[type[tree.Statement]] = set()
    for statement in statements:
        kind = type(statement)
        if kind not in kinds:
            yield statement
        elif kind not in done:
            done.add(kind)
            yield from (item for item in statements if type(item) is kind)


def _statement(statement: tree.Statement, network: _Network) -> tree.Statement:
    if isinstance(statement, tree.Block):
        return replace(statement, body=network.body(statement.body))
    if not isinstance(statement, tree.Line) or statement.section is None:
        return statement
    head, body = statement.section
    name = head if isinstance(head, tree.Name) else head.function
    section = find(Section, name.id)
    if name.id == MODEL:
        inner = network.body(body)
    elif section is not None:
        inner = replace(body, statements=tuple(_setting(item, section) for item in body.statements))
    else:
        return statement
    (step,) = statement.pipe.steps
    return replace(statement, pipe=replace(statement.pipe, steps=(replace(step, body=inner),)))


def _setting(statement: tree.Statement, section: type[Entry]) -> tree.Statement:
    if not isinstance(statement, tree.Setting):
        return statement
    slot = slots(section).get(statement.name.id)
    if slot is None or slot.kind is None:
        return statement
    return replace(statement, value=canonical_entries(statement.value, slot.kind, slot.form))


# ---- networks ----


@dataclass(frozen=True)
class _Network:
    """The lines of a model or of a block. `blocks` are those of the file: another name may be that of a value, whose
    empty parentheses are a mistake that stays in the text."""

    blocks: frozenset[str]

    def body(self, body: tree.Body) -> tree.Body:
        return tree.rebuild(body, self._part)

    def _part(self, node: tree.Node) -> tree.Node:
        """A part of a body. Operations are the steps of pipes and the values of settings; other expressions, such as
        conditions, stay as they are."""
        match node:
            case tree.Step():
                return self._step(node)
            case tree.Setting(value=value) if not isinstance(value, tree.Pipe):
                return replace(node, value=self._operation(value))
            case _ if isinstance(node, tree.Expression) and not isinstance(node, tree.Pipe):
                return node
            case _:
                return tree.rebuild(node, self._part)

    def _step(self, step: tree.Step) -> tree.Step:
        label, operation = step.label, step.operation
        if label is not None and label.quoted and is_plain_label(label.id):
            label = replace(label, quoted=False)
        if operation is not None and not isinstance(operation, tree.Repeat):
            operation = self._operation(operation)
        return replace(step, label=label, operation=operation, body=step.body and self.body(step.body))

    def _operation(self, node: tree.Expression) -> tree.Expression:
        """An expression that is an operation by itself."""
        if isinstance(node, tree.Group):
            inner = self._operation(node.inner)
            return inner if is_entry(inner) else replace(node, inner=inner)
        node = self._value(node)
        if isinstance(node, tree.Call) and not node.arguments and self._is_operation(node.function.id):
            return replace(node.function, span=node.span)
        return node

    def _is_operation(self, name: str) -> bool:
        return name in self.blocks or name.startswith(f"{ZOO}.") or find(Layer, name) is not None

    def _value(self, node: tree.Expression) -> tree.Expression:
        """An expression with the calls in it in their usual spelling. Parentheses stay: an operation with them isn't
        the same as one without where a block is given it."""
        # an expression stays one
        return cast(tree.Expression, self._usual(node))

    def _usual(self, node: tree.Node) -> tree.Node:
        match node:
            case tree.Step():
                return self._step(node)
            case tree.Call(function=function, arguments=arguments) if layer := find(Layer, function.id):
                return replace(node, arguments=tuple(canonical_arguments(arguments, layer, self._value)))
            case _:
                return tree.rebuild(node, self._usual)
