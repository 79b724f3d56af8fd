"""The order of diagnostics."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from netspec.diagnostics import Diagnostic, in_source_order
from netspec.source import Source

FILES = [Source(name, "x" * 10) for name in ("b.net", "main.net", "a.net", "b.net")]
"""Two have the same name."""

PLACED = st.builds(lambda source, start: source.span(start, 9), st.sampled_from(FILES), st.integers(0, 9))
DIAGNOSTICS = st.lists(st.builds(lambda span: Diagnostic("NS000", "", span), st.none() | PLACED), max_size=12)


def at(source: Source, start: int, end: int) -> Diagnostic:
    return Diagnostic("NS000", f"{source.name} {start} {end}", source.span(start, end))


def test_they_are_sorted_by_file_then_by_location() -> None:
    base, main, blocks, _ = FILES
    nowhere = Diagnostic("NS000", "", None)
    found = [
        at(blocks, 5, 6),
        at(base, 1, 2),
        at(main, 7, 9),
        at(blocks, 0, 1),
        nowhere,
        at(main, 7, 8),
        at(base, 0, 9),
    ]
    expected = [
        nowhere,
        *(at(main, 7, 8), at(main, 7, 9)),
        *(at(blocks, 0, 1), at(blocks, 5, 6)),
        *(at(base, 0, 9), at(base, 1, 2)),
    ]
    assert in_source_order(found, main) == tuple(expected)


def test_the_files_stand_in_the_order_of_their_first_diagnostic() -> None:
    base, main, _, _ = FILES
    found = [at(base, 5, 6), at(main, 0, 1), at(base, 4, 6)]
    assert in_source_order(found) == (at(base, 4, 6), at(base, 5, 6), at(main, 0, 1))


@given(DIAGNOSTICS, st.sampled_from([None, *FILES]))
def test_no_file_is_interleaved_with_another(found: list[Diagnostic], main: Source | None) -> None:
    ordered = in_source_order(found, main)
    assert sorted(map(id, ordered)) == sorted(map(id, found))
    sources = [diagnostic.span.source if diagnostic.span else None for diagnostic in ordered]
    blocks = [source for index, source in enumerate(sources) if index == 0 or sources[index - 1] is not source]
    assert len(blocks) == len(set(blocks))
    assert None not in blocks[1:]
    assert main not in [source for source in blocks if source is not None][1:]
    starts = [diagnostic.span.start if diagnostic.span else -1 for diagnostic in ordered]
    for index in range(1, len(ordered)):
        assert sources[index] is not sources[index - 1] or starts[index] >= starts[index - 1]


@given(DIAGNOSTICS)
def test_in_one_file_they_are_in_the_order_of_the_text(found: list[Diagnostic]) -> None:
    one = [diagnostic for diagnostic in found if diagnostic.span is None or diagnostic.span.source is FILES[0]]
    assert in_source_order(one) == tuple(sorted(one, key=lambda d: (d.span.start, d.span.end) if d.span else (-1, -1)))
