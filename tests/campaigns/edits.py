"""Random edits of shipped specs, as in an editor: characters and words that are typed, deleted and replaced anywhere.

After each edit the spec is analysed and looked up at random places: nothing raises, and every token is something. The
analysis, which may use what those before it have left, says the same as one from the beginning.

    python -m tests.campaigns.edits --count 20000 --start 0
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from random import Random

from netspec.api.syntax import text_of, tree_of
from netspec.checker import Analysis, Files
from netspec.checker.network import layer_cache
from netspec.checker.tokens import Token
from netspec.lang.source_file import decode
from netspec.lang.text import statement_cache
from netspec.source import Source
from tests.campaigns.campaign import Mismatch, main
from tests.campaigns.fuzz import word
from tests.specs import FILES, ROOT

PLACES = 40
"""How many places are looked up after an edit."""

CHARACTERS = " \n\t(){}[]=:,.->#\"'\\%_01ax$é\u2028\x00"
PIECE = re.compile(r"\s+|\w+|[^\w\s]")


@cache
def texts() -> tuple[tuple[Path, str], ...]:
    """The specs that come with netspec, and some of them in JSON."""
    paths = [*FILES, *sorted((ROOT / "netspec" / "templates").glob("*.net"))]
    found = [(path, path.read_text(encoding="utf-8")) for path in paths]
    as_json = [
        (path.with_suffix(".net.json"), text_of(tree_of(decode(text.encode(), path.name)), as_json=True))
        for path, text in found[::4]
    ]
    return (*found, *as_json)


def edited(chance: Random, text: str) -> str:
    """A text with one edit."""
    if chance.random() < 0.5:
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice((0, 0, 0, 1, 1, 2, 8, 60)))
        new = "".join(chance.choice(CHARACTERS) for _ in range(chance.choice((0, 1, 1, 1, 2, 5))))
        return text[:start] + new + text[end:]
    words = PIECE.findall(text)
    start = chance.randrange(len(words) + 1)
    end = min(len(words), start + chance.choice((0, 1, 1, 1, 3, 20)))
    new = chance.choice(([], [word(chance)], [word(chance), " "], words[start:end] * 2, [chance.choice(words or [""])]))
    return "".join((*words[:start], *new, *words[end:]))


def try_one(number: int) -> str:
    chance = Random(f"edits {number}")
    path, text = chance.choice(texts())
    files = Files()
    analysis = Analysis(Source(str(path), text, path), files=files)
    facts(analysis)
    for _ in range(chance.choice((1, 1, 2, 4))):
        text = edited(chance, text)
        analysis = Analysis(Source(str(path), text, path), files=files)
        look_up(analysis, chance)
    compare(analysis, from_the_beginning(path, text))
    if analysis.program is not None:
        return "good"
    return "shapes are known" if analysis.network is not None and any(analysis.network.shapes.values()) else "diagnosed"


def from_the_beginning(path: Path, text: str) -> Analysis:
    """An analysis that finds nothing of earlier ones."""
    calls, layer_cache.CACHE.calls = layer_cache.CACHE.calls, {}
    statements, statement_cache.CACHE.statements = statement_cache.CACHE.statements, {}
    try:
        analysis = Analysis(Source(str(path), text, path))
        _ = analysis.diagnostics
    finally:
        layer_cache.CACHE.calls = calls
        statement_cache.CACHE.statements = statements
    return analysis


def compare(analysis: Analysis, fresh: Analysis) -> None:
    for (name, fact), (_, other) in zip(facts(analysis), facts(fresh), strict=True):
        if fact != other:
            raise Mismatch(f"{name} differ: {fact}\n{other}", analysis.source.text)


def facts(analysis: Analysis) -> list[tuple[str, str]]:
    """All that an analysis says, as texts, which don't depend on which source a span is of."""
    index, program, network = analysis.index, analysis.program, analysis.network
    kept = [index.declared, index.targets, index.entries, index.fields, index.values, index.assigned, index.shapes]
    return [
        ("trees", repr((analysis.tree.body, analysis.tree.comments))),
        ("diagnostics", str(analysis.diagnostics)),
        *(("facts", str(sorted((str(span), span.end, str(value)) for span, value in facts.items()))) for facts in kept),
        ("shapes", str(network.shapes if network is not None else None)),
        ("programs", str((program.hash, program.graph, program.origins)) if program is not None else ""),
    ]


def look_up(analysis: Analysis, chance: Random) -> None:
    """Ask for all that an analysis has, and look up places of it."""
    text = analysis.source.text
    _ = analysis.diagnostics, analysis.declared, analysis.network, analysis.program, analysis.index
    for _ in range(PLACES):
        offset = chance.randint(-1, len(text) + 1)
        token, found = token_in(analysis, offset), analysis.at(offset)
        if (token and token.span) != (found and found.span):
            raise Mismatch(f"at {offset} there is {token}, and what is found is {found}", text)
        if analysis.at(offset) != found:
            raise Mismatch(f"at {offset} another thing is found the second time", text)


def token_in(analysis: Analysis, offset: int) -> Token | None:
    """The last token that holds an offset or ends there, of all tokens of the spec."""
    return next((item for item in reversed(analysis.tokens) if item.span.start <= offset <= item.span.end), None)


if __name__ == "__main__":
    main(try_one, __doc__)
