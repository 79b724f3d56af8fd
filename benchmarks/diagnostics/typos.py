"""Misspelt words: a letter left out, doubled, swapped with the next, or the one beside it on the keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from random import Random

from benchmarks.diagnostics.mutants import Mutant, Spec, kind, replaced
from netspec.catalogue.values import UNITS
from netspec.lang import tree
from netspec.source import Span

ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
STATEMENTS = ("netspec", "extends", "from", "import", "param", "block", "assert", "if", "else", "for", "in", "repeat")
KEYWORDS = frozenset((*STATEMENTS, "true", "false", "none", "or", "and", "not"))
WORD = re.compile(r"[A-Za-z_]\w*")


def misspelt(word: str, chance: Random, taken: frozenset[str]) -> str:
    """The word with one slip in it that is no other word."""
    while True:
        place = chance.randrange(len(word))
        slip = chance.choice((_left_out, _doubled, _swapped, _beside))(word, place, chance)
        if slip != word and WORD.fullmatch(slip) and slip not in taken | KEYWORDS | UNITS.keys():
            return slip


def _left_out(word: str, place: int, chance: Random) -> str:
    return word[:place] + word[place + 1 :]


def _doubled(word: str, place: int, chance: Random) -> str:
    return word[: place + 1] + word[place:]


def _swapped(word: str, place: int, chance: Random) -> str:
    return word[:place] + word[place : place + 2][::-1] + word[place + 2 :]


def _beside(word: str, place: int, chance: Random) -> str:
    near = next((row for row in ROWS if word[place].lower() in row), word[place])
    at = near.find(word[place].lower())
    return word[:place] + chance.choice(near[max(0, at - 1) : at + 2]) + word[place + 1 :]


def typos(spec: Spec, spans: Iterable[Span], chance: Random, effects: tuple[Span, ...] = ()) -> Iterator[Mutant]:
    """A slip in each of some places, in one part of what has dots."""
    for span in spans:
        part = chance.choice(list(WORD.finditer(span.text)))
        place = spec.source.span(span.start + part.start(), span.start + part.end())
        yield replaced(spec, place, misspelt(part[0], chance, spec.words), *effects)


def _kind(name: str, spans: Callable[[Spec], Iterable[Span]]) -> None:
    kind(f"typo: {name}", typo=True)(lambda spec, chance: typos(spec, spans(spec), chance))


def _used(role: str) -> Callable[[Spec], list[Span]]:
    return lambda spec: [name.span for name in spec.uses.get(role, ())]


def _keywords(spec: Spec) -> Iterator[Span]:
    for word in KEYWORDS:
        for span in spec.places(word):
            before, after = spec.plain[span.start - 1 : span.start], spec.plain[span.end : span.end + 1]
            if not re.match(r"[\w.]", before) and not re.match(r"[\w.]", after):
                yield span


_kind("operation", _used("operation"))
_kind("entry", _used("entry"))
_kind("param", _used("param"))
_kind("block", _used("block"))
_kind("value", _used("value"))
_kind("choice", _used("choice"))
_kind("metric", _used("metric"))
_kind("monitor", _used("monitor"))
_kind("label in reuse", _used("label"))
_kind("argument", lambda spec: [name.span for name in spec.declared("argument")])
_kind("key", lambda spec: [setting.name.span for _, setting in spec.settings])
_kind(
    "section",
    lambda spec: [
        spec.source.span(line.span.start, line.span.start + len(name)) for name, (line, _) in spec.sections.items()
    ],
)
_kind("unit", lambda spec: [node.unit_span for node in spec.nodes(tree.Quantity) if node.unit != "%"])
_kind("import name", lambda spec: [name.span for item in spec.nodes(tree.Import) for name in item.names])
_kind("keyword", _keywords)


@kind("typo: file name", typo=True)
def file_name(spec: Spec, chance: Random) -> Iterator[Mutant]:
    files = [item.file.span for what in (tree.Import, tree.Extension) for item in spec.nodes(what)]
    files += [node.span for node in spec.nodes(tree.Text) if node.value.endswith(".csv")]
    return typos(spec, files, chance)


@kind("typo: declared name", typo=True)
def declared_name(spec: Spec, chance: Random) -> Iterator[Mutant]:
    """The name itself is misspelt, so that every use of it is left hanging."""
    for name in [*spec.declared("param"), *spec.declared("block")]:
        uses = [use.span for role in ("param", "block") for use in spec.uses.get(role, ()) if use.id == name.id]
        if uses and spec.given[name.span] and len([n for n in spec.declared("param", "block") if n.id == name.id]) == 1:
            yield from typos(spec, [name.span], chance, tuple(uses))
