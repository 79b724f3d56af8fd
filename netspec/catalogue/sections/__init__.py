"""Sections: the blocks of a spec, each with its keys."""

from __future__ import annotations

from functools import cache
from typing import ClassVar

from netspec.catalogue.entry import Entry, aliases, entries

MODEL = "model"
"""The section that holds the network: lines of operations where the others have keys, so that it is no entry."""
MODEL_ORDER = 20
MODEL_ALIASES = ("network", "net", "layers")


class Section(Entry):
    """A block at the top of a spec."""

    kind: ClassVar[str] = "section"
    order: ClassVar[int] = 100
    """Where it stands among the sections of a spec: a smaller number is further up. `model` has 20."""
    required: ClassVar[bool] = False
    """Whether every spec has it. One that isn't written has its defaults, or is absent if it needs a key."""
    trains: ClassVar[bool] = True
    """Whether a training depends on it; one that says what is done with trainings doesn't."""

    @classmethod
    def has_defaults(cls) -> bool:
        """Whether it is whole without a key."""
        return not any(field.is_required() for field in cls.model_fields.values())

    def is_default(self) -> bool:
        """Whether a spec that doesn't have it means the same."""
        return self.has_defaults() and self == type(self)()


@cache
def sections() -> tuple[type[Section], ...]:
    """All sections but `model`, in the order in which specs have them."""
    return tuple(sorted(entries(Section), key=lambda section: (section.order, section.name())))


@cache
def section_names() -> tuple[str, ...]:
    """The names of all sections, in the order in which specs have them."""
    orders = {section.name(): section.order for section in sections()} | {MODEL: MODEL_ORDER}
    return tuple(sorted(orders, key=lambda name: (orders[name], name)))


@cache
def section_aliases() -> dict[str, str]:
    """The names of sections by what other libraries call them."""
    return aliases(Section) | dict.fromkeys(MODEL_ALIASES, MODEL)


def section_with(key: str) -> str | None:
    """The section that has a key of that name, if one alone has."""
    found = [section.name() for section in sections() if key in section.model_fields]
    return found[0] if len(found) == 1 else None


@cache
def required_sections() -> tuple[str, ...]:
    """The names of the sections that every spec has."""
    required = {section.name() for section in sections() if section.required} | {MODEL}
    return tuple(name for name in section_names() if name in required)
