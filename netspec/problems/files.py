"""What can be wrong between the files of a spec."""

from __future__ import annotations

from typing import ClassVar

from netspec.diagnostics import Diagnostic, Guess, Label
from netspec.problems.base import Example, Problem
from netspec.problems.names import rename
from netspec.wording import listing


class FileNotRead(Problem):
    """A file that the spec imports from or extends can't be taken: it isn't there, isn't a spec, or asks for itself.

    Files are named by paths relative to the file that names them, and end in `.net` or `.json`.
    """

    code: ClassVar = "NS214"

    message: str
    labels: tuple[Label, ...] = ()
    help: str | None = None

    def diagnose(self) -> Diagnostic:
        return self.report(self.message, labels=self.labels, help=self.help)


class NotDeclared(Problem):
    """The file that is imported from declares no block or param of that name."""

    code: ClassVar = "NS215"

    name: str
    file: str
    nearest: str | None
    known: tuple[str, ...]

    def diagnose(self) -> Diagnostic:
        known = f"it declares {listing(self.known)}" if self.known else "it declares no blocks and no params"
        return self.report(
            f"`{self.file}` declares no `{self.name}`",
            **rename(self.span, self.nearest, known),
        )


class UnknownNetwork(Problem):
    """The zoo, which comes with netspec, has no network of that name.

    `body: zoo.resnet18` makes a known network part of a model. Networks have torchvision's names.
    """

    code: ClassVar = "NS219"
    example: ClassVar = Example("model { zoo.resnet81(classes=10) }", "model { zoo.resnet18(classes=10) }")

    name: str
    nearest: str | None
    known: tuple[str, ...]

    def diagnose(self) -> Diagnostic:
        nearest = self.nearest
        if isinstance(nearest, Guess):
            nearest = Guess.of(f"zoo.{nearest}", certain=nearest.certain)
        known = f"networks: {listing(self.known)}"
        return self.report(
            f"there is no network `{self.name}` in the zoo", mark="no such network", **rename(self.span, nearest, known)
        )


class OnlyBlocks(Problem):
    """The file has blocks for other files to import, and no experiment that could be planned or run.

    `from "blocks.net" import basic` in a spec takes a block of it.
    """

    code: ClassVar = "NS216"

    file: str

    def diagnose(self) -> Diagnostic:
        return self.report(
            f"{self.file} has blocks alone, and no experiment", help="an experiment has the sections `data` and `model`"
        )
