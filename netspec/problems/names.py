"""What can be wrong with the names in a spec."""

from __future__ import annotations

from typing import Any, ClassVar

from netspec.diagnostics import Diagnostic, Edit, Fix, Guess, Label, Severity
from netspec.problems.base import Example, Problem
from netspec.source import Span
from netspec.wording import listing, plural, with_article

FEW = 8
"""Up to how many names are listed: the first few of many say nothing."""


def rename(span: Span | None, nearest: str | None, otherwise: str | None = None) -> dict[str, Any]:
    """The details of a diagnostic that propose the name that was likely meant: a fix if that is certain, or help;
    `otherwise` is the help without such a name."""
    if not nearest:
        return {"help": otherwise}
    title = f"did you mean `{nearest}`?"
    if span is not None and isinstance(nearest, Guess) and nearest.certain:
        return {"fix": Fix(title, (Edit(span, nearest),))}
    return {"help": title}


class UnknownOperation(Problem):
    """The catalogue has nothing of that name for this place.

    Names are torch's, in lower case with underscores and without the rank: `conv` for Conv1d, Conv2d and Conv3d,
    `batch_norm`, `max_pool`, `cross_entropy`. `netspec schema` holds all of them.
    """

    code: ClassVar = "NS201"
    example: ClassVar = Example("model { flatten -> linaer(10) }", "model { flatten -> linear(10) }")

    name: str
    kind: str
    nearest: str | None
    known: tuple[str, ...]
    other_kind: str | None = None
    hint: str | None = None
    """What helps without a name that was likely meant."""

    def diagnose(self) -> Diagnostic:
        if self.other_kind:
            message = f"`{self.name}` is {with_article(self.other_kind)}, but here stands {with_article(self.kind)}"
        else:
            message = f"there is no {self.kind} `{self.name}`"
        few = len(self.known) <= FEW
        command = f"netspec ops --kind {self.kind.replace(' ', '_')}"
        every = f"{plural(self.kind)}: {listing(self.known)}" if few else f"all: {command}"
        return self.report(
            message,
            mark=f"not {with_article(self.kind)}",
            **rename(self.span, self.nearest, self.hint or every),
        )


class UnknownArgument(Problem):
    """The operation has no argument of that name.

    Arguments are named as torch names them. What comes in, `in_features` or `in_channels`, isn't written: it is
    taken from the value.
    """

    code: ClassVar = "NS202"
    example: ClassVar = Example(
        "model { conv(16, 3, paddding=1) -> flatten -> linear(10) }",
        "model { conv(16, 3, padding=1) -> flatten -> linear(10) }",
    )

    owner: str
    name: str
    nearest: str | None
    known: tuple[str, ...]
    reason: str | None = None

    def diagnose(self) -> Diagnostic:
        takes = f"it takes {listing(self.known, 24)}" if self.known else "it takes no arguments"
        return self.report(
            f"`{self.owner}` has no argument `{self.name}`",
            mark="no such argument",
            **rename(self.span, self.nearest, self.reason or takes),
        )


class UnknownKey(Problem):
    """The section has no key of that name.

    Nothing that is written is ignored, so a misspelt key is an error and not a default.
    """

    code: ClassVar = "NS203"
    example: ClassVar = Example(
        "data {\n  source = mnist_sample()\n  batchsize = 32\n}",
        "data {\n  source = mnist_sample()\n  batch_size = 32\n}",
    )

    section: str
    name: str
    nearest: str | None
    known: tuple[str, ...]
    other_section: str | None = None
    hint: str | None = None

    def diagnose(self) -> Diagnostic:
        hint = f"`{self.name}` is a key of `{self.other_section}`" if self.other_section else self.hint
        proposal = {"help": hint} if hint else rename(self.span, self.nearest, f"keys: {', '.join(self.known)}")
        return self.report(f"`{self.section}` has no key `{self.name}`", mark="no such key", **proposal)


class UnknownSection(Problem):
    """A spec has no section of that name.

    The sections are `data`, `model`, `train` and `evaluate`.
    """

    code: ClassVar = "NS204"
    example: ClassVar = Example("modle { flatten -> linear(10) }", "model { flatten -> linear(10) }")

    name: str
    nearest: str | None
    known: tuple[str, ...]
    hint: str | None = None

    def diagnose(self) -> Diagnostic:
        return self.report(
            f"there is no section `{self.name}`",
            mark="no such section",
            **rename(self.span, self.nearest, self.hint or f"sections: {listing(self.known)}"),
        )


