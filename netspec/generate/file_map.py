"""The file map of ARCHITECTURE.md: every module with the first line of its docstring."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

BEGIN, END = "<!-- file map -->", "<!-- /file map -->"


def file_map(package: Path) -> str:
    """A line for each module and package below `package`, indented as they are nested, with their jobs in a column."""
    rows = list(_rows(package, depth=0))
    column = max(len(name) for name, _ in rows) + 2
    return "\n".join(f"{name:{column}}{job}".rstrip() for name, job in rows)


def with_file_map(page: str, package: Path) -> str:
    """`page` with the map between its markers made anew. Raises ValueError if the markers aren't there."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the page has no {BEGIN} … {END} for the file map")
    return f"{before}{BEGIN}\n```\n{file_map(package)}\n```\n{END}{after}"


def _rows(package: Path, depth: int) -> Iterator[tuple[str, str]]:
    """The package itself, then its modules, then the packages in it."""
    indent = "  " * depth
    yield f"{indent}{package.name}/", job(package / "__init__.py")
    for module in sorted(package.glob("*.py")):
        if module.name != "__init__.py":
            yield f"{indent}  {module.name}", job(module)
    for init in sorted(package.glob("*/__init__.py")):
        yield from _rows(init.parent, depth + 1)


def job(module: Path) -> str:
    """What a module is for: the first line of its docstring; nothing if it has none."""
    docstring = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8")))
    return (docstring or "").partition("\n")[0]
