"""The file map of ARCHITECTURE.md: every package with the first line of its docstring, and the names of its modules."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap

BEGIN, END = "<!-- file map -->", "<!-- /file map -->"
LISTED_ELSEWHERE = ("catalogue", "cli")
"""Packages whose kinds, or whose commands, are listed where users look for them: only what is for them is said."""
WIDTH = 120


def file_map(package: Path) -> str:
    """The package and those below it, indented as they are nested, each with its job and then its modules."""
    return "\n".join(_lines(package, 0))


def with_file_map(page: str, package: Path) -> str:
    """`page` with the map between its markers made anew. Raises ValueError if the markers aren't there."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the page has no {BEGIN} … {END} for the file map")
    return f"{before}{BEGIN}\n```\n{file_map(package)}\n```\n{END}{after}"


def _lines(package: Path, depth: int) -> Iterator[str]:
    indent = "  " * depth
    yield f"{indent}{package.name}/  {job(package / '__init__.py')}".rstrip()
    if package.name in LISTED_ELSEWHERE:
        return
    modules = [module.stem for module in sorted(package.glob("*.py")) if not module.stem.startswith("__")]
    if modules:
        names = " · ".join(modules)
        yield from wrap(names, WIDTH, initial_indent=f"{indent}  ", subsequent_indent=f"{indent}  ")
    for init in sorted(package.glob("*/__init__.py")):
        yield from _lines(init.parent, depth + 1)


def job(module: Path) -> str:
    """What a module is for: the first line of its docstring; nothing if it has none."""
    docstring = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8")))
    return (docstring or "").partition("\n")[0]
