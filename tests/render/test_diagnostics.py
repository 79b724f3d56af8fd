"""Diagnostics in the terminal: every place under its file, every mark under what it marks, in 80 columns."""

from __future__ import annotations

import re
from textwrap import dedent

from hypothesis import given
from hypothesis import strategies as st

from netspec.diagnostics import Diagnostic, Edit, Fix, Label, Severity
from netspec.render.diagnostics import in_words, render, render_one
from netspec.render.excerpt import WIDTH, columns
from netspec.source import Source, Span


def source(text: str, name: str = "spec.net") -> Source:
    return Source(name, dedent(text).lstrip("\n"))


def at(source: Source, text: str, occurrence: int = 0) -> Span:
    start = [match.start() for match in re.finditer(re.escape(text), source.text)][occurrence]
    return source.span(start, start + len(text))


def shown(diagnostic: Diagnostic) -> str:
    """The diagnostic without trailing blanks, as a test writes it."""
    return "\n" + "\n".join(line.rstrip() for line in render_one(diagnostic).plain.splitlines()) + "\n"


def test_one_file_and_its_labels() -> None:
    spec = source("""
        model {
          main = conv(32, 3, stride=2, padding=1)
          skip = conv(64, 1)
          # nothing
          main + skip -> relu
        }
    """)
    diagnostic = Diagnostic(
        "NS301",
        "`+` needs equal shapes: [32, 14, 14] and [64, 28, 28]",
        at(spec, "main + skip"),
        mark="channels 32 and 64, height 14 and 28",
        labels=(
            Label(at(spec, "conv(32, 3, stride=2, padding=1)"), "[32, 14, 14]: 28 becomes 14 at stride 2"),
            Label(at(spec, "conv(64, 1)"), "[64, 28, 28]"),
        ),
        help="`skip = conv(32, 1, stride=2)` also gives [32, 14, 14]",
    )
    assert (
        shown(diagnostic)
        == """
error[NS301]: `+` needs equal shapes: [32, 14, 14] and [64, 28, 28]
 --> spec.net:5:3
  |
2 |   main = conv(32, 3, stride=2, padding=1)
  |          --------------------------------
  |          [32, 14, 14]: 28 becomes 14 at stride 2
3 |   skip = conv(64, 1)
  |          ----------- [64, 28, 28]
...
5 |   main + skip -> relu
  |   ^^^^^^^^^^^ channels 32 and 64, height 14 and 28
  |
  = help: `skip = conv(32, 1, stride=2)` also gives [32, 14, 14]
  = more: netspec explain NS301
"""
    )


def test_labels_in_other_files_stand_under_their_own_arrows() -> None:
    spec = source('from "blocks.net" import basic\nmodel { basic(64) }\n')
    blocks = Source("blocks.net", "\n" * 120 + "block basic(channels) {\n  conv(channels, 9)\n}\n")
    diagnostic = Diagnostic(
        "NS301",
        "the kernel reaches over 9, the input has 7",
        at(blocks, "9"),
        labels=(
            Label(at(spec, "basic(64)"), "in this `basic`"),
            Label(at(blocks, "basic"), "a block"),
            Label(at(spec, "basic"), "from there"),
        ),
    )
    assert (
        shown(diagnostic)
        == """
error[NS301]: the kernel reaches over 9, the input has 7
   --> blocks.net:122:18
    |
121 | block basic(channels) {
    |       ----- a block
122 |   conv(channels, 9)
    |                  ^
    |
   ::: spec.net:2:9
    |
  1 | from "blocks.net" import basic
    |                          ----- from there
  2 | model { basic(64) }
    |         --------- in this `basic`
    |
    = more: netspec explain NS301
"""
    )


def test_notes_are_a_chain_of_reasons() -> None:
    spec = source("model { linear(7) }\n")
    diagnostic = Diagnostic(
        "NS302",
        "the network gives 7 outputs",
        at(spec, "7"),
        severity=Severity.WARNING,
        notes=("the data has 10 classes,\nbecause `mnist` has\nand there is no other", "in one line"),
        fix=Fix("`linear(10)`", (Edit(at(spec, "7"), "10"),)),
    )
    assert (
        shown(diagnostic)
        == """
warning[NS302]: the network gives 7 outputs
 --> spec.net:1:16
  |
1 | model { linear(7) }
  |                ^
  |
  = note: the data has 10 classes,
          because `mnist` has
          and there is no other
  = note: in one line
  = help: write `linear(10)`
  = more: netspec explain NS302
"""
    )
    assert in_words(diagnostic).splitlines() == [
        "the network gives 7 outputs",
        "note: the data has 10 classes,",
        "because `mnist` has",
        "and there is no other",
        "note: in one line",
        "help: write `linear(10)`",
    ]


def test_marks_on_one_line_overlap_and_meet() -> None:
    spec = source("a -> conv(64, 3) -> relu\n")
    diagnostic = Diagnostic(
        "NS301",
        "no",
        at(spec, "conv(64, 3)"),
        mark="the operation",
        labels=(
            Label(at(spec, "64"), "the channels"),
            Label(at(spec, "3) -> r"), "across the end"),
            Label(at(spec, "a -> conv(64, 3) -> relu"), "all of it"),
            Label(at(spec, "conv"), "its name"),
        ),
    )
    assert (
        shown(diagnostic)
        == """
error[NS301]: no
 --> spec.net:1:6
  |
1 | a -> conv(64, 3) -> relu
  |               ------- across the end
  |           -- the channels
  |      ---- its name
  |      ^^^^^^^^^^^ the operation
  | ------------------------ all of it
  |
  = more: netspec explain NS301
"""
    )


