"""Small files that would fill the memory or never end if nobody counted: each ends in a diagnostic, soon."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from netspec.checker import check_file

DATA = "data { source = mnist_sample() }\n"
SECONDS = 2
"""Of the processor: what else the machine does isn't counted."""


def model(body: str, before: str = "") -> str:
    return f"{DATA}{before}\nmodel {{\n  flatten\n{body}\n  linear(10)\n}}\n"


def nested(depth: int) -> str:
    return f"repeat 10 {{ {nested(depth - 1)} }}" if depth else "relu"


HOSTILE = {
    "a loop of a billion turns": model("  repeat 1_000_000_000 { relu }"),
    "a loop of a billion turns of nothing": model("  repeat 1_000_000_000 { }"),
    "loops within loops": model(f"  {nested(40)}"),
    "a range of a billion": model("  for i in 1..1_000_000_000 { relu }"),
    "a range as a value": model("  for i in [1..9_999_999] { relu }"),
    "a block that calls itself": model("  again(1)", "block again(n) { again(n + 1) }"),
    "a block that calls itself twice": model(
        "  twice(60)", "block twice(n) { if n > 0 { twice(n - 1) -> twice(n - 1) } else { relu } }"
    ),
    "blocks that call one another": model("  one", "block one { two }\nblock two { one }"),
    "a block that is given itself": model("  self(self)", "block self(f) { f(f) }"),
    "values that double": model("  x = relu\n" + "".join("  x = concat(x, x)\n" for _ in range(60)) + "  x"),
    "a number of a million digits": model("  linear(10 ** 10 ** 10)"),
    "powers of powers": f"param a = {'2 ** ' * 60}2\n" + model("  linear(a)"),
    "a param of itself": "param a = b\nparam b = a\n" + model("  linear(a)"),
    "a long row of else": model("  if 1 == 2 { relu } " + "else if 1 == 2 { relu } " * 3000),
    "braces without end": model("  " + "{ " * 5000),
    "a wide concat": model("  x = relu\n  concat(" + ", ".join(["x"] * 20_000) + ")"),
    "thousands of names": model("".join(f"  x{i} = relu\n" for i in range(8_000))),
    "labels that grow": model('  for i in 1..9000 { "a{i}{i}{i}{i}{i}{i}{i}{i}": relu }'),
    "reuse of reuse": model("  a: { relu }\n" + "".join(f"  b{i}: {{ reuse(a) -> reuse(a) }}\n" for i in range(1000))),
    "a learned tensor of everything": model("  w: parameter([2_000_000_000, 2_000_000_000])\n  input"),
    "a note of a million sizes": model("  relu : [" + "_, " * 20_000 + "1]"),
    "a pipe of many steps": model("  " + " -> ".join(["relu"] * 10_000)),
    "it extends itself": 'extends "spec.net"\n' + model("  relu"),
    "it imports from itself": 'from "spec.net" import x\n' + model("  x"),
    "a domain of everything": "param a = 1 in 1..10 ** 300\n" + model("  linear(a)"),
}


@pytest.fixture
def as_a_command() -> Iterator[None]:
    """Without a collector of garbage, which a command turns off, and whose work grows with what other tests left."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("as_a_command")
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_it_ends_soon_with_something_to_say(text: str, tmp_path: Path) -> None:
    path = tmp_path / "spec.net"
    path.write_text(text)
    start = time.process_time()
    checked = check_file(path)
    assert time.process_time() - start < SECONDS
    assert checked.diagnostics or checked.program is not None
