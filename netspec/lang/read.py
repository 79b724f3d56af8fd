"""The reader of specs: a source in either form as a tree."""

from __future__ import annotations

from netspec.lang.text.parser import parse
from netspec.lang.tree import Tree
from netspec.problems import Problems
from netspec.source import Source


def is_json(source: Source) -> bool:
    return source.name.endswith(".json")


def read_tree(source: Source, problems: Problems) -> Tree:
    """The tree of a spec; syntax errors go to `problems`."""
    if is_json(source):
        from netspec.lang.json.read import read_json

        return read_json(source, problems)
    return parse(source, problems)
