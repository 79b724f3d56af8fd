"""How long the analysis of a spec takes after an edit, as an editor asks for it: a spec of 500 lines with 480 layers.

    python -m benchmarks.reanalysis [--edits 40]

Each edit changes a number, a name, a comment or a bracket in some line, every second one so that something is wrong;
then the diagnostics, the program and a place of the text are asked for. Figures are medians over the edits, of a clock
on the wall and of the processor.
"""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from statistics import median

from netspec.checker import Analysis
from netspec.checker.network import layer_cache
from netspec.lang.text import statement_cache
from netspec.source import Source

PATH = Path("spec.net")
LAYERS = ("linear(64)", "batch_norm", "relu", "fc{}: linear(64, bias=false)", "dropout(0.1)", "tanh", "linear(width)")


def spec(layers: int = 480) -> str:
    """The text: data, training, a param and a line for each layer."""
    lines = [
        "# a network of many layers",
        "param width = 64",
        "",
        "data {",
        "  source     = synthetic(features=64, classes=10)",
        "  transform  = standardize",
        "  validation = 10%",
        "}",
        "",
        "model {",
        *(f"  {LAYERS[number % len(LAYERS)].format(number)}" for number in range(layers)),
        "  head: linear(10)",
        "}",
        "",
        "train {",
        "  optimizer = adam(lr=1e-3)",
        "  epochs    = 5",
        "  schedule  = cosine",
        "}",
    ]
    return "\n".join(lines) + "\n"


def edits(text: str, count: int) -> Iterator[str]:
    """Texts that differ from the first one in one line each."""
    chance = Random("reanalysis")
    lines = text.splitlines(keepends=True)
    wrong: tuple[Callable[[str], str], ...] = (
        lambda line: line.replace(")", "", 1) if ")" in line else line.replace("\n", " ->\n"),
        lambda line: line.replace("l", "ll", 1),
    )
    right: tuple[Callable[[str], str], ...] = (
        lambda line: line.replace("\n", "  # seen\n"),
        lambda line: f"{line}  relu6\n",
    )
    for number in range(count):
        index = chance.randrange(10, 490)
        changed = chance.choice(wrong if number % 2 else right)(lines[index])
        yield "".join((*lines[:index], changed, *lines[index + 1 :]))


def measure(analyse: Callable[[Source], Analysis], texts: list[str]) -> tuple[float, float]:
    """The median milliseconds of an analysis, on the wall and of the processor."""
    wall: list[float] = []
    processor: list[float] = []
    for text in texts:
        gc.collect()
        started, used = time.perf_counter(), time.process_time()
        analysis = analyse(Source(str(PATH), text, PATH))
        _ = analysis.diagnostics, analysis.program, analysis.at(len(text) // 2)
        wall.append(time.perf_counter() - started)
        processor.append(time.process_time() - used)
    return 1000 * median(wall), 1000 * median(processor)


def fresh(source: Source) -> Analysis:
    """An analysis that remembers nothing of those before it."""
    layer_cache.CACHE.calls.clear()
    statement_cache.CACHE.statements.clear()
    return Analysis(source)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edits", type=int, default=40, help="how many edits are tried")
    count = parser.parse_args().edits
    text = spec()
    print(f"{len(text.splitlines())} lines")
    measure(Analysis, [text] * 3)
    texts = list(edits(text, count))
    for what, analyse in (("after an edit", Analysis), ("from the beginning", fresh)):
        wall, processor = measure(analyse, texts)
        print(f"{what:<20}{wall:>7.1f} ms{processor:>9.1f} ms of the processor")


if __name__ == "__main__":
    main()