def test_wide_characters_combining_ones_and_tabs_keep_the_marks_in_place() -> None:
    spec = Source("spec.net", '\tx = "猫🐈e\u0301" -> tanh # 猫\n')
    diagnostic = Diagnostic(
        "NS1", "no", at(spec, "tanh"), labels=(Label(at(spec, '"猫🐈e\u0301"'), "wide"), Label(at(spec, "\t"), "a tab"))
    )
    line, *marks = [row.partition(" | ")[2] for row in shown(diagnostic).splitlines() if " | " in row]
    assert line.expandtabs() == '    x = "猫🐈e\u0301" -> tanh # 猫'
    assert marks == [" " * 19 + "^^^^", " " * 8 + "-" * 7 + " wide", "---- a tab"]


def test_an_empty_place_and_one_of_several_lines() -> None:
    spec = source("model {\n  flatten\n}\n")
    end = len(spec.text) - 1
    empty = Diagnostic("NS1", "no", spec.span(end, end), mark="here")
    assert "3 | }\n  |  ^ here\n" in shown(empty)
    several = Diagnostic("NS1", "no", spec.span(0, end), mark="all of it")
    assert "1 | model {\n  | ^^^^^^^ all of it\n  |\n" in shown(several)
    assert " --> -:1:1\n  |\n1 |\n  | ^\n" in shown(Diagnostic("NS1", "no", Source("-", "").whole()))


def test_a_place_in_an_excerpt_has_the_number_of_its_file() -> None:
    table = Source("table.csv", "4.5,x,2", first_line=1207)
    assert "1207 | 4.5,x,2\n     |     ^\n" in shown(Diagnostic("NS1", "no", table.span(4, 5)))


def test_long_lines_are_cut_around_the_marks() -> None:
    spec = source("start " + "middle " * 40 + "end\n")
    first = Diagnostic("NS1", "no", at(spec, "start"), mark="at the start")
    assert f"1 | {('start ' + 'middle ' * 20)[:74]}…\n  | ^^^^^ at the start\n" in shown(first)
    between = shown(Diagnostic("NS1", "no", at(spec, "middle", 20), mark="in the middle"))
    assert re.search(r"1 \| ….*middle.*…\n  \|  +\^{6} in the middle\n", between)
    last = shown(Diagnostic("NS1", "no", at(spec, "end"), mark="at the end"))
    assert re.search(r"1 \| ….*middle end\n  \|  +\^{3} at the end\n", last)


def test_marks_too_far_apart_for_one_line_leave_the_main_one() -> None:
    spec = source("start " + "middle " * 40 + "end\n")
    diagnostic = Diagnostic("NS1", "no", at(spec, "end"), mark="main", labels=(Label(at(spec, "start"), "far"),))
    assert re.search(r"1 \| ….*middle end\n  \|  +\^{3} main\n  \| - far\n", shown(diagnostic))


def test_what_is_hidden_in_words_does_not_steer_the_terminal() -> None:
    spec = source("a\x1b[31mb\u202e\n", "\x1b.net")
    diagnostic = Diagnostic("NS1", "\x1b", spec.span(0, 1), mark="\x1b", notes=("\x1b\n\x1b",), help="\x1b")
    assert not re.search("[\x1b\u202e]", shown(diagnostic))


def test_how_many_there_are() -> None:
    error, warning = Diagnostic("NS1", "no", None), Diagnostic("NS2", "hm", None, severity=Severity.WARNING)
    assert render([error, warning, error]).plain.endswith("\n\n2 errors, 1 warning")


@st.composite
def diagnostics(draw: st.DrawFn) -> Diagnostic:
    """Of any text and places in it; words that are no longer than they should be."""
    text = st.text(st.sampled_from("ab ->(\t猫e\u0301\u202e\n"), max_size=400)
    sources = [Source(name, draw(text)) for name in ("a.net", "b.net")]

    def span() -> Span:
        chosen = draw(st.sampled_from(sources))
        start, end = sorted(draw(st.tuples(*[st.integers(0, len(chosen.text))] * 2)))
        return chosen.span(start, end)

    words = st.text("word ", max_size=60)
    labels = tuple(Label(span(), draw(words)) for _ in range(draw(st.integers(0, 4))))
    return Diagnostic("NS1", "no", span(), mark=draw(words), labels=labels)


@given(diagnostics())
def test_excerpts_fit_a_terminal(diagnostic: Diagnostic) -> None:
    rows = render_one(diagnostic).plain.splitlines()
    assert max(map(columns, rows)) <= WIDTH
    marked = {span.source.position(span.start)[0] for span in (diagnostic.span,) if span}
    assert all(any(row.lstrip().startswith(f"{line} | ") for row in rows) for line in marked)
    words = " ".join(word for row in rows for word in row.split())
    for label in diagnostic.labels:
        assert " ".join(label.text.split())[:10] in words
