"""Random networks from `.net` to JSON and back, which give the same program each time.

Pipes stand as arguments without parentheses where they may, and some numbers have names, those in inner lists too.

    python -m tests.campaigns.conversions --count 300 --start 0
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from netspec.api.syntax import text_of, tree_of
from netspec.lang import tree
from netspec.source import Source
from tests.campaigns.campaign import Mismatch, main
from tests.campaigns.generate import generate
from tests.specs import check

NAMED = 0.3
"""The probability of a number in a list to get a name."""


class _Loosened:
    """A spec without parentheses around pipes that are arguments, and with params in the place of some numbers."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.params: dict[str, str] = {}

    def change(self, node: tree.Node) -> tree.Node:
        node = tree.rebuild(node, self.change)
        match node:
            case tree.Argument(value=tree.Group(inner=tree.Pipe() as inner)):
                return replace(node, value=inner)
            case tree.List(items=items):
                return replace(node, items=tuple(map(self._named, items)))
            case _:
                return node

    def _named(self, node: tree.Expression) -> tree.Expression:
        if not isinstance(node, tree.Number) or self.chance.random() > NAMED:
            return node
        name = f"of_{node.text.replace('.', '_').replace('-', '_')}"
        self.params[name] = node.text
        return tree.Name(node.span, name)


def spec(number: int) -> str:
    """The spec of that number."""
    chance = Random(f"conversions {number}")
    parsed = tree_of(Source("spec.net", generate(number).text))
    loosened = _Loosened(chance)
    statements = tuple(
        loosened.change(item) if isinstance(item, tree.Line | tree.Block) else item for item in parsed.statements
    )
    body = replace(parsed.body, statements=statements)
    text = text_of(replace(parsed, body=body), as_json=False)
    return "".join(f"param {name} = {value}\n" for name, value in loosened.params.items()) + text


def try_text(text: str) -> str:
    """Take a spec to JSON and back, and compare the three programs."""
    as_json = text_of(tree_of(Source("spec.net", text)), as_json=True)
    back = text_of(tree_of(Source("spec.json", as_json)), as_json=False)
    found = [check(text), check(as_json, "spec.json"), check(back)]
    said = [sorted(item.code for item in checked.diagnostics) for checked in found]
    programs = [checked.program.hash if checked.program is not None else None for checked in found]
    if len({*programs}) > 1 or any(codes != said[0] for codes in said):
        raise Mismatch(f"it means something else: {said}", f"{text}\n==== JSON\n{as_json}\n==== back\n{back}")
    return "good" if programs[0] is not None else "the same diagnostics"


def try_one(number: int) -> str:
    return try_text(spec(number))


if __name__ == "__main__":
    main(try_one, __doc__)
