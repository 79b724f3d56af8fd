"""What can be wrong with a file before a word of it is read."""

from __future__ import annotations

from typing import ClassVar

from netspec.diagnostics import Diagnostic
from netspec.problems.base import Problem


class SpecNotFound(Problem):
    """There is no spec at that path.

    The path is taken from the folder in which the command runs.
    """

    code: ClassVar = "NS001"
    exit_code: ClassVar = 5

    path: str
    nearest: str | None

    def diagnose(self) -> Diagnostic:
        return self.report(
            f"there is no file `{self.path}`", help=f"did you mean `{self.nearest}`?" if self.nearest else None
        )


class SpecNotReadable(Problem):
    """The spec is there and can't be read: it is a folder, or its permissions forbid it."""

    code: ClassVar = "NS002"
    exit_code: ClassVar = 5

    path: str
    reason: str

    def diagnose(self) -> Diagnostic:
        return self.report(f"`{self.path}` can't be read: {self.reason}")


class SpecTooLarge(Problem):
    """A spec has at most 1 MiB.

    A spec is a page or two of text. A file of this size is likely data, or made by a program that should use `repeat`.
    """

    code: ClassVar = "NS003"

    path: str
    size: int
    limit: int

    def diagnose(self) -> Diagnostic:
        return self.report(f"`{self.path}` has {self.size:_} bytes; a spec has at most {self.limit:_}")


class NotUTF8(Problem):
    """A spec is text in UTF-8.

    The bytes at this place are none. Save the file as UTF-8; in most editors the encoding stands in the status bar.
    """

    code: ClassVar = "NS004"

    value: int

    def diagnose(self) -> Diagnostic:
        return self.report(
            f"byte 0x{self.value:02x} isn't UTF-8", mark="not UTF-8", help="save the file in the encoding UTF-8"
        )


class WrongExtension(Problem):
    """A spec's file name ends in `.net`, or in `.json` for the JSON form."""

    code: ClassVar = "NS005"
    exit_code: ClassVar = 2

    path: str

    def diagnose(self) -> Diagnostic:
        return self.report(f"`{self.path}` isn't a spec: its name ends in neither `.net` nor `.json`")


class NotWritable(Problem):
    """A file can't be written.

    The disk is full, the permissions of the file or its folder forbid it, or a new file was asked for where one of
    that name is. What was there before is as it was: the new text is written beside it and takes its place when it is
    whole.
    """

    code: ClassVar = "NS006"
    exit_code: ClassVar = 5

    path: str
    reason: str
    help: str | None = None

    def diagnose(self) -> Diagnostic:
        return self.report(f"can't write `{self.path}`: {self.reason}", help=self.help)


class NotImported(Problem):
    """A module of torch can't be written as a spec.

    Its code can't be loaded or run, or it does something that no spec says. The message names the operation, and the
    module that calls it. Nothing is written.
    """

    code: ClassVar = "NS007"

    target: str
    reason: str
    help: str | None = None

    def diagnose(self) -> Diagnostic:
        return self.report(f"`{self.target}` isn't imported: {self.reason}", help=self.help)


class NotEjected(Problem):
    """A spec can't be written as a script of Python.

    A script has all that a spec says, or it isn't written: the message names what it has no code for, and what can be
    used instead. Nothing is written.
    """

    code: ClassVar = "NS009"

    reason: str
    help: str | None = None

    def diagnose(self) -> Diagnostic:
        return self.report(self.reason, help=self.help)
