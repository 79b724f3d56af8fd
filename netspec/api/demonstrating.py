"""Pages to try runs from Python."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from netspec.api.saved_runs import Weights

if TYPE_CHECKING:
    from netspec.demo.demonstration import Demonstration


def demo(folder: str | Path, weights: Weights | None = None, *, port: int = 0) -> Demonstration:
    """The page of a run to try its network on, at `port` of this machine, by default any free one.

    As a context it answers until its end: `with demo("runs/digits/latest") as page: print(page.url)`. Raises
    NetspecError if the folder isn't that of a run, there is no page for its data, or the port can't be used.
    """
    from netspec.demo.demonstration import Demonstration

    return Demonstration.of(Path(folder), weights, port=port)
