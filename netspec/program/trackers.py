"""Trackers: the programs that a run can be logged to besides its folder."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, get_args

from netspec.problems.base import NetspecError
from netspec.problems.running import ExtraMissing

Tracker = Literal["tensorboard", "mlflow"]
"""Each is called as its package, and as the extra of netspec that brings it."""
TRACKERS: tuple[Tracker, ...] = get_args(Tracker)
NEEDED: dict[Tracker, tuple[str, ...]] = {
    "tensorboard": ("tensorboard",),
    "mlflow": ("mlflow", "sqlalchemy", "alembic"),
}
"""The packages that each takes; MLflow comes without those of its database, too."""


def ensure_installed(trackers: Iterable[Tracker]) -> None:
    """Refuse trackers whose packages aren't there; none is imported for it."""
    for name in trackers:
        if any(find_spec(package) is None for package in NEEDED[name]):
            raise NetspecError.of(ExtraMissing(None, name))


def trace_of(tracker: Tracker, folder: Path) -> Path:
    """What is in a run's folder if the run is logged there."""
    return folder / tracker


def trackers_of(folder: Path) -> tuple[Tracker, ...]:
    """The trackers that a run was begun with, and goes on with."""
    return tuple(name for name in TRACKERS if trace_of(name, folder).exists())
