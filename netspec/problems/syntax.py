"""What can be wrong with the writing of a `.net` or JSON file."""

from __future__ import annotations

from typing import ClassVar

from netspec.diagnostics import Diagnostic, Edit, Fix, Label
from netspec.problems.base import Example, Problem
from netspec.source import Span


class UnexpectedToken(Problem):
    """Something stands where it can't.

    A line is a setting `name = value`, or operations with `->` between them. Two operations on one line need a
    `->`, two arguments a comma, two settings a comma or a line each.
    """

    code: ClassVar = "NS101"
    example: ClassVar = Example("model { flatten linear(10) }", "model { flatten -> linear(10) }")

    found: str
    expected: str
    help: str | None = None
    missing: Edit | None = None
    """What would make two settings, two arguments or two operations of it, or the word that a misspelled one means."""

    def diagnose(self) -> Diagnostic:
        return self.report(
            f"{self.found} can't stand here" if self.found else "something is missing here",
            mark=f"expected {self.expected}" if self.expected else "",
            help=self.help,
            fix=self._fix(self.missing) if self.missing else None,
        )

    def _fix(self, edit: Edit) -> Fix:
        text = edit.text.strip()
        return Fix(f"did you mean `{text}`?" if edit.span.text else f"put `{text}` between the two", (edit,))


class Unclosed(Problem):
    """A bracket or brace is opened and never closed.

    `(` and `[` are closed within their statement, `{` after the last line of its block.
    """

    code: ClassVar = "NS102"
    example: ClassVar = Example("model { flatten -> linear(10 }", "model { flatten -> linear(10) }")

    bracket: str
    closing: str
    place: Span
    edit: Edit

    def diagnose(self) -> Diagnostic:
        return self.report(
            f"`{self.bracket}` is never closed",
            mark="opened here",
            labels=(Label(self.place, f"`{self.closing}` is missing before this"),) if self.place.start else (),
            fix=Fix(f"close it with `{self.closing}`", (self.edit,)),
        )


class Unopened(Problem):
    """A bracket or brace is closed that was never opened."""

    code: ClassVar = "NS103"
    example: ClassVar = Example("model { flatten -> linear(10)) }", "model { flatten -> linear(10) }")

    bracket: str

    def diagnose(self) -> Diagnostic:
        return self.report(
            f"`{self.bracket}` closes nothing",
            fix=Fix(f"leave out the `{self.bracket}`", (Edit(self._require_span(), ""),)),
        )

    def _require_span(self) -> Span:
        assert self.span is not None
        return self.span


class MissingBrace(Problem):
    """The name of a section is followed by `{`, on the same line."""

    code: ClassVar = "NS112"
    example: ClassVar = Example("model\n  flatten -> linear(10)\n}", "model {\n  flatten -> linear(10)\n}")

    name: str

    def diagnose(self) -> Diagnostic:
        right = f"{self.name} {{"
        fix = Fix(f"`{right}`", (Edit(self.span, right),)) if self.span else None
        return self.report(f"`{self.name}` is followed by `{{`", mark="`{` is missing", fix=fix)


class UnclosedString(Problem):
    """A string ends on the line on which it begins, with a `"`."""

    code: ClassVar = "NS104"
    example: ClassVar = Example(
        'data { source = csv("specs/animals.csv, target="is_cat") }\nmodel { linear(2) }',
        'data { source = csv("specs/animals.csv", target="is_cat") }\nmodel { linear(2) }',
    )

    def diagnose(self) -> Diagnostic:
        return self.report("the string isn't closed", mark='expected `"` before the end of the line')


class UnknownEscape(Problem):
    """In a string a backslash stands before `"`, `\\`, `n`, `r` or `t`, and before nothing else.

    Paths are written with `/`, which every system understands.
    """

    code: ClassVar = "NS115"

    escape: str

    def diagnose(self) -> Diagnostic:
        return self.report(
            f"`{self.escape}` means nothing in a string",
            mark="a backslash",
            help="paths are written with `/`; a backslash itself is `\\\\`",
        )


class StrayCharacter(Problem):
    """A character that is no part of the language.

    Strings are in double quotes, comments begin with `#`, and a statement ends with its line, not with `;`.
    """

    code: ClassVar = "NS105"
    example: ClassVar = Example("model { flatten -> linear(10); }", "model { flatten -> linear(10) }")

    character: str

    def diagnose(self) -> Diagnostic:
        help = {
            "'": 'strings are in double quotes: "…"',
            ";": "a statement ends with its line",
            ":": "a key is followed by `=`",
        }.get(self.character)
        shown = self.character if self.character.isprintable() else f"U+{ord(self.character):04X}"
        return self.report(f"`{shown}` is no part of the language", help=help)


class TooDeep(Problem):
    """Brackets, braces and expressions are nested at most 64 deep."""

    code: ClassVar = "NS106"

    limit: int

    def diagnose(self) -> Diagnostic:
        return self.report(f"nested deeper than {self.limit}")


class TooLong(Problem):
    """A name has at most 64 characters, a number at most 32."""

    code: ClassVar = "NS107"

    what: str
    limit: int

    def diagnose(self) -> Diagnostic:
        return self.report(f"a {self.what} has at most {self.limit} characters")


class TooManyWords(Problem):
    """A spec has at most 100 000 words, signs and numbers counted.

    A network of this size is written with fewer: what is repeated is said once.
    """

    code: ClassVar = "NS113"

    limit: int

    def diagnose(self) -> Diagnostic:
        return self.report(f"a spec has at most {self.limit:_} words")


class NumberTooLarge(Problem):
    """A number is finite: below about 1.8e308."""

    code: ClassVar = "NS108"
    example: ClassVar = Example("train { optimizer = adam(lr=1e999) }", "train { optimizer = adam(lr=1e-3) }")

    def diagnose(self) -> Diagnostic:
        return self.report("the number is too large to be held", mark="infinite as a float")


class MissingColon(Problem):
    """A layer's label is followed by a colon: `fc1: linear(10)`; `=` sets a key, or names a value for the lines below.

    A value that is named in the last line of a network is read by nobody, so a label was meant.
    """

    code: ClassVar = "NS109"
    example: ClassVar = Example("model {\n  flatten\n  fc1 = linear(10)\n}", "model {\n  flatten\n  fc1: linear(10)\n}")

    label: str
    equals: Span

    def diagnose(self) -> Diagnostic:
        return self.report(
            f"nothing below reads `{self.label}`; a label is followed by `:`, not by `=`",
            mark="a label",
            fix=Fix(f"`{self.label}:`", (Edit(self.equals, f"{self.label}: "),)),
        )


class InvalidJSON(Problem):
    """The file isn't JSON.

    Keys and strings are in double quotes, and no comma stands behind the last item.
    """

    code: ClassVar = "NS110"

    reason: str

    def diagnose(self) -> Diagnostic:
        return self.report(f"not JSON: {self.reason}")


class AgainstSchema(Problem):
    """The JSON Schema of the JSON form refuses this.

    `netspec schema` prints the schema. An editor that knows it marks the same place.
    """

    code: ClassVar = "NS114"

    reason: str

    def diagnose(self) -> Diagnostic:
        return self.report(f"against the JSON Schema: {self.reason}")


class DuplicateKey(Problem):
    """A JSON object has a key twice. JSON readers silently take the last one; netspec takes none."""

    code: ClassVar = "NS111"

    key: str
    first: Span

    def diagnose(self) -> Diagnostic:
        return self.report(f"`{self.key}` stands here twice", mark="again", labels=(Label(self.first, "first here"),))
