"""A netspec whose packages go on in a test's folder: nothing is registered, and no file of the package changes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BEGIN = """
import importlib, pathlib, sys

folder, code = sys.argv.pop(1), sys.argv.pop(1)
for package in sorted(pathlib.Path(folder).iterdir()):
    importlib.import_module(f"netspec.{package.name}").__path__.append(str(package))
exec(code)
"""
COMMAND = "from netspec.cli import main; main()"
SCHEMA = "import sys; from netspec.lang.json.schema import schema_text; sys.stdout.write(schema_text())"
REFERENCE = "import sys; from netspec.generate.reference import reference; sys.stdout.write(reference()[sys.argv[1]])"


@dataclass(frozen=True)
class Extended:
    """The command line with more modules, which are in `more`, in a folder for each package: `catalogue.layers`."""

    folder: Path

    @classmethod
    def with_files(cls, folder: Path, modules: Mapping[str, str], specs: Mapping[str, str]) -> Extended:
        """`modules` are texts by package and file, `catalogue.layers/tiled.py`, and `specs` by file."""
        for name, text in [*((f"more/{name}", text) for name, text in modules.items()), *specs.items()]:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        return cls(folder)

    def run(self, code: str, *arguments: str, exit_code: int = 0) -> str:
        """What Python code writes, all of it."""
        ran = subprocess.run(
            [sys.executable, "-c", BEGIN, str(self.folder / "more"), code, *arguments],
            cwd=self.folder,
            env={**os.environ, "OMP_NUM_THREADS": "1", "COLUMNS": "120"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert ran.returncode == exit_code, ran.stdout + ran.stderr
        return ran.stdout + ran.stderr

    def netspec(self, *arguments: str, exit_code: int = 0) -> str:
        """What a command writes."""
        return self.run(COMMAND, *arguments, exit_code=exit_code)

    def json(self, *arguments: str) -> Any:
        """The JSON data that a command writes."""
        return json.loads(self.netspec(*arguments))

    def variant(self, spec: str, old: str, new: str) -> str:
        """The name of a spec with something replaced."""
        assert old in spec
        (self.folder / "variant.net").write_text(spec.replace(old, new), encoding="utf-8")
        return "variant.net"

    def schema(self) -> Any:
        return json.loads(self.run(SCHEMA))["$defs"]

    def reference(self, page: str) -> str:
        return self.run(REFERENCE, page)
