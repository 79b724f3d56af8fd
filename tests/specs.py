"""Helpers for tests: a spec from a snippet, checked."""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path

from netspec.checker import Checked, check_source
from netspec.render.diagnostics import render
from netspec.source import Source

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted((ROOT / "specs").rglob("*.net"))


def _text(path: Path) -> str:
    """The text of a spec, and those of the specs that it extends."""
    text = path.read_text(encoding="utf-8")
    extended = re.search(r'^extends "(.+)"', text, re.M)
    return text + (_text(path.parent / extended[1]) if extended else "")


AFTER_OTHERS = [path for path in FILES if "from_run(" in _text(path)]
"""The experiments that need the run of another one."""
SPECS = [path for path in FILES if path.parent.name != "blocks" and path not in AFTER_OTHERS]
"""The other files that are experiments; the rest hold blocks for them."""

COMPLETION = {
    "data": "data {\n  source = mnist_sample()\n}\n",
    "model": "model {\n  flatten -> linear(10)\n}\n",
}


def completed(snippet: str) -> str:
    """The snippet with the sections that a spec needs and the snippet doesn't speak of, behind it."""
    heads = re.findall(r"^(\w+)(?:\(.*\))? *(?:\{|$)", snippet, re.M)
    missing = [text for name, text in COMPLETION.items() if not get_close_matches(name, heads)]
    return snippet.rstrip("\n") + "\n" + "".join(missing)


def check(text: str, name: str = "spec.net", folder: Path = Path()) -> Checked:
    """Check a text as if it stood in a file of that name, by default in the current folder."""
    return check_source(Source(name, text, folder / name))


def rendered(checked: Checked) -> str:
    """The diagnostics as the terminal shows them, without trailing blanks."""
    text = render(checked.diagnostics).plain if checked.diagnostics else "good"
    return "\n".join(line.rstrip() for line in text.splitlines())
