"""Initial weights from a saved run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.init_rules import WHOLE, Loads, below
from netspec.catalogue.sources import DataFolders
from netspec.catalogue.values import Text
from netspec.formats.run_weights import run_folder, run_weights
from netspec.formats.weights_file import WeightsFile


class FromRun(Loads):
    """Load the tensors of a scope or a layer from the weights of another run, by their names.

    `from_run("body", "runs/a/latest")` loads the tensors of that run's `body`, and `from_run("*", …)` all of them. The
    folder is looked for beside the spec, then below the current folder. Names, shapes and types are checked before a
    run, as for `from_file`.
    """

    positional: ClassVar = ("on", "run")
    examples: ClassVar = (
        Example('from_run("body", "runs/digits/latest")'),
        Example('from_run("body", "runs/digits/latest", scope="encoder", except=["norm"])'),
        Example('from_run("*", "runs/digits/latest", weights=best)'),
    )

    run: Annotated[Text, Field(description="folder of the run")]
    scope: Annotated[
        Text | None, Field(description="scope or layer of that run's network; by default the same as `on`")
    ] = None
    weights: Annotated[
        Literal["best", "last"] | None,
        Field(description="checkpoint to load; by default the weights that the run ended with"),
    ] = None

    def locate(self, folders: DataFolders, bodies: Mapping[str, str]) -> WeightsFile:
        return run_weights(self.run, run_folder(self.run, folders.spec), folders.spec, self.weights)

    def local_name(self, name: str) -> str | None:
        return below(None if self.scope in (None, WHOLE) and self.on == WHOLE else self.scope or self.on, name)
