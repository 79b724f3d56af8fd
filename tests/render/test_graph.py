"""Drawings of networks: what is drawn is the graph, and nothing in it lies over anything else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from xml.etree import ElementTree

import pytest
from hypothesis import given

from netspec.program.graph import Graph
from netspec.render.graph_boxes import Boxes, TooLarge, boxes_of
from netspec.render.graph_layout import Sizes, lay_out
from netspec.render.graph_mermaid import mermaid
from netspec.render.graph_svg import HEIGHT, Point, draw, frames, svg, wires
from netspec.render.graph_text import MARKS, render_graph
from netspec.shapes import Shape
from tests.render.networks import CHAIN, NETWORKS, RESNET, SEVERAL, SIAMESE, UNET, ReLU, graph, networks

SVG = "{http://www.w3.org/2000/svg}"
NAMED = pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)


def arrows(boxes: Boxes) -> set[tuple[int, int]]:
    return {(arrow.start, arrow.end) for arrow in boxes.arrows}


# ---- places ----


@given(networks())
def test_arrows_point_down_step_by_step(network: Graph) -> None:
    boxes = boxes_of(network)
    layout = lay_out(len(boxes.boxes), arrows(boxes), Sizes(100, 10, 20))
    layer = {point: row for row, points in enumerate(layout.layers) for point in points}
    assert sorted(layer) == list(range(len(layout.x)))
    assert all(layer[end] == layer[start] + 1 for start, end in layout.steps)
    lanes = range(len(boxes.boxes), len(layout.x))

    def reached(point: int) -> Iterator[int]:
        for start, end in layout.steps:
            if start == point:
                yield from reached(end) if end in lanes else [end]

    assert {(start, end) for start in range(len(boxes.boxes)) for end in reached(start)} == arrows(boxes)


@given(networks())
def test_boxes_and_lanes_keep_apart(network: Graph) -> None:
    boxes = boxes_of(network)
    layout = lay_out(len(boxes.boxes), arrows(boxes), Sizes(100, 10, 20))
    for layer in layout.layers:
        widths = [100 if point < len(boxes.boxes) else 10 for point in layer]
        for (left, its), (right, other) in zip(
            zip(layer, widths, strict=True), zip(layer[1:], widths[1:], strict=True), strict=False
        ):
            assert layout.x[right] - layout.x[left] >= (its + other) / 2 + 20 - 1e-6


def curve(points: list[Point]) -> Iterator[Point]:
    """Points along a wire: a cubic curve, for a lane with a line behind it."""
    start, first, second, end, *rest = points
    for step in range(21):
        t = step / 20
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
        bends = (start, first, second, end)
        x, y = (sum(weight * bend[axis] for weight, bend in zip(weights, bends, strict=True)) for axis in (0, 1))
        yield x, y
    yield from rest


@given(networks())
def test_no_wire_crosses_a_box(network: Graph) -> None:
    drawing = draw(boxes_of(network))
    width, height = drawing.size
    for points, _ in wires(drawing):
        for x, y in curve(points):
            assert 0 < x < width and 0 < y < height
            assert not any(
                box.left < x < box.right and box.top + 1e-6 < y < box.bottom - 1e-6 for box in drawing.rectangles
            )
    assert not any(one.overlaps(other) for one, other in combinations(drawing.rectangles, 2))


@given(networks())
def test_a_frame_holds_its_scope_and_nothing_else(network: Graph) -> None:
    drawing = draw(boxes_of(network))
    for name, frame in frames(drawing.boxes, drawing.rectangles).items():
        for box, place in zip(drawing.boxes.boxes, drawing.rectangles, strict=True):
            assert frame.overlaps(place) == (box.scope == name)


def test_a_chain_and_a_longest_path_stand_in_a_line() -> None:
    for network in (CHAIN, UNET):
        assert len({round(place.left, 3) for place in draw(boxes_of(network)).rectangles}) == 1


def test_lanes_of_a_u_net_are_straight_and_nested() -> None:
    boxes = boxes_of(UNET)
    layout = lay_out(len(boxes.boxes), arrows(boxes), Sizes(100, 10, 20))
    lanes = sorted({round(layout.x[point], 3) for point in range(len(boxes.boxes), len(layout.x))})
    assert lanes == [125.0, 155.0]


def test_a_learned_value_stands_right_above_who_takes_it() -> None:
    boxes = boxes_of(SEVERAL)
    layout = lay_out(len(boxes.boxes), arrows(boxes), Sizes(100, 10, 20))
    assert layout.layers[:2] == ((0, 1), (2,)) or layout.layers[:2] == ((1, 0), (2,))


def test_a_drawing_that_nobody_could_look_at_is_refused_at_once() -> None:
    count = 2_000
    arrows = [(box, box + 1) for box in range(count)] + [(box, count) for box in range(count - 1)]
    with pytest.raises(TooLarge):
        lay_out(count + 1, arrows, Sizes(100, 10, 20))
    many = {f"input{number}": Shape.of(8) for number in range(300)}
    with pytest.raises(TooLarge):
        render_graph(boxes_of(graph(many, [("relu", ReLU(), (0,))], {name: value for value, name in enumerate(many)})))


# ---- SVG ----


@NAMED
def test_an_svg_says_all_of_each_box(network: Graph) -> None:
    page = ElementTree.fromstring(svg(boxes_of(network), "title"))
    assert page.tag == f"{SVG}svg" and page.findtext(f"{SVG}title") == "title"
    texts = [element.text for element in page.iter(f"{SVG}text")]
    for box in boxes_of(network).boxes:
        assert {word for word in (box.name, box.operation, box.shape, box.learns) if word} <= set(texts)
    tips = [wire for wire in page.iter(f"{SVG}path") if wire.get("marker-end")]
    assert len(tips) == len(arrows(boxes_of(network)))


def test_an_svg_needs_nothing_but_itself_and_knows_both_kinds_of_pages() -> None:
    page = svg(boxes_of(RESNET), "resnet")
    assert "prefers-color-scheme: dark" in page
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|<script|@import|href", page)


EVIL = '</text><script>alert("1")</script>&\x1b\x00]]>\n- --> `x` #quot;'


def evil() -> Graph:
    return graph({"input": Shape.of(8)}, [(EVIL, ReLU(), (0,)), (f"{EVIL}.1", ReLU(), (1,))], {EVIL: 2})


def test_names_are_text_in_an_svg() -> None:
    page = svg(boxes_of(evil()), EVIL)
    root = ElementTree.fromstring(page)
    assert "<script" not in page and not re.search(r"[\x00\x1b]", page)
    assert any('<script>alert("1")</script>' in (text.text or "") for text in root.iter(f"{SVG}text"))


def test_a_box_is_as_wide_as_its_words() -> None:
    assert draw(boxes_of(RESNET)).width > draw(boxes_of(CHAIN)).width
    assert all(place.bottom - place.top == HEIGHT for place in draw(boxes_of(UNET)).rectangles)


# ---- Mermaid ----


@NAMED
def test_a_flowchart_has_every_box_and_arrow(network: Graph) -> None:
    boxes = boxes_of(network)
    chart = mermaid(boxes)
    assert {(int(start), int(end)) for start, end in re.findall(r"n(\d+) --> n(\d+)", chart)} == arrows(boxes)
    assert re.findall(r"^ +n(\d+)[(\[]", chart, re.M) and chart.startswith("flowchart TD\n")
    assert sorted(map(int, re.findall(r"^ +n(\d+)[(\[]", chart, re.M))) == list(range(len(boxes.boxes)))
    assert chart.count("subgraph") == len(re.findall("^  end$", chart, re.M)) == len(boxes.scopes())


def test_names_are_text_in_a_flowchart() -> None:
    for line in mermaid(boxes_of(evil())).splitlines():
        assert re.fullmatch(r' *(flowchart TD|end|n\d+ --> n\d+|(n\d+\(?\[|subgraph s\d+\[)"[^"`\\]*"\]\)?)', line)
    assert "<script" not in mermaid(boxes_of(evil()))
    assert "#60;script#62;alert(#34;1#34;)" in mermaid(boxes_of(evil()))


# ---- terminal ----


def test_rails_of_a_residual_network() -> None:
    drawn = [line[:33].rstrip() for line in render_graph(boxes_of(RESNET)).plain.splitlines()]
    assert drawn == [
        "○    input",
        "├─╮",
        "● │  layer1.0.conv1       conv(8,",
        "● │  layer1.0.1           relu",
        "● │  layer1.0.conv2       conv(8,",
        "├─╯",
        "●    layer1.0.+           add",
        "├─╮",
        "● │  layer2.0.conv1       conv(16",
        "│ ●  layer2.0.downsample  conv(16",
        "● │  layer2.0.conv2       conv(16",
        "├─╯",
        "●    layer2.0.+           add",
        "●    2                    relu",
        "◎    output",
    ]


def test_two_inputs_have_a_rail_each() -> None:
    drawn = render_graph(boxes_of(SIAMESE)).plain.splitlines()
    assert [line[:3].rstrip() for line in drawn] == ["○", "│ ○", "● │", "│ ●", "├─╯", "●", "◎"]


def read_rails(text: str) -> set[tuple[int, int]]:
    """The arrows, as a reader of the rails finds them: who is on each rail, line by line."""
    found: set[tuple[int, int]] = set()
    rails: dict[int, set[int]] = {}
    place = 0
    for line in text.splitlines():
        signs = {column // 2: sign for column, sign in enumerate(line) if column % 2 == 0}
        rails = {rail: on for rail, on in rails.items() if signs.get(rail, " ") != " "}
        mark = next((rail for rail, sign in signs.items() if sign in MARKS.values()), None)
        if mark is not None:
            found |= {(start, place) for start in rails.get(mark, ())}
            rails[mark] = {place}
            place += 1
            continue
        left, *_, right = [rail for rail, sign in signs.items() if sign in "├┤╮╯╭╰"]
        here, there = (left, right) if signs[right] in "╮╯" or "◂" in line else (right, left)
        if signs[there] in "╮╭":
            rails[there] = set(rails[here])
        else:
            rails.setdefault(here, set()).update(rails[there])
            if signs[there] in "╯╰":
                del rails[there]
    return found


@given(networks())
def test_rails_lead_to_where_values_go(network: Graph) -> None:
    boxes = boxes_of(network)
    assert read_rails(render_graph(boxes).plain) == arrows(boxes)


def test_a_long_title_has_room_in_an_svg() -> None:
    title = "a_long_name_of_a_spec_with_small_boxes: 1 000 000 000 parameters, and then some more of them"
    page = ElementTree.fromstring(svg(boxes_of(RESNET), title))
    # a character of the bold face of 12 pixels is 7.2 to 7.5 pixels wide
    assert float(page.attrib["width"]) >= 7.5 * len(title)
    assert page.attrib["viewBox"].split()[2] == page.attrib["width"]
