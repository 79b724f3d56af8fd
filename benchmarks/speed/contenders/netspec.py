"""netspec: a spec is run as the command runs it; the epochs are those that it measures itself."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.speed.contenders.task import take
from netspec import api
from netspec.checker import check_file
from netspec.report import reporters  # noqa: F401  # these two are imported by a run, and imports aren't measured
from netspec.runner.events import EpochEnded, Event, RunResult
from netspec.runner.train import loop  # noqa: F401


def main() -> None:
    task = take()

    def watch(event: Event) -> None:
        if isinstance(event, EpochEnded):
            task.clock.epochs.append(event.values["train.seconds"])
            task.clock.epoch_over()

    os.environ["NETSPEC_DATA"] = str(task.data)
    with TemporaryDirectory(prefix="netspec-speed-") as folder:
        # nothing is kept of an earlier run
        os.environ["NETSPEC_CACHE"] = f"{folder}/cache"
        program = check_file(task.work.spec, task.work.params(task.data, task.epochs, task.seed)).require()
        result = api.run(program, out=Path(folder) / "run", device="cpu", on_event=watch)
    assert isinstance(result, RunResult) and result.test is not None, "the data has a test split"
    task.clock.say(result.test.values["accuracy"])


if __name__ == "__main__":
    main()
