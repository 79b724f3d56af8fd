"""Workers: processes of this machine that run the trials of one study, with the processors divided between them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

from netspec.experiments.news import News, StudyResult, TrialEnded, noted
from netspec.experiments.study_folder import StudyFolder
from netspec.interruption import StopRequest, Terminated
from netspec.memory import processors
from netspec.problems.base import NetspecError
from netspec.problems.studies import WorkersEnded
from netspec.searcher.worker import POLL

THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")
"""The variables that say how many threads a process computes with."""
ATTACHED = "--attached"
"""The option of a worker that ends as soon as the process that started it does."""
SECONDS_TO_READ = 5
"""How long the last lines of a worker that has ended are waited for: a process that it left may have its pipe."""


@dataclass
class _Worker:
    """A process, and the lines that it has written to standard error and that nobody has asked for."""

    process: subprocess.Popen[str]
    said: SimpleQueue[str] = field(default_factory=SimpleQueue[str])

    def __post_init__(self) -> None:
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()

    @classmethod
    def start(cls, folder: Path, device: str | None, threads: int) -> _Worker:
        command = [sys.executable, "-m", "netspec", "search", "--worker", str(folder), ATTACHED]
        process = subprocess.Popen(
            [*command, *(("--device", device) if device else ())],
            env=with_threads(os.environ, threads),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,  # Ctrl-C is for the process that started it, which says it to all
        )
        return cls(process)

    def lines(self) -> Iterator[str]:
        """What it has written since the last time."""
        while not self.said.empty():
            yield self.said.get()

    def end(self) -> None:
        """Kill it if it still runs, and wait until all is read that it has written."""
        assert self.process.stdin is not None and self.process.stderr is not None
        self.process.kill()
        self.process.wait()
        self._listener.join(SECONDS_TO_READ)
        self.process.stdin.close()

    def _listen(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr:
            for line in self.process.stderr:
                self.said.put(line.rstrip("\n"))


@dataclass
class WorkersRun:
    """A study that other processes run the trials of; this one tells of them. `warn` is called with each line that they
    write to standard error, once if several write the same."""

    folder: StudyFolder
    count: int
    device: str | None = None
    on_trial: Callable[[TrialEnded], None] | None = None
    warn: Callable[[str], None] | None = None
    request: StopRequest = field(default_factory=StopRequest)

    def __post_init__(self) -> None:
        self._said = set[str]()

    def run(self) -> StudyResult:
        """Run workers until the study has all of its trials. A worker that dies loses nothing: the others go on with
        its trial. Raises NetspecError if none is left before that, and KeyboardInterrupt once the request has it."""
        news = News(self.folder.study, self.on_trial)
        threads = max(1, processors() // self.count)
        with noted(self.folder.path):
            workers = [_Worker.start(self.folder.path, self.device, threads) for _ in range(self.count)]
            try:
                while any(worker.process.poll() is None for worker in workers):
                    time.sleep(POLL)
                    self._pass_on(workers)
                    news.tell()
                    if self.request.error is not None:
                        raise self.request.error
            finally:
                self._end(workers)
            news.tell()
            self._ensure_complete(workers)
            # torch is loaded where there is something to confirm
            from netspec.experiments.study import StudyRun

            return StudyRun(self.folder, self.device, request=self.request).conclude()

    def _end(self, workers: list[_Worker]) -> None:
        """Let the steps under way end, and pass on the last that the workers say."""
        for worker in workers:
            if worker.process.poll() is None:
                worker.process.terminate()
        try:
            for worker in workers:
                worker.process.wait()
        finally:  # a second Ctrl-C doesn't wait
            for worker in workers:
                worker.end()
        if self.request.error is None:  # else they say that they end
            self._pass_on(workers)

    def _pass_on(self, workers: list[_Worker]) -> None:
        for line in (line for worker in workers for line in worker.lines()):
            if self.warn is not None and line not in self._said:
                self.warn(line)
            self._said.add(line)

    def _ensure_complete(self, workers: list[_Worker]) -> None:
        history = self.folder.study.refresh()
        if history.open() or len(history.trials) < history.total:
            codes = sorted({worker.process.returncode for worker in workers})
            raise NetspecError.of(WorkersEnded(None, str(self.folder.path), tuple(codes)))


def end_with_parent(request: StopRequest) -> None:
    """End the work of this process once the one that started it has ended: then its standard input does, too."""

    def wait() -> None:
        with suppress(OSError, ValueError):
            sys.stdin.buffer.read()
        request.error = request.error or Terminated

    Thread(target=wait, daemon=True).start()


def with_threads(environment: Mapping[str, str], threads: int) -> dict[str, str]:
    """The environment of a process that computes with so many threads; with fewer, if that is what it says."""
    given = {name: str(min(threads, _whole(environment.get(name), threads))) for name in THREADS}
    return {**environment, **given}


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.isdecimal() and int(text) > 0 else otherwise
