"""Vocabulary of other libraries, and the name that a misspelt one most likely stands for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from netspec.catalogue.elsewhere import instead
from netspec.catalogue.entry import Entry, aliases, by_torch_name, entries, find, names
from netspec.catalogue.layers import Layer
from netspec.catalogue.listing import listed_kinds
from netspec.catalogue.sections import MODEL, section_aliases, section_names, sections
from netspec.catalogue.slots import slots
from netspec.diagnostics import Guess, did_you_mean, plain
from netspec.problems.names import FEW, UnknownOperation, UnknownSection
from netspec.source import Span

ARGUMENTS = {
    "learning_rate": "lr",
    "units": "out_features",
    "filters": "out_channels",
    "kernel": "kernel_size",
    "strides": "stride",
    "pool_size": "kernel_size",
    "rate": "p",
    "epsilon": "eps",
    "use_bias": "bias",
    "n_splits": "folds",
    "gpu": "cuda",
}
"""Arguments and their choices, which many entries share; what is called otherwise itself has `aliases`."""

MODULES = re.compile(
    r"(torch|torchvision|nn|F|optim|lr_scheduler|functional|init|transforms|v2|T|tv|tf|keras|layers|losses|optimizers"
    r"|metrics|schedules|callbacks|sklearn|datasets|timm|models)\."
)
"""Modules of other libraries that stand before a name."""


def meant(name: str, known: Iterable[str], others: Mapping[str, str] | None = None) -> Guess | None:
    """The known name that a misspelt one, or another library's one, most likely stands for; `others` are the known
    names by what they are called elsewhere."""
    known = tuple(known)
    others = {plain(other): own for other, own in {**ARGUMENTS, **(others or {})}.items() if own in known}
    if plain(name) in others and plain(name) not in map(plain, known):
        return Guess.of(others[plain(name)], certain=False)
    nearest = did_you_mean(name, known)
    if nearest is None and (other := did_you_mean(name, others)):
        return Guess.of(others[other], certain=False)
    return nearest


def bare(name: str) -> str:
    """A name without the modules of other libraries before it: `Conv2d` of `nn.Conv2d`."""
    while match := MODULES.match(name):
        name = name[match.end() :]
    return name


def unknown_entry(name: str, kind: type[Entry], span: Span, others: Iterable[str] = ()) -> UnknownOperation:
    """The problem of a name that no entry of a kind has; `others` are names that could be meant too."""
    word, known = bare(name), names(kind)
    nearest, hint, elsewhere = exact(word, kind), None, None
    if nearest is None:
        elsewhere = _other_kind(word, kind)
        said = "self" if word.startswith("self.") else word
        hint = _where(elsewhere, kind) if elsewhere is not None else instead(said, kind.kind)
    if nearest is None and hint is None:
        nearest = meant(word, [item for item in (*known, *others) if item != word], aliases(kind))
        hint = None if nearest else _alike(word, known)
    return UnknownOperation(span, name, kind.kind, nearest, known, elsewhere and elsewhere.kind, hint)


def unknown_section(name: str, span: Span) -> UnknownSection:
    """The problem of a name that no section has."""
    known, hint = section_names(), instead(name, "section")
    nearest = meant(name, known, section_aliases()) if hint is None else None
    return UnknownSection(span, name, nearest, known, hint)


def exact(word: str, kind: type[Entry]) -> Guess | None:
    """The entry that a name is, but for its spelling, or that torch or another library calls so."""
    key = plain(word)
    own = {plain(name): name for name in names(kind)}
    if key in own:
        return Guess.of(own[key], certain=True)
    if key in by_torch_name(kind):
        entry, very = by_torch_name(kind)[key]
        return Guess.of(entry, certain=very)
    others = {plain(alias): entry for alias, entry in aliases(kind).items()}
    return Guess.of(others[key], certain=False) if key in others else None


def _other_kind(word: str, kind: type[Entry]) -> type[Entry] | None:
    """The entry of another kind that has that name, here or in torch."""
    for other in listed_kinds():
        if other is not kind and (word in names(other) or plain(word) in by_torch_name(other)):
            entry = word if word in names(other) else by_torch_name(other)[plain(word)][0]
            return find(other, entry)
    return None


def _where(entry: type[Entry], kind: type[Entry]) -> str | None:
    """Where an entry is written, if entries of another kind are what is asked for."""
    takers = [own for own in entries(kind) if own.positional or slots(own)] if len(names(kind)) <= FEW else []
    for taker in takers:
        slot = next((slot for slot in slots(taker).values() if slot.kind and issubclass(entry, slot.kind)), None)
        if slot is not None:
            return f"an argument of `{taker.name()}`: {_example_with(taker, entry)}"
    if issubclass(entry, Layer):
        return f"layers stand in `{MODEL}`: {MODEL} {{ … -> {entry.name()} }}"
    for section in sections():
        for slot in slots(section).values():
            if slot.kind is not None and issubclass(entry, slot.kind):
                value = f"[{entry.name()}]" if slot.form == "list" else entry.name()
                return f"it stands in `{section.name()}`: {section.name()} {{ {slot.name} = {value} }}"
    return None


def _example_with(taker: type[Entry], entry: type[Entry]) -> str:
    text = taker.examples[0].text if taker.examples else f"{taker.name()}({entry.name()})"
    return text if entry.name() in text else f"{taker.name()}({entry.name()})"


def _alike(word: str, known: Iterable[str]) -> str | None:
    """Names that have a word in common with one."""
    parts = {part for part in re.sub(r"([a-z])([A-Z])", r"\1_\2", word).lower().split("_") if len(part) > 2}
    found = [name for name in known if parts & set(name.split("_"))]
    return f"similar: {', '.join(found[:6])}" if found else None
