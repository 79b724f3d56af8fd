"""A script from its parts: what it imports is found from the names in it, and all of it is one Python file."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Sequence

from netspec.ejector.copied import Copies

IMPORTS = {
    "F": "from torch.nn import functional as F",
    "csv": "import csv",
    "datasets": "from torchvision import datasets",
    "fsum": "from math import fsum",
    "inf": "from math import inf",
    "isfinite": "from math import isfinite",
    "nn": "from torch import nn",
    "np": "import numpy as np",
    "sklearn": "from sklearn import datasets as sklearn",
    "torch": "import torch",
}
"""What a script imports by a name; copies of definitions bring their own."""
STANDARD = ("collections", "csv", "functools", "hashlib", "itertools", "json", "math", "typing")
"""The modules of Python among them, which come first."""


def assembled(doc: Sequence[str], constants: Sequence[str], blocks: Iterable[Sequence[str]], copies: Copies) -> str:
    """The text of a script: a docstring, the imports, the constants, the blocks, which are definitions of its own, and
    before the last of them functions that are copied. Copies of classes come before the constants, which may use them.
    """
    definitions = [definition.splitlines() for definition in copies.definitions.values()]
    classes = [lines for lines in definitions if lines[0].startswith(("class ", "@"))]
    functions = [lines for lines in definitions if lines[0].startswith("def ")]
    copied = [line for lines in definitions if lines not in classes and lines not in functions for line in lines]
    *own, last = blocks
    first = [copied, *classes, constants] if classes else [[*constants, *([""] if copied else []), *copied]]
    parts = [*filter(None, first), *own, *functions, last]
    imports = _imports("\n".join(line for part in parts for line in part), copies)
    text = "\n\n".join(filter(None, ("\n".join(doc), *imports)))
    text += "\n\n" + "\n\n\n".join("\n".join(part) for part in parts if part) + "\n"
    ast.parse(text)
    return text


def _imports(body: str, copies: Copies) -> list[str]:
    """The imports of Python's own modules and those of others, each as lines."""
    known = IMPORTS | copies.imports
    tree = ast.parse(body)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    statements = sorted({known[name] for name in used if name in known}, key=_order)
    unknown = used - set(known) - _defined(tree) - set(vars(builtins))
    assert not unknown - {"__name__"}, f"undefined in the script: {unknown}"
    standard = [one for one in statements if one.split()[1].partition(".")[0] in STANDARD]
    return [_joined(standard), _joined(one for one in statements if one not in standard)]


def _joined(statements: Iterable[str]) -> str:
    """Statements as lines, those that import from one module in one."""
    lines: dict[str, str] = {}
    for statement in statements:
        head, sep, names = statement.partition(" import ")
        lines[head] = f"{lines[head]}, {names}" if sep and head in lines else statement
    return "\n".join(lines.values())


def _order(statement: str) -> tuple[bool, str]:
    """Whole modules first, then names out of them."""
    return statement.startswith("from"), statement


def _defined(tree: ast.Module) -> set[str]:
    """The names that anything in a file is given."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                found.add(name)
            case ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
            case _:
                pass
    return found
