"""Source to tree, in either of the two forms."""

from __future__ import annotations

from netspec.lang.text.parser import parse
from netspec.lang.tree import Tree
from netspec.problems import Problems
from netspec.source import Source


def is_json(source: Source) -> bool:
    return source.name.endswith(".json")


def read_tree(source: Source, problems: Problems) -> Tree:
    """The tree of a spec; what is wrong with its writing goes to `problems`."""
    if is_json(source):
        from netspec.lang.json.read import parse_json

        return parse_json(source, problems)
    return parse(source, problems)
