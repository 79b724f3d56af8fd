"""MLflow: settings, what is measured in each epoch, and files of a run, in a database and a folder on this machine."""

from __future__ import annotations

import json
import logging
import os
import warnings
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from time import time
from typing import Any
from urllib.parse import urlsplit

from netspec.catalogue.entry import as_text
from netspec.files import file_problems, write_atomically
from netspec.formats.confined import read_json
from netspec.problems.base import NetspecError
from netspec.problems.running import FolderNotWritable
from netspec.program.program import Program
from netspec.runner.events import EpochEnded, Event, Finished, Halted, RolledBack, Started
from netspec.runner.store.checkpoint import MODEL
from netspec.runner.store.checkpoints import last_checkpoint
from netspec.saved.moment import Moment

STORE = "mlflow.db"
"""The database, in the current folder: the name that MLflow itself takes, so that `mlflow ui` finds it."""
ARTIFACTS = "mlruns"
"""The folder beside the database that gets the files of runs, as MLflow calls it itself."""
RUN = "run.json"
FILES = ("spec.net", "spec.net.json", "spec.json", "plan.json", "run.json", "metrics.csv", "report.html")
"""The files of a run that are logged if they are there; its final weights are in `weights`."""
PARAMS, LONGEST = 100, 6000
"""How many settings MLflow takes at once, and how many characters of one."""


class MLflow:
    """Writes a run of MLflow's in the experiment of the spec's name: all settings, the values of each epoch, and those
    of the test split behind the last one.

    The run's folder remembers which one it is. A run that is resumed or goes back begins a new one with the epochs that
    it has behind it, and the one before goes to MLflow's bin, so that no epoch is there twice. It is written to a file
    whatever MLflow is set to elsewhere; nothing leaves the machine. `keep_artifacts` hears of the end when the report
    is written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = Path(STORE).resolve()
        self.client: Any = None
        self.program: Program | None = None
        self.run = ""

    def __call__(self, event: Event) -> None:
        with file_problems(self.folder), _store_problems(self.store):
            match event:
                case Started():
                    self.program = event.program
                    self._begin(event.history)
                case RolledBack():
                    self._begin(event.history)
                case EpochEnded():
                    self._write([event.row()])
                case Halted():
                    self._end("KILLED")
                case Finished(result):
                    test = {f"test.{name}": value for name, value in result.test.values.items()} if result.test else {}
                    self._write([{"epoch": len(result.history), **test}])
                    self._end("FINISHED")
                case _:
                    pass

    def keep_artifacts(self, event: Event) -> None:
        """Log the files of a finished run and its final weights, as `mlflow.log_artifact` does."""
        if not isinstance(event, Finished):
            return
        folder = self.folder.parent
        with file_problems(self.folder), _store_problems(self.store):
            if not _is_local(self.client.get_run(self.run).info.artifact_uri):
                return
            for name in FILES:
                self._log_file(folder / name)
            restored = event.result.restored
            checkpoints = folder / "checkpoints"
            kept = checkpoints / Moment(restored).name if restored else last_checkpoint(checkpoints)
            if kept is not None:
                self._log_file(kept / f"{MODEL}.safetensors", "weights")

    def _log_file(self, path: Path, folder: str | None = None) -> None:
        # a link may lead anywhere
        if path.is_file() and not path.is_symlink():
            self.client.log_artifact(self.run, str(path), folder)

    def _begin(self, history: Iterable[Mapping[str, float]]) -> None:
        assert self.program is not None, "a run starts before it goes back"
        self._connect()
        experiment = self.client.get_experiment_by_name(self.program.name)
        place = experiment.experiment_id if experiment else self._new_experiment(self.program.name)
        tags = {
            "mlflow.source.name": self.program.source.name,
            "netspec.folder": str(self.folder.parent.resolve()),
            "netspec.hash": self.program.hash,
        }
        self.run = self.client.create_run(place, tags=tags, run_name=self.folder.parent.name).info.run_id
        self._write_settings(self.program)
        self._write(history)
        self.folder.mkdir(exist_ok=True)
        write_atomically(self.folder / RUN, json.dumps({"store": str(self.store), "run": self.run}).encode())

    def _new_experiment(self, name: str) -> str:
        location = (self.store.parent / ARTIFACTS / name).as_uri()
        return self.client.create_experiment(name, artifact_location=location)

    def _connect(self) -> None:
        """Find the database, that of the run where it was begun elsewhere, and take back what is there of the run."""
        earlier = self._earlier_run()
        if self.client is None:
            self.client = _mlflow().MlflowClient(tracking_uri=f"sqlite:///{self.store.as_posix()}")
        if earlier is not None:
            with suppress(_mlflow().MlflowException):  # it was deleted by hand, or with its database
                self.client.delete_run(earlier)

    def _earlier_run(self) -> str | None:
        """The run of MLflow's that the run was logged to before; its database is taken only if it is the one of the
        current folder or of a folder above the run's: a run folder may come from anybody, and name any file."""
        try:
            before = read_json(self.folder / RUN, self.folder.parent)
            store, run = Path(as_text(before["store"])), as_text(before["run"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        known = [self.store, *(folder / STORE for folder in self.folder.resolve().parents)]
        if store not in known or not store.is_file():
            return None
        self.store = store
        return run

    def _write_settings(self, program: Program) -> None:
        params = [_mlflow().entities.Param(_key(path), value[:LONGEST]) for path, value, _ in program.values()]
        for start in range(0, len(params), PARAMS):
            self.client.log_batch(self.run, params=params[start : start + PARAMS], synchronous=True)

    def _write(self, rows: Iterable[Mapping[str, float]]) -> None:
        metric: Any = _mlflow().entities.Metric
        assert self.client is not None, "a run starts before its first epoch ends"
        now = int(1000 * time())
        for row in rows:
            # a slash is what makes a group of charts
            values = {name.replace(".", "/"): value for name, value in row.items() if name != "epoch"}
            metrics = [metric(_key(name), value, now, int(row["epoch"])) for name, value in values.items()]
            self.client.log_batch(self.run, metrics=metrics, synchronous=True)

    def _end(self, status: str) -> None:
        self.client.set_terminated(self.run, status)


def _is_local(address: str) -> bool:
    """Whether files that are logged there stay on this machine."""
    return urlsplit(address).scheme in ("", "file")


def _key(name: str) -> str:
    """A name as MLflow takes it: it has no brackets."""
    return name.replace("[", ".").replace("]", "")


def _mlflow() -> Any:
    """MLflow, imported so that it tells nobody of it: it would send its makers word of how it is used."""
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = os.environ["DO_NOT_TRACK"] = "true"
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what goes wrong is raised, too
    import mlflow

    return mlflow


@contextmanager
def _store_problems(store: Path) -> Generator[None]:
    """Turns what MLflow and its database say into a problem, and lets none of their warnings through."""
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in ("mlflow", "sqlalchemy", "alembic"):
            raise
        cause: BaseException = error
        while cause.__cause__ is not None:
            cause = cause.__cause__
        reason = str(cause).strip().partition("\n")[0]
        raise NetspecError.of(FolderNotWritable(None, str(store), reason)) from error
