"""Expressions and the other parts of statements as text, on one line."""

from __future__ import annotations

from netspec.lang import tree


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
            return " -> ".join(steps(node))


def argument(node: tree.Argument) -> str:
    return f"{node.name.id}={expression(node.value)}" if node.name else expression(node.value)


def quoted(text: str) -> str:
    for character, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        text = text.replace(character, escaped)
    return f'"{text}"'


def label(step: tree.Step) -> str:
    if step.label is None:
        return ""
    # a list after a plain label would be read as a shape
    needs_quotes = step.label.quoted or isinstance(step.operation, tree.List)
    return f"{quoted(step.label.id) if needs_quotes else step.label.id}: "


def operation(step: tree.Step) -> str:
    """The part of a step before its body, if it has one."""
    match step.operation:
        case None:
            return ""
        case tree.Repeat(count=count):
            return f"repeat {expression(count)}"
        case node:
            return expression(node)


def parameter(node: tree.Parameter) -> str:
    return f"{node.name.id}={expression(node.default)}" if node.default else node.name.id


def steps(pipe: tree.Pipe) -> list[str]:
    return [f"{label(step)}{operation(step)}" for step in pipe.steps]


def shape_note(note: tree.List | None) -> str:
    """A shape annotation as it is after a line."""
    return f" : {expression(note)}" if note is not None else ""
