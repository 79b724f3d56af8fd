"""Reports: what a run's events become for people and programs — terminal, metrics log, plots and a page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from netspec.runner.events import Event


def reporters(folder: Path) -> list[Callable[[Event], None]]:
    """Those that write into a run's folder, in the order in which they should hear of an event.

    The folder has to be there. What they need of matplotlib and jinja2 is imported when the run is finished.
    """
    from netspec.report.html import Report
    from netspec.report.metrics_log import MetricsLog

    return [MetricsLog(folder / "metrics.jsonl"), Report(folder)]
