"""Copies of netspec's own functions and classes for a script, with all that they call, as they stand in its files."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path

PACKAGE = "netspec"


@dataclass
class Copies:
    """Definitions by their names, each after those that it uses, and the import statements that they need."""

    definitions: dict[str, str] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    """The statements by the names that they give."""
    origins: dict[str, str] = field(default_factory=dict)
    """The modules of the definitions."""

    def add(self, path: str) -> str:
        """Copy a function, a class or a constant by its module and name, `netspec.modules.warps.cut`; its name."""
        module, _, name = path.rpartition(".")
        assert self.origins.setdefault(name, module) == module, f"two definitions of {name}"
        if name not in self.definitions:
            source = _source(module)
            node = source.nodes[name]
            for used in _names(node):
                if used in source.nodes and used != name:
                    self.add(f"{module}.{used}")
                elif used in source.imports:
                    self._import(used, *source.imports[used])
            self.definitions[name] = source.text(node)
        return name

    def _import(self, name: str, module: str | None, original: str) -> None:
        if module is not None and f"{module}.".startswith(f"{PACKAGE}."):
            assert name == original, f"{original} is {name} in another module"
            self.add(f"{module}.{original}")
        elif module is None:
            self.imports[name] = f"import {original}" if name == original else f"import {original} as {name}"
        else:
            self.imports[name] = f"from {module} import {original}{'' if name == original else f' as {name}'}"


@dataclass(frozen=True)
class _Source:
    """A module: its lines, its definitions by their names, and what it imports by the names that it has there."""

    lines: list[str]
    nodes: dict[str, ast.stmt]
    imports: dict[str, tuple[str | None, str]]

    def text(self, node: ast.stmt) -> str:
        decorators = getattr(node, "decorator_list", [])
        start = min([node.lineno, *(one.lineno for one in decorators)])
        lines = self.lines[start - 1 : node.end_lineno]
        match node:
            case ast.FunctionDef(body=[ast.Expr(value=ast.Constant(value=str() as doc)) as first, *_]) if "\n\n" in doc:
                # of a docstring the first paragraph
                place = first.lineno - start
                paragraph = lines[place:].index("") + place
                lines[paragraph - 1] += '"""'
                del lines[paragraph : (first.end_lineno or 0) - start + 1]
            case _:
                pass
        text = "\n".join(lines)
        # torch and numpy are imported at the top of a script
        text = re.sub(r"^ +import (torch|numpy as np)\n\n?", "", text, flags=re.M)
        return re.sub(r"  # type: ignore.*", "", text)


@cache
def _source(module: str) -> _Source:
    spec = find_spec(module)
    assert spec is not None and spec.origin is not None, module
    text = Path(spec.origin).read_text(encoding="utf-8")
    nodes: dict[str, ast.stmt] = {}
    imports: dict[str, tuple[str | None, str]] = {}
    for node in _statements(ast.parse(text)):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                nodes[name] = node
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                nodes[name] = node
            case ast.Import(names=names):
                imports |= {alias.asname or alias.name: (None, alias.name) for alias in names}
            case ast.ImportFrom(module=origin, names=names):
                imports |= {alias.asname or alias.name: (origin, alias.name) for alias in names}
            case _:
                pass
    return _Source(text.splitlines(), nodes, imports)


def _statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """The statements of a module, those for type checkers with them."""
    for node in tree.body:
        yield from node.body if isinstance(node, ast.If) else [node]


def _names(node: ast.stmt) -> list[str]:
    """The names that a definition uses, in their order."""
    return list(dict.fromkeys(part.id for part in ast.walk(node) if isinstance(part, ast.Name)))
