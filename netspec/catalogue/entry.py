"""The entry: a pydantic model whose fields are its arguments and whose docstring is its documentation."""

from __future__ import annotations

import inspect
import json
import pkgutil
import re
from functools import cache
from importlib import import_module, util
from types import ModuleType
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler
from pydantic_core import CoreSchema

from netspec.diagnostics import plain
from netspec.immutable import immutable
from netspec.wording import plural

Sizes = tuple[int, ...]

KIND_MARK = "netspec-kind"
RANK = re.compile(r"[123]d$")


@immutable
class Example:
    """How an entry is written, and for what it does to a shape, `into` and `out`; a tuple of sizes for each of several
    values. `indices` says that whole numbers come in, of several values for each whether they do."""

    text: str
    into: Sizes | tuple[Sizes, ...] | None = None
    out: Sizes | tuple[Sizes, ...] | None = None
    indices: bool | tuple[bool, ...] = False

    @property
    def inputs(self) -> tuple[Sizes, ...]:
        """The sizes of every value that comes in."""
        return _several(self.into)

    @property
    def whole(self) -> tuple[bool, ...]:
        """For every value that comes in whether it is whole numbers."""
        return self.indices if isinstance(self.indices, tuple) else (self.indices,) * len(self.inputs)

    @property
    def outputs(self) -> tuple[Sizes, ...]:
        """The sizes of every value that comes out."""
        return _several(self.out)


def _several(sizes: Any) -> tuple[Sizes, ...]:
    if not sizes:
        return ()
    return sizes if isinstance(sizes[0], tuple) else (sizes,)


class Entry(BaseModel):
    """Something a spec may name. Subclassed twice: once by its kind, once by the concept itself.

    A concept's name is the name of its file, so finding one imports that file alone, and nothing is registered.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    kind: ClassVar[str] = ""
    """What it is, in words: `layer`, `optimizer`."""
    taken_by: ClassVar[str | None] = None
    """Of a kind: the kind whose entries alone may take it. Where none does, a spec can't name it."""
    positional: ClassVar[tuple[str, ...]] = ()
    """The fields that are written without their names, in this order: those that the name of the entry says."""
    examples: ClassVar[tuple[Example, ...]] = ()
    torch_names: ClassVar[tuple[str, ...]] = ()
    """The public names of what it stands for in torch or torchvision: `torch.nn.Conv2d`."""
    aliases: ClassVar[tuple[str, ...]] = ()
    """What other libraries and papers call it."""
    set_elsewhere: ClassVar[dict[str, str]] = {}
    """Of a kind: arguments that other libraries give its entries and a spec sets in another place, and where."""
    unlike_torch: ClassVar[dict[str, str]] = {}
    """Arguments of those that aren't fields here, or have other defaults, and why; what the bases have counts too."""

    def check(self) -> None:
        """Raises MisfitError where arguments that are right by themselves don't go together."""

    @classmethod
    def name(cls) -> str:
        return _last_part(cls.__module__)

    @classmethod
    def documentation(cls) -> str:
        return inspect.cleandoc(cls.__doc__ or "")

    @classmethod
    def summary(cls) -> str:
        """The first sentence of the documentation."""
        return cls.documentation().partition("\n")[0]

    @classmethod
    def differences(cls) -> dict[str, str]:
        """`unlike_torch` of the entry and of its bases."""
        found: dict[str, str] = {}
        for base in reversed(cls.__mro__):
            found |= base.__dict__.get("unlike_torch", {})
        return found

    @classmethod
    def is_kind(cls) -> bool:
        return "kind" in cls.__dict__

    @classmethod
    def kind_key(cls) -> str:
        """The kind where there is no room for a blank: in references of a schema, names of files, an option's value."""
        return cls.kind.replace(" ", "_")

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        # a field that takes any entry of a kind is a reference, to be resolved over the whole catalogue
        return {KIND_MARK: cls.kind} if cls.is_kind() else handler(core_schema)


E = TypeVar("E", bound=Entry)


@cache
def _last_part(module: str) -> str:
    return module.rpartition(".")[2]


