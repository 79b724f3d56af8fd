"""A spec in either of its two forms."""

from __future__ import annotations

from netspec.lang.read import read_tree
from netspec.lang.text.printer import format_text
from netspec.lang.tree import Tree
from netspec.problems import NetspecError, Problems
from netspec.source import Source


def tree_of(source: Source) -> Tree:
    """What is written; raises NetspecError if it can't be parsed."""
    problems = Problems()
    tree = read_tree(source, problems)
    if problems.fatal:
        raise NetspecError(problems.diagnose())
    return tree


def text_of(tree: Tree, *, as_json: bool) -> str:
    """A spec in the one layout of that form."""
    if as_json:
        from netspec.lang.json.write import write_json

        return write_json(tree)
    return format_text(tree)
