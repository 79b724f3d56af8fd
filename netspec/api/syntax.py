"""The two syntaxes of a spec, `.net` and JSON: parse either, and print either."""

from __future__ import annotations

from netspec.lang.read import read_tree
from netspec.lang.tree import Tree
from netspec.problems import NetspecError, Problems
from netspec.source import Source


def tree_of(source: Source) -> Tree:
    """The tree of a spec. Raises NetspecError if it can't be parsed."""
    problems = Problems()
    tree = read_tree(source, problems)
    if problems.fatal:
        raise NetspecError(problems.diagnose())
    return tree


def text_of(tree: Tree, *, as_json: bool) -> str:
    """The text of a spec in the standard format, as JSON or as `.net`."""
    if as_json:
        from netspec.lang.json.write import write_json

        return write_json(tree)
    from netspec.lang.text.printer import format_text

    return format_text(tree)
