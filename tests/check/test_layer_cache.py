"""A call that was checked before has the same outcome again: the same layer, the same facts and the same mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest

from netspec.checker import Analysis
from netspec.checker.network import layer_cache
from netspec.checker.network.layer_cache import CACHE
from netspec.source import Source

DATA = "data { source = synthetic(image=[3, 8, 8], classes=4) }\n"


def analysis(lines: str) -> Analysis:
    return Analysis(Source("spec.net", f"{DATA}model {{\n{lines}\n}}\n", Path("spec.net")))


def codes(found: Analysis) -> list[str]:
    return [item.code for item in found.diagnostics]


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CACHE, "calls", {})


def test_a_call_is_remembered_by_its_text_and_its_places_are_its_own() -> None:
    found = analysis("  conv(8, 3, padding=1)\n  a: conv(8, 3, padding=1)\n  flatten -> linear(4)")
    assert found.program is not None and ("conv(8, 3, padding=1)", ()) in CACHE.calls
    one, other = (node for node in found.program.graph.nodes if node.layer.name() == "conv")
    assert one.layer is other.layer and one.span != other.span
    text = found.source.text
    for offset in (text.index("padding"), text.rindex("padding")):
        said = found.at(offset)
        assert said is not None and (said.kind, said.value, said.span.start) == ("argument", 1, offset)
    assert found.network is not None
    spans = (placed.arguments.get("padding") for placed in found.network.places.values())
    assert [span.start for span in spans if span] == [text.index("1)\n  a"), text.index("1)\n  flatten")]


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ("conv(8, 3, bias=true, bias=true)", "NS205"),
        ("conv(8, 3, padding=-1)", "NS220"),
        ("conv(8, 3, stride=fast)", "NS206"),
        ("conv(8)", "NS223"),
        ("conv(8, 3, pading=1)", "NS202"),
    ],
)
def test_a_mistake_is_reported_wherever_it_is_made(call: str, code: str) -> None:
    for _ in range(2):
        found = codes(analysis(f"  {call}\n  input -> {call}\n  flatten -> linear(4)"))
        assert [item for item in found if item == code] == [code, code], found


def test_a_name_means_what_it_does_there() -> None:
    lines = "  conv(8, 3, padding=same)\n  flatten -> linear(4)"
    assert codes(analysis(lines)) == []
    # the choice is a number now
    found = analysis(f"  same = input.channels\n{lines}")
    assert found.program is not None
    assert found.program.graph.nodes[0].shape.dims == (8, 12, 12)
    assert str(analysis(lines).index.shapes) != str(found.index.shapes)


def with_param(value: str, line: str) -> Analysis:
    text = f"param p = {value}\n{DATA}model {{\n  {line} -> relu\n  {line} -> relu\n  flatten -> linear(4)\n}}\n"
    return Analysis(Source("spec.net", text, Path("spec.net")))


def test_a_param_is_used_and_found_wherever_it_is_written() -> None:
    for width in (8, 8, 6):
        found = with_param(str(width), "conv(p, 1)")
        assert codes(found) == [] and found.program is not None
        assert [node.shape.channels for node in found.program.graph.nodes[:3:2]] == [width, width]
        text = found.source.text
        for place in (text.index("(p,"), text.rindex("(p,")):
            said = found.at(place + 1)
            assert said is not None and said.target is not None
            assert (said.value, said.target.text, said.target.start) == (width, "p", text.index("p ="))


def test_a_param_with_an_equal_value_of_another_kind_is_another_argument() -> None:
    assert codes(with_param("1", "conv(4, p)")) == []
    assert "NS220" in codes(with_param("1.0", "conv(4, p)"))
    assert "NS220" in codes(with_param("true", "conv(4, p)"))
    assert codes(with_param("1", "conv(4, p)")) == []


def test_the_oldest_calls_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layer_cache, "SIZE", 3)
    lines = "\n".join(f"  conv({width}, 1)" for width in range(2, 9))
    assert analysis(f"{lines}\n  flatten -> linear(4)").program is not None
    assert [text for text, _ in CACHE.calls] == ["conv(8, 1)", "flatten", "linear(4)"]
