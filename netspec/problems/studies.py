"""What can go wrong when a study goes on: its journal, and the spec that it was begun with."""

from __future__ import annotations

from typing import ClassVar

from netspec.diagnostics import Diagnostic
from netspec.problems.base import Problem
from netspec.wording import counted


class NoStudy(Problem):
    """A folder isn't that of a study.

    The folder of a study is the one that `netspec search` prints first and last. It has a journal, with a line for each
    trial that was begun and for what became of it.
    """

    code: ClassVar = "NS711"
    exit_code: ClassVar = 5

    path: str
    reason: str
    help: str | None = None

    def diagnose(self) -> Diagnostic:
        return self.report(f"`{self.path}` isn't the folder of a study: {self.reason}", help=self.help)


class JournalDamaged(Problem):
    """A line of a study's journal isn't what was written.

    Each line has a checksum over all lines up to it, so that none can change, go or change places unnoticed. A last
    line that was only half written, as a kill or a full disk leaves it, is no damage: it is removed, and the study
    goes on.
    """

    code: ClassVar = "NS712"
    exit_code: ClassVar = 5

    path: str
    line: int
    reason: str

    def diagnose(self) -> Diagnostic:
        return self.report(
            f"the journal `{self.path}` is damaged in line {self.line}: {self.reason}",
            help="bring back the file as it was; the trials themselves are runs of their own and can still be read",
        )


class ObjectiveNotFinite(Problem):
    """An objective of a trial is no finite number.

    A metric may be undefined for what a network predicts, or infinite. Such a trial has failed: it is counted, and the
    search method learns that it failed and not that it was bad.
    """

    code: ClassVar = "NS714"
    exit_code: ClassVar = 4

    objective: str

    def diagnose(self) -> Diagnostic:
        return self.report(f"{self.objective} of the trial is no finite number")


class WorkersEnded(Problem):
    """All workers of a study have ended before its trials.

    Each of `netspec search --workers N` is a process. One that is killed, by the system where the memory is full or by
    a person, loses nothing: the others take over its trial. Where the last one ends, the study does too.
    """

    code: ClassVar = "NS716"
    exit_code: ClassVar = 5

    path: str
    codes: tuple[int, ...]

    def diagnose(self) -> Diagnostic:
        codes = ", ".join(map(str, self.codes))
        return self.report(
            f"all workers of the study in `{self.path}` have ended before its trials, with {codes}",
            help="fewer workers take less memory: --workers 1",
        )


class TrialCrashed(Problem):
    """The process of a trial crashed again and again, each time before the trial had a new checkpoint.

    A library may crash for some settings, or a network needs more memory than there is, so that the system ends the
    process. Such a trial would be taken again without end, so it has failed after three crashes: it is counted, and the
    search method learns that it failed. A process that a person or a scheduler kills doesn't count.
    """

    code: ClassVar = "NS717"
    exit_code: ClassVar = 5

    crashes: tuple[str, ...]

    def diagnose(self) -> Diagnostic:
        reasons = ", ".join(dict.fromkeys(self.crashes))
        return self.report(f"the process of the trial crashed {len(self.crashes)} times: {reasons}")


class NoSearch(Problem):
    """A spec has no search.

    `netspec search` tries many settings of a spec's params, which the section `search` declares: the method, the
    objective, and what ends hopeless trials. Searched are the params that have a domain.
    """

    code: ClassVar = "NS715"

    spec: str

    def diagnose(self) -> Diagnostic:
        return self.report(
            f"`{self.spec}` declares no search",
            help="search { method = random(trials=20), maximize = validation.accuracy }, "
            "and params with domains: param lr = 1e-3 in log(1e-4, 1e-1)",
        )


class WrongTotal(Problem):
    """A study can't have that many trials.

    `--trials` is the number of all trials of a study, those included that it has already. A journal is read whole, so
    there is a limit.
    """

    code: ClassVar = "NS718"
    exit_code: ClassVar = 5

    total: int
    known: int
    most: int

    def diagnose(self) -> Diagnostic:
        if self.total < self.known:
            message = f"{counted(self.total, 'trial')} in all can't be had, as the study has {self.known} already"
            return self.report(message, help=f"use --trials {self.known} for no more, or a larger number")
        return self.report(f"a study has 1 to {self.most} trials, not {self.total}")


class StudyChanged(Problem):
    """A study is to go on with another spec than it was begun with.

    Its trials would be of two kinds, and proposals would be made from results that say nothing of what is tried now. So
    a study goes on with the spec that it was begun with, which its folder has. The number of trials alone may change.
    """

    code: ClassVar = "NS713"
    exit_code: ClassVar = 5

    path: str
    changes: tuple[str, ...]

    def diagnose(self) -> Diagnostic:
        return self.report(
            f"the study in `{self.path}` was begun with another spec",
            notes=self.changes,
            help=f"`netspec search --resume {self.path}` goes on with the spec that it has; "
            "a changed one is a new study, in another folder",
        )