class Duplicate(Problem):
    """Something is given twice: a section, a key, an argument, a param or a label.

    Neither of the two wins silently.
    """

    code: ClassVar = "NS205"
    example: ClassVar = Example("train { epochs = 3\n epochs = 5 }", "train { epochs = 5 }")

    what: str
    name: str
    first: Span

    def diagnose(self) -> Diagnostic:
        return self.report(
            f"the {self.what} `{self.name}` is given twice", mark="again", labels=(Label(self.first, "first here"),)
        )


class UndefinedName(Problem):
    """A name stands for a param that isn't declared.

    `param width = 256` at the top of the file declares one.
    """

    code: ClassVar = "NS206"
    example: ClassVar = Example(
        "param width = 64\nmodel { flatten -> linear(widht) -> relu -> linear(10) }",
        "param width = 64\nmodel { flatten -> linear(width) -> relu -> linear(10) }",
    )

    name: str
    nearest: str | None
    known: tuple[str, ...]
    labels: tuple[Label, ...] = ()
    hint: str | None = None

    def diagnose(self) -> Diagnostic:
        params = f"params: {listing(self.known, 24)}" if self.known else f"declare it: param {self.name} = …"
        return self.report(
            f"nothing is named `{self.name}`",
            mark="not declared",
            labels=self.labels,
            **({"help": self.hint} if self.hint else rename(self.span, self.nearest, params)),
        )


class UnknownResult(Problem):
    """An assertion names a result that isn't measured.

    After a run there are the loss and the metrics of `evaluate` for the test and the validation split, such as
    `test.accuracy`; those of a class, `test.classes.cat.recall` or `test.recall("cat")`; `size`, the bytes of the
    weights; and `seconds`, the time of the run. Of a file that `export` names there are `export.onnx.agreement`, `size`
    and `difference`. `parameters` and `flops` are known before the run.
    """

    code: ClassVar = "NS250"
    example: ClassVar = Example(
        "data {\n  source = mnist_sample()\n}\nassert test.acuracy > 98%",
        "data {\n  source = mnist_sample()\n}\nassert test.accuracy > 98%",
    )

    name: str
    nearest: str | None
    known: tuple[str, ...]

    def diagnose(self) -> Diagnostic:
        known = f"measured: {listing(self.known)}"
        return self.report(f"`{self.name}` isn't measured", **rename(self.span, self.nearest, known))


class Unused(Problem):
    """A param, a block, what a block takes, an import or a value is declared, and nothing uses it.

    It may be left over, or a value that should follow from it is still written as a number.
    """

    code: ClassVar = "NS207"
    severity: ClassVar = Severity.WARNING
    example: ClassVar = Example(
        "param width = 64\nmodel { flatten -> linear(10) }", "param width = 10\nmodel { flatten -> linear(width) }"
    )

    what: str
    name: str

    def diagnose(self) -> Diagnostic:
        return self.report(
            f"the {self.what} `{self.name}` is never used", mark="not used", help="leave it out, or use it"
        )


class MissingSection(Problem):
    """A spec needs the sections `data`, which says what is learned from, and `model`, which says what learns."""

    code: ClassVar = "NS208"

    missing: tuple[str, ...]

    def diagnose(self) -> Diagnostic:
        names = " and no ".join(f"`{name}`" for name in self.missing)
        right = " ".join(f"{name} {{ … }}" for name in self.missing)
        return self.report(f"the spec has no section {names}", help=right)


class Misplaced(Problem):
    """A line stands where it can't: an operation among settings, a setting outside of a section, a section in another.

    `data`, `train` and `evaluate` hold settings, `key = value`; `model` holds operations.
    """

    code: ClassVar = "NS209"
    example: ClassVar = Example("epochs = 5", "train { epochs = 5 }")

    message: str
    help: str | None = None
    edit: str | None = None

    def diagnose(self) -> Diagnostic:
        fix = Fix(f"`{self.edit}`", (Edit(self.span, self.edit),)) if self.edit and self.span else None
        return self.report(self.message, help=None if fix else self.help, fix=fix)


