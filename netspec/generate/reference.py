"""The reference in docs/reference: a page for each kind of the catalogue, and an index of all that a spec may name."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping

from netspec.catalogue.entry import Entry, entries
from netspec.catalogue.listing import listed_kinds
from netspec.catalogue.slots import Slot, slots
from netspec.generate.markdown import code, fenced, link, table
from netspec.render.ops import default_text, example_text, signature, sizes_text, unlike_torch
from netspec.wording import plural

INDEX = "README.md"
INTRODUCTION = """\
# Reference

All that a spec may name, made from the catalogue by `python -m netspec.generate`. The [sections](sections.md) say what
may stand where. The terminal has these pages too: `netspec ops` lists all names, `netspec ops conv` shows what is said
here of `conv`, and `--format json` gives it to programs.

Shapes are those of one sample, without the batch.
"""


def reference() -> dict[str, str]:
    """The pages by the names of their files."""
    return {INDEX: _index(), **{page_of(kind): _page(kind) for kind in listed_kinds()}}


def page_of(kind: type[Entry]) -> str:
    """The file of the page that has a kind, or an entry of that kind."""
    return f"{plural(kind.kind_key())}.md"


def link_to(entry: type[Entry], folder: str = "") -> str:
    """An entry's name, which leads to what the reference says of it; `folder` leads to the reference."""
    return link(code(entry.name()), f"{folder}{page_of(entry)}#{entry.name()}")


def about(kind: type[Entry]) -> str:
    """What a kind is, as its folder says: `what a network is made of`."""
    documentation = inspect.getdoc(inspect.getmodule(kind)) or ""
    return documentation.partition(": ")[2].rstrip(".")


# ---- the index ----


def _index() -> str:
    rows = [(link(plural(kind.kind), page_of(kind)), about(kind), _places(kind)) for kind in listed_kinds()]
    parts = [INTRODUCTION, table(("kind", "what it is", "where it stands"), rows)]
    parts += [
        f"## {plural(kind.kind).capitalize()}\n\n{' · '.join(map(link_to, entries(kind)))}\n" for kind in listed_kinds()
    ]
    return "\n".join(parts)


def _places(kind: type[Entry]) -> str:
    """The arguments that take entries of a kind: `train.optimizer`."""
    return ", ".join(
        code(f"{entry.name()}.{slot.name}")
        for other in listed_kinds()
        for entry in entries(other)
        for slot in slots(entry).values()
        if slot.kind is not None and issubclass(slot.kind, kind)
    )


# ---- a kind's page ----


def _page(kind: type[Entry]) -> str:
    heading = f"# {plural(kind.kind).capitalize()}\n\n{about(kind).capitalize()}.\n"
    contents = table(("name", "what it is"), [(link_to(entry), entry.summary()) for entry in entries(kind)])
    shared = f"Unlike torch in all of them:\n\n{_differences(kind.differences())}" if kind.differences() else ""
    return "\n".join([heading, *([shared] if shared else []), contents, *map(_entry, entries(kind))])


def _entry(entry: type[Entry]) -> str:
    parts = [f"## {entry.name()}\n", fenced([signature(entry)]), f"{entry.documentation()}\n"]
    if entry.torch_names:
        parts.append(f"In torch: {', '.join(map(code, entry.torch_names))}.\n")
    if slots(entry):
        parts.append(_arguments(slots(entry).values()))
    if unlike_torch(entry):
        parts.append(f"Unlike torch:\n\n{_differences(unlike_torch(entry))}")
    return "\n".join([*parts, _examples(entry)])


def _differences(differences: Mapping[str, str]) -> str:
    return "".join(f"- {code(name)}: {why}\n" for name, why in differences.items())


def _arguments(arguments: Iterable[Slot]) -> str:
    rows = [(code(slot.name), slot.words, code(default_text(slot) or ""), slot.description) for slot in arguments]
    return table(("argument", "takes", "default", "what it is"), rows)


def _examples(entry: type[Entry]) -> str:
    """What is written, and for what changes shapes, the shapes that it takes and gives."""
    written = [example_text(entry, example) for example in entry.examples]
    if not any(example.outputs for example in entry.examples):
        return fenced(written)
    shapes = [(sizes_text(example.inputs), sizes_text(example.outputs)) for example in entry.examples]
    return table(
        ("example", "takes", "gives"), [(code(text), *sides) for text, sides in zip(written, shapes, strict=True)]
    )
