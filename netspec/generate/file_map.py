"""The file map of ARCHITECTURE.md: every package with the first line of its docstring, and the names of its modules."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap

BEGIN, END = "<!-- file map -->", "<!-- /file map -->"
KINDS = "catalogue"
"""The package whose packages are kinds: their modules are entries, which the reference has."""
WIDTH = 120


def file_map(package: Path) -> str:
    """The package and those below it, indented as they are nested, each with its job and then its modules."""
    return "\n".join(_lines(package, 0, modules=True))


def with_file_map(page: str, package: Path) -> str:
    """`page` with the map between its markers made anew. Raises ValueError if the markers aren't there."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the page has no {BEGIN} … {END} for the file map")
    return f"{before}{BEGIN}\n```\n{file_map(package)}\n```\n{END}{after}"


def _lines(package: Path, depth: int, modules: bool) -> Iterator[str]:
    indent = "  " * depth
    yield f"{indent}{package.name}/  {job(package / '__init__.py')}".rstrip()
    names = [module.stem for module in sorted(package.glob("*.py")) if not module.stem.startswith("__")]
    if modules and names:
        yield from wrap(" · ".join(names), WIDTH, initial_indent=f"{indent}  ", subsequent_indent=f"{indent}  ")
    for init in sorted(package.glob("*/__init__.py")):
        yield from _lines(init.parent, depth + 1, modules and package.name != KINDS)


def job(module: Path) -> str:
    """What a module is for: the first line of its docstring; nothing if it has none."""
    docstring = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8")))
    return (docstring or "").partition("\n")[0]
