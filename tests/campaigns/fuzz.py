"""Nonsense for the front end: bytes, words in any order, real specs of either form with something changed.

Each ends in a program or in diagnostics of netspec's own, soon and in little memory; what can be read is laid out and
put into the other form too.

    python -m tests.campaigns.fuzz --count 200000 --start 0
"""

from __future__ import annotations

import re
import resource
import time
from functools import cache
from pathlib import Path
from random import Random

from netspec.api.syntax import text_of, tree_of
from netspec.catalogue.entry import names
from netspec.catalogue.layers import Layer
from netspec.checker import check_source
from netspec.lang.source_file import decode
from netspec.problems import NetspecError
from netspec.render.as_json import diagnostics_as_json
from netspec.render.diagnostics import render
from netspec.source import Source
from tests.campaigns.campaign import Mismatch, main
from tests.specs import FILES

SECONDS = 2
"""Of the processor: what else the machine does isn't counted."""

MEBIBYTES = 512
"""How much more memory the process may need than before its first case."""

SIGNS = ("{", "}", "(", ")", "[", "]", "->", "=", ":", ",", ".", "..", "#", '"', ";", "\n", "\n", "\n")
OPERATORS = ("+", "-", "*", "/", "//", "%", "**", "==", "!=", "<", "<=", ">", ">=", "and", "or", "not")
STATEMENTS = ("netspec", "param", "assert", "block", "for", "in", "if", "else", "from", "import", "extends")
LITERALS = ("1", "2", "0", "64", "1e-3", "60_000", "10%", "3 epochs", "1..3", '"a"', '"x{i}"', '"*:bias"', "[1,2]")
NUMBERS = ("2**10000", "-1", "_", "true", "false", "none", "é")
NAMES = ("x", "a", "b", "i", "n", "fc1", "f", "input", "output", "input.channels", "a.b", "source", "optimizer", "lr")
SECTIONS = ("model", "data", "train", "evaluate", "search", "adam", "mnist_sample", "synthetic(features=4)")
MAKING = ("repeat", "residual", "reuse")
OPERATIONS = tuple(sorted(names(Layer)))
WORDS = (OPERATORS, STATEMENTS, LITERALS, NUMBERS, NAMES, SECTIONS, MAKING, OPERATIONS, OPERATIONS)


def word(chance: Random) -> str:
    return chance.choice(chance.choice((SIGNS, SIGNS, *WORDS)))


def soup(chance: Random) -> str:
    return " ".join(word(chance) for _ in range(chance.randint(0, 60)))


def network(chance: Random) -> str:
    """Words in a network, so that more than the grammar is reached."""
    lines = "\n".join(" ".join(word(chance) for _ in range(chance.randint(1, 5))) for _ in range(chance.randint(1, 6)))
    block = f"block f(n, g=relu) {{ {chance.choice(OPERATIONS)} }}"
    return f"data {{ source = synthetic(features=4) }}\n{block}\nmodel {{\n{lines}\n}}\n"


@cache
def specs() -> tuple[tuple[Path, str], ...]:
    """The specs that come with netspec, in both forms."""
    texts = [(path, path.read_text(encoding="utf-8")) for path in FILES]
    as_json = [
        (path.with_suffix(".net.json"), text_of(tree_of(decode(text.encode(), path.name)), as_json=True))
        for path, text in texts
    ]
    return (*texts, *as_json)


def changed(chance: Random, text: str) -> str:
    """A text with a few words cut out, doubled, moved, or replaced by others."""
    words = re.findall(r"\s+|\w+|[^\w\s]", text)
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(words) + 1)
        end = min(len(words), start + chance.choice((0, 1, 1, 2, 5, 20)))
        away = words[start:end]
        instead = chance.choice(([], away * 2, [word(chance)], [chance.choice(words or [""])], away[::-1]))
        words[start:end] = instead
    return "".join(words)


def case(number: int) -> tuple[str, Path, bytes]:
    """The input of that number: its kind, and the file that it stands in."""
    chance = Random(f"fuzz {number}")
    here = Path("spec.net")
    match number % 8:
        case 0:
            return "bytes", here, chance.randbytes(chance.randint(0, 300))
        case 1:
            text = "".join(chr(chance.choice((chance.randint(0, 127), chance.randint(0, 0xD7FF)))) for _ in range(100))
            return "text", here, text.encode()
        case 2 | 3:
            return "words", here, soup(chance).encode()
        case 4 | 5:
            return "words in a network", here, network(chance).encode()
        case _:
            path, text = chance.choice(specs())
            if len(text) > 1500 and chance.random() < 0.7:
                path, text = specs()[0]
            kind = "changed JSON" if path.suffix == ".json" else "changed .net"
            data = changed(chance, text).encode()
            if chance.random() < 0.1:
                at = chance.randrange(len(data) + 1)
                data = data[:at] + chance.randbytes(3) + data[at:]
            return kind, path, data


def try_one(number: int) -> str:
    kind, path, data = case(number)
    start = time.process_time()
    try:
        outcome = survive(path, data)
    except Exception as error:
        raise Mismatch(f"{kind}: {type(error).__name__}: {error}", repr(data)) from error
    took = time.process_time() - start
    if took > SECONDS:
        raise Mismatch(f"{kind}: it took {took:.1f} s", repr(data))
    return f"{kind}: {outcome}"


def survive(path: Path, data: bytes) -> str:
    """Check, render, lay out and convert; says what came of it."""
    try:
        source = decode(data, path.name, path)
        checked = check_source(source)
        diagnostics = checked.diagnostics
        layout(source)
    except NetspecError as error:
        diagnostics, checked = error.diagnostics, None
    text = render(diagnostics).plain
    diagnostics_as_json(diagnostics)
    assert "\x1b" not in text
    if checked is not None and checked.program is not None:
        return "good"
    assert path.parent.name == "blocks" or any(diagnostic.is_error for diagnostic in diagnostics), (
        "no program and nothing to say"
    )
    return "diagnosed"


def layout(source: Source) -> None:
    tree = tree_of(source)
    text_of(tree, as_json=False)
    text_of(tree, as_json=True)


def most_memory() -> float:
    """The most that this process has needed, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    before = most_memory()
    try:
        main(try_one, __doc__)
    finally:
        print(f"{most_memory() - before:.0f} MiB more at most")
