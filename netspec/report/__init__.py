"""Reports of runs and studies: terminal output, metrics log, plots and pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from netspec.program.trackers import Tracker, trace_of
from netspec.runner.events import Event

Listener = Callable[[Event], None]


def reporters(folder: Path, trackers: Iterable[Tracker] = (), *, page: bool = True) -> list[Listener]:
    """Those that write what a run comes to, in the order in which they should hear of an event.

    The folder has to be there. Without its `page` a run has its logs alone. What they need of matplotlib and jinja2 is
    imported when the run is finished.
    """
    from netspec.report.html import Report
    from netspec.report.metrics_log import MetricsLog

    logs = [_logged_to(tracker, folder) for tracker in dict.fromkeys(trackers)]
    before, behind = [log for log, _ in logs], [keep for _, keep in logs if keep is not None]
    # the report marks the run as finished: only what takes it along comes behind it
    pages = [Report(folder)] if page else []
    return [MetricsLog(folder), *before, *pages, *behind]


def _logged_to(tracker: Tracker, folder: Path) -> tuple[Listener, Listener | None]:
    """What logs to a tracker, and what logs the files of the run there once all are written."""
    match tracker:
        case "tensorboard":
            from netspec.report.to_tensorboard import TensorBoard

            return TensorBoard(trace_of(tracker, folder)), None
        case "mlflow":
            from netspec.report.to_mlflow import MLflow

            log = MLflow(trace_of(tracker, folder))
            return log, log.keep_artifacts
