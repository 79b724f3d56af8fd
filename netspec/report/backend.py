"""matplotlib, imported such that `MPLBACKEND` doesn't matter: figures that are saved need no window."""

from __future__ import annotations

import os
from contextlib import suppress


def _load() -> None:
    named = os.environ.pop("MPLBACKEND", None)
    try:
        import matplotlib as mpl
    finally:
        if named is not None:
            os.environ["MPLBACKEND"] = named
    if named is not None:
        with suppress(ValueError):  # a backend that there is not, which would end a run after its training
            mpl.rcParams["backend"] = named


_load()
