"""Generated files, written or compared with those that are there."""

from __future__ import annotations

from pathlib import Path

from netspec.generate.file_map import with_file_map
from netspec.generate.grammar_table import grammar_table
from netspec.generate.reference import reference
from netspec.lang.json.schema import schema_text
from netspec.lang.text.grammar import TABLE

COMMAND = "python -m netspec.generate"


def generated(root: Path) -> dict[Path, str]:
    """Every generated file of the checkout at `root`, with the text that it should have."""
    parse_table = root / "grammar" / TABLE
    architecture = root / "ARCHITECTURE.md"
    return {
        root / "grammar" / "netspec.schema.json": schema_text(),
        parse_table: grammar_table(parse_table),
        **{root / "docs" / "reference" / name: page for name, page in reference().items()},
        architecture: with_file_map(architecture.read_text(encoding="utf-8"), root / "netspec"),
    }


def stale(root: Path) -> dict[Path, str]:
    """The generated files that don't have the text that they should have, with that text."""
    return {path: text for path, text in generated(root).items() if not holds(path, text)}


def write(path: Path, text: str) -> None:
    """The text as a file, with the same bytes on every system."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_bytes() == text.encode()
