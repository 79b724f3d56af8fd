"""Init rules: which tensors of a network get which initial values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Entry
from netspec.catalogue.initializers import Initializer
from netspec.catalogue.sources import DataFolders
from netspec.catalogue.values import Selectors, Text

if TYPE_CHECKING:
    from netspec.formats.weights_file import WeightsFile
    from netspec.zoo import Weights

WHOLE = "*"
"""The whole network, in place of a scope's name."""


class Rule(Entry):
    """Which tensors get which initial values: from an initializer, or from a file of weights."""

    kind: ClassVar[str] = "rule"

    @property
    def selected(self) -> Selectors:
        """The tensors that it is for."""
        raise NotImplementedError

    def initializer(self) -> Initializer | None:
        """What fills the parameters that it is for; None if it loads them."""
        return None

    def loads(self) -> Loads | None:
        """The rule itself, if it loads tensors from a file; those may be buffers too."""
        return None


class Loads(Rule):
    """A rule that loads all tensors of a scope or a layer from a file, by their names below it.

    Nothing is skipped: a tensor that is only in the network or only in the file is an error, unless `except` names it.
    """

    positional: ClassVar[tuple[str, ...]] = ("on",)

    on: Annotated[Text, Field(description='scope or layer to load, such as `"body"`; `"*"` is the whole network')]
    # a word of Python's, so it can't be written as the other fields are
    __annotations__["except"] = Annotated[
        tuple[Text, ...],
        Field(
            description="tensors below `on` that keep their initial values, and tensors of the file that aren't "
            "loaded; selectors without the name of the scope"
        ),
    ]
    locals()["except"] = ()

    @property
    def excepted(self) -> tuple[str, ...]:
        """The selectors of tensors that aren't loaded."""
        return getattr(self, "except")

    @property
    def prefix(self) -> str:
        """The start of the names of the tensors that it is for."""
        return "" if self.on == WHOLE else f"{self.on}."

    @property
    def selected(self) -> Selectors:
        return self.on

    def loads(self) -> Loads | None:
        return self

    def locate(self, folders: DataFolders, bodies: Mapping[str, str]) -> WeightsFile:
        """The file, with its header. `bodies` are the names of known networks by their scopes. Raises DataError."""
        raise NotImplementedError

    def trained_with(self, bodies: Mapping[str, str]) -> Weights | None:
        """The images that the weights were trained with, if that is known."""
        return None

    def local_name(self, name: str) -> str | None:
        """What the network calls a tensor of the file, below `on`; None if it is outside of what is loaded."""
        return name

    def fits(self, sizes: tuple[int, ...], shape: tuple[int, ...]) -> bool:
        """Whether a tensor of the file has the shape of one of the network."""
        return sizes == shape


def below(scope: str | None, name: str) -> str | None:
    """A name without the scope in front of it; None if it isn't below the scope."""
    if scope is None:
        return name
    return name.removeprefix(f"{scope}.") if name.startswith(f"{scope}.") else None
