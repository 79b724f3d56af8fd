"""Reports: output made from the events of a run: terminal, metrics log, plots and a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from netspec.program.trackers import Tracker, trace_of
from netspec.runner.events import Event


def reporters(folder: Path, trackers: Iterable[Tracker] = ()) -> list[Callable[[Event], None]]:
    """Those that write what a run comes to, in the order in which they should hear of an event.

    The folder has to be there. What they need of matplotlib and jinja2 is imported when the run is finished.
    """
    from netspec.report.html import Report
    from netspec.report.metrics_log import MetricsLog

    logs = [_logged_to(tracker, folder) for tracker in dict.fromkeys(trackers)]
    return [MetricsLog(folder), *logs, Report(folder)]  # the report last, as it marks the run as finished


def _logged_to(tracker: Tracker, folder: Path) -> Callable[[Event], None]:
    match tracker:
        case "tensorboard":
            from netspec.report.to_tensorboard import TensorBoard

            return TensorBoard(trace_of(tracker, folder))
        case "mlflow":
            from netspec.report.to_mlflow import MLflow

            return MLflow(trace_of(tracker, folder))