class UnknownEdition(Problem):
    """The edition of the language that the spec is written in isn't known to this netspec."""

    code: ClassVar = "NS210"
    example: ClassVar = Example("netspec 7", "netspec 1")

    edition: str

    def diagnose(self) -> Diagnostic:
        return self.report(f"this netspec knows edition 1, not {self.edition}", help="netspec 1")


class Shadowed(Problem):
    """A name that stands for one thing is given to another, and a reader would take the one for the other.

    What a block binds with `=` may be bound again in the same body; params, what a block takes, loop variables,
    operations and `input` keep their meaning.
    """

    code: ClassVar = "NS211"
    example: ClassVar = Example(
        "model { relu = flatten -> linear(10)\n relu }", "model { hidden = flatten -> linear(10)\n hidden }"
    )

    name: str
    what: str
    first: Span | None = None

    def diagnose(self) -> Diagnostic:
        labels = (Label(self.first, "first here"),) if self.first else ()
        return self.report(
            f"`{self.name}` is {self.what} already", mark="a second meaning", labels=labels, help="choose another name"
        )


class WrongLabel(Problem):
    """A label isn't one: in quotes it may have names of whole numbers in braces, `"layer{i}"`, and nothing else."""

    code: ClassVar = "NS212"
    example: ClassVar = Example(
        'model { flatten\n for i in 1..2 { "fc{j}": linear(10) -> tanh } }',
        'model { flatten\n for i in 1..2 { "fc{i}": linear(10) -> tanh } }',
    )

    message: str
    known: tuple[str, ...] = ()

    def diagnose(self) -> Diagnostic:
        return self.report(self.message, help=f"names here: {listing(self.known)}" if self.known else None)


class UnknownLabel(Problem):
    """`reuse` applies what a label names, and there is no such label so far.

    Labels of the same body and of those around it can be named; dots lead into a scope: `reuse(head.fc)`.
    """

    code: ClassVar = "NS213"
    example: ClassVar = Example(
        "model { flatten -> fc1: linear(784) -> relu -> reuse(fc) -> relu -> linear(10) }",
        "model { flatten -> fc1: linear(784) -> relu -> reuse(fc1) -> relu -> linear(10) }",
    )

    name: str
    nearest: str | None
    known: tuple[str, ...]

    def diagnose(self) -> Diagnostic:
        known = f"labels: {listing(self.known)}" if self.known else "give the operation a label: fc: linear(10)"
        return self.report(
            f"no operation above is labelled `{self.name}`",
            **rename(self.span, self.nearest, known),
        )


class UnknownClass(Problem):
    """The data has no class of that name.

    Classes have the names that the data gives them; those of digits are "0" to "9".
    """

    code: ClassVar = "NS218"
    example: ClassVar = Example(
        'model { flatten -> linear(10) }\ntrain { loss = cross_entropy(weight=[class_weight("nine", 2)]) }',
        'model { flatten -> linear(10) }\ntrain { loss = cross_entropy(weight=[class_weight("9", 2)]) }',
    )

    name: str
    known: tuple[str, ...]
    labels: tuple[Label, ...] = ()
    nearest: str | None = None

    def diagnose(self) -> Diagnostic:
        proposal = rename(self.span, self.nearest, f"classes: {listing(self.known, 24)}")
        return self.report(f'there is no class "{self.name}"', labels=self.labels, **proposal)


class IdleSelector(Problem):
    """A selector has no effect: no tensor of the network is named so, or nothing is left to take away.

    `"layer4.*"` selects all of a scope, `":batch_norm"` all of an operation, `"*:bias"` all biases; `!` takes away.
    `netspec plan` shows the names of the layers.
    """

    code: ClassVar = "NS217"
    example: ClassVar = Example(
        'model { flatten -> body: linear(32) -> relu -> head: linear(10) }\ntrain { freeze = ["boddy"] }',
        'model { flatten -> body: linear(32) -> relu -> head: linear(10) }\ntrain { freeze = ["body"] }',
    )

    pattern: str
    reason: str
    nearest: str | None = None

    def diagnose(self) -> Diagnostic:
        proposal = rename(self.span, self.nearest, "names of layers: netspec plan")
        return self.report(f'"{self.pattern}" {self.reason}', mark="without effect", **proposal)
