"""lark's table of the grammar, so that no command has to make it: grammar/netspec.table.json."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import lark

from netspec.lang.text.grammar import table, text


def grammar_table(path: Path) -> str:
    """The text of the file. It is made once for a grammar, by the version of lark that is installed then: lark numbers
    the states anew each time."""
    digest = sha256(text().encode()).hexdigest()
    if path.is_file() and json.loads(there := path.read_text(encoding="utf-8"))["grammar"] == digest:
        return there
    data, memo = table()
    return json.dumps({"lark": lark.__version__, "grammar": digest, "data": data, "memo": memo}) + "\n"