@cache
def names(kind: type[Entry]) -> tuple[str, ...]:
    """The names of a kind, sorted; no file of the kind is imported. Files that begin with `_` hold no entry."""
    folder = util.find_spec(kind.__module__)
    assert folder is not None and folder.submodule_search_locations is not None
    modules = pkgutil.iter_modules(folder.submodule_search_locations)
    return tuple(sorted(item.name for item in modules if not (item.ispkg or item.name.startswith("_"))))


@cache
def find(kind: type[E], name: str) -> type[E] | None:
    """The entry of that kind and name. The name is looked up in a list of files and never becomes a path."""
    if name not in names(kind):
        return None
    module = import_module(f"{kind.__module__}.{name}")
    (entry,) = (
        item
        for item in vars(module).values()
        if isinstance(item, type) and issubclass(item, kind) and item.__module__ == module.__name__
    )
    return entry


@cache
def kinds() -> tuple[type[Entry], ...]:
    """Every kind, sorted by their names in the plural. A kind that belongs to another lies in its folder."""
    import netspec.catalogue as package

    folders = (item for item in pkgutil.walk_packages(package.__path__, f"{package.__name__}.") if item.ispkg)
    found = (kind for folder in folders if (kind := _kind_in(import_module(folder.name))) is not None)
    return tuple(sorted(found, key=lambda kind: plural(kind.kind)))


def _kind_in(module: ModuleType) -> type[Entry] | None:
    """The kind that a folder of the catalogue is for."""
    own = (item for item in vars(module).values() if isinstance(item, type) and item.__module__ == module.__name__)
    return next((item for item in own if issubclass(item, Entry) and item.is_kind()), None)


def entries(kind: type[E]) -> tuple[type[E], ...]:
    """All entries of a kind, imported."""
    found = (find(kind, name) for name in names(kind))
    return tuple(entry for entry in found if entry is not None)


@cache
def aliases(kind: type[Entry]) -> dict[str, str]:
    """The names of a kind's entries by what other libraries call them; imports every one of them."""
    return {alias: entry.name() for entry in entries(kind) for alias in entry.aliases}


@cache
def by_torch_name(kind: type[Entry]) -> dict[str, tuple[str, bool]]:
    """The names of a kind's entries by those of torch, without modules, case and underscores, and whether the entry is
    that very thing; imports every one of them. Otherwise it is a case of the entry, such as one mode of several."""
    found: dict[str, tuple[str, bool]] = {}
    for entry in entries(kind):
        last = {plain(_last_part(name)) for name in entry.torch_names}
        ranked = {name: RANK.sub("", name) for name in last}
        one = len(set(ranked.values())) == 1
        for name, bare in ranked.items():
            # beside the bare name, one with a rank is a case of it, as Softmax2d is
            very = (one or bare == plain(entry.name())) and (name == bare or bare not in last)
            if name not in found or (very and not found[name][1]):
                found[name] = entry.name(), very
    return found


# ---- as JSON ----


def to_record(entry: Entry) -> dict[str, Any]:
    """An entry as JSON data: its name under `op`, and all of its fields."""
    return {"op": entry.name(), **entry.model_dump(mode="json")}


def from_record(kind: type[E], record: Any) -> E:
    """The entry that a record is of. Raises ValueError, TypeError or KeyError where it is of none."""
    entry = find(kind, record["op"]) if isinstance(record["op"], str) else None
    if entry is None:
        raise ValueError(f"no {kind.kind}")
    # as JSON, in which a tuple is a list
    found = entry.model_validate_json(json.dumps({name: value for name, value in record.items() if name != "op"}))
    found.check()
    return found


def as_list(value: Any) -> list[Any]:
    """A list. Raises TypeError for anything else."""
    if not isinstance(value, list):
        raise TypeError("no list")
    return value


def as_text(value: Any) -> str:
    """A text that a file can hold. Raises TypeError or ValueError for anything else."""
    if not isinstance(value, str):
        raise TypeError("no text")
    value.encode()  # half of a surrogate pair, which JSON can hold, is no text
    return value


def as_count(value: Any) -> int:
    """A whole number from 0 on. Raises ValueError for anything else."""
    if type(value) is not int or not 0 <= value < 2**63:
        raise ValueError("no count")
    return value
