"""Why a module can't be written as a spec."""

from __future__ import annotations


class CannotTranslate(Exception):  # noqa: N818 - it is no error of netspec's
    """Something of a module that no spec says; the text names the operation and where it is, `help` what to do."""

    def __init__(self, reason: str, help: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.help = help
