"""A network drawn as SVG: one file that needs nothing but itself, for light and dark pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape

from netspec.immutable import immutable
from netspec.render.excerpt import columns
from netspec.render.graph_boxes import Box, Boxes
from netspec.render.graph_layout import Layout, Sizes, lay_out
from netspec.render.words import clean

COLUMN, HEIGHT, PADDING = 7.25, 46, 12
"""How wide a character of the fixed-width font is at 12 pixels, how high a box, and its inner margin."""

BOLD = 7.5
"""How wide a character of the title is at most."""

GAP, BETWEEN, LANE = 36, 28, 12
"""What is free below a layer and beside a box, and the width of a lane."""

MARGIN, HEAD = 24, 36
"""The margin around all, and the baseline of the title."""

FRAME, NAME = 8, 16
"""How far a scope's frame stands off its boxes, and the baseline of its name at the top."""

STYLE = """\
.netspec { --ground: #ffffff; --ink: #1f2328; --dim: #59636e; --line: #818b98; --box: #f6f8fa; --edge: #d1d9e0;
  --learns: #0969da; --tint: #ddf4ff; --end: #1a7f37; --frame: #d1d9e0;
  font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
@media screen and (prefers-color-scheme: dark) { .netspec { --ground: #0d1117; --ink: #f0f6fc; --dim: #9198a1;
  --line: #656c76; --box: #151b23; --edge: #3d444d; --learns: #4493f8; --tint: #121d2f;
  --end: #3fb950; --frame: #3d444d; } }
.netspec .ground { fill: var(--ground); }
.netspec text { fill: var(--ink); white-space: pre; }
.netspec .dim { fill: var(--dim); }
.netspec .name { font-weight: bold; }
.netspec .right { text-anchor: end; }
.netspec .box { fill: var(--box); stroke: var(--edge); }
.netspec .learns .box { fill: var(--tint); stroke: var(--learns); }
.netspec .end .box { stroke: var(--end); }
.netspec .frame { fill: none; stroke: var(--frame); stroke-dasharray: 4 3; }
.netspec .wire { fill: none; stroke: var(--line); stroke-width: 1.25; }
.netspec .tip { fill: var(--line); }"""


@immutable
class Rectangle:
    """Where a box is in the drawing, in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Rectangle) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


@dataclass(frozen=True)
class Drawing:
    """Boxes as rectangles, in pixels."""

    boxes: Boxes
    layout: Layout
    width: float

    @property
    def size(self) -> tuple[float, float]:
        right = max((rectangle.right for rectangle in self.rectangles), default=0.0)
        lanes = max((x + LANE / 2 for x in self.layout.x), default=0.0) + MARGIN
        return max(right, lanes) + MARGIN, MARGIN + HEAD + len(self.layout.layers) * (HEIGHT + GAP) - GAP + MARGIN

    @property
    def rows(self) -> dict[int, float]:
        """The upper edge of every point of the layout."""
        layers = enumerate(self.layout.layers)
        return {point: MARGIN + HEAD + row * (HEIGHT + GAP) for row, layer in layers for point in layer}

    @property
    def rectangles(self) -> list[Rectangle]:
        """Where each box is."""
        rows, half = self.rows, self.width / 2
        middles = [MARGIN + x for x in self.layout.x[: len(self.boxes.boxes)]]
        return [
            Rectangle(middle - half, rows[number], middle + half, rows[number] + HEIGHT)
            for number, middle in enumerate(middles)
        ]


def draw(boxes: Boxes) -> Drawing:
    """Boxes as wide as their longest words, in layers."""
    width = max(map(_width, boxes.boxes), default=0.0) + 2 * PADDING
    arrows = [(arrow.start, arrow.end) for arrow in boxes.arrows]
    return Drawing(boxes, lay_out(len(boxes.boxes), arrows, Sizes(width, LANE, BETWEEN)), width)


def _width(box: Box) -> float:
    rows = ((box.name, box.shape), (box.operation, box.learns))
    return COLUMN * max(columns(left) + columns(right) + 3 for left, right in rows)


def svg(boxes: Boxes, title: str) -> str:
    """The drawing as an SVG document under a title."""
    drawing = draw(boxes)
    width, height = drawing.size
    width = max(width, 2 * MARGIN + BOLD * columns(title))
    rectangles = drawing.rectangles
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="netspec" role="img" width="{width:.0f}" height="{height:.0f}"'
        f' viewBox="0 0 {width:.0f} {height:.0f}">',
        f"<title>{_text(title)}</title>",
        f"<style>\n{STYLE}\n</style>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path class="tip" d="M0 0 L8 4 L0 8 z"/></marker></defs>',
        f'<rect class="ground" width="{width:.0f}" height="{height:.0f}"/>',
        f'<text class="name" x="{MARGIN}" y="{MARGIN + 12}">{_text(title)}</text>',
        *(_frame(name, rectangle) for name, rectangle in frames(boxes, rectangles).items()),
        *(_wire(points, end < len(rectangles)) for points, end in wires(drawing)),
        *(_box(box, rectangle) for box, rectangle in zip(boxes.boxes, rectangles, strict=True)),
        "</svg>",
    ]
    return "\n".join(parts)


def frames(boxes: Boxes, rectangles: list[Rectangle]) -> dict[str, Rectangle]:
    """A frame around the boxes of each outermost scope, where nothing else stands within it."""
    found: dict[str, Rectangle] = {}
    for name, members in boxes.scopes().items():
        frame, within = _around(rectangles[member] for member in members), set(members)
        others = (rectangle for number, rectangle in enumerate(rectangles) if number not in within)
        if not any(frame.overlaps(other) for other in (*others, *found.values())):
            found[name] = frame
    return found


def _around(rectangles: Iterable[Rectangle]) -> Rectangle:
    inside = list(rectangles)
    return Rectangle(
        min(rectangle.left for rectangle in inside) - FRAME,
        min(rectangle.top for rectangle in inside) - FRAME - NAME,
        max(rectangle.right for rectangle in inside) + FRAME,
        max(rectangle.bottom for rectangle in inside) + FRAME,
    )


Point = tuple[float, float]


def wires(drawing: Drawing) -> Iterator[tuple[list[Point], int]]:
    """Each step of an arrow as its start, the two points that bend it, its end, and for a lane the lane's end; with
    the point of the layout that it leads to."""
    rows, x = drawing.rows, [MARGIN + x for x in drawing.layout.x]
    for start, end in drawing.layout.steps:
        top, bottom = rows[start] + HEIGHT, rows[end]
        middle = (top + bottom) / 2
        points = [(x[start], top), (x[start], middle), (x[end], middle), (x[end], bottom)]
        if end >= len(drawing.boxes.boxes):
            points.append((x[end], bottom + HEIGHT))
        yield points, end


def _wire(points: list[Point], arrives: bool) -> str:
    start, *curve = [f"{x:.1f} {y:.1f}" for x, y in points]
    path = f"M{start} C{', '.join(curve[:3])}" + "".join(f" L{point}" for point in curve[3:])
    tip = ' marker-end="url(#tip)"' if arrives else ""
    return f'<path class="wire" d="{path}"{tip}/>'


def _frame(name: str, rectangle: Rectangle) -> str:
    text = f'<text class="dim" x="{rectangle.left + FRAME:.1f}" y="{rectangle.top + NAME:.1f}">{_text(name)}</text>'
    return f"<g>{_rectangle('frame', rectangle, 8)}{text}</g>"


def _box(box: Box, rectangle: Rectangle) -> str:
    kind = "end" if box.role != "operation" else "learns" if box.parameters else ""
    first, second = (rectangle.top + line for line in ((19, 36) if box.operation else (27, 0)))
    left, right = rectangle.left + PADDING, rectangle.right - PADDING
    words = [
        ("name", left, first, box.name),
        ("dim right", right, first, box.shape),
        ("", left, second, box.operation),
        ("dim right", right, second, box.learns),
    ]
    texts = "".join(
        f'<text class="{style}" x="{x:.1f}" y="{y:.1f}">{_text(text)}</text>' for style, x, y, text in words if text
    )
    return f'<g class="{kind}">{_rectangle("box", rectangle, HEIGHT / 2 if kind == "end" else 6)}{texts}</g>'


def _rectangle(style: str, rectangle: Rectangle, radius: float) -> str:
    width, height = rectangle.right - rectangle.left, rectangle.bottom - rectangle.top
    at = f'x="{rectangle.left:.1f}" y="{rectangle.top:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect class="{style}" {at} rx="{radius:g}"/>'


def _text(text: str) -> str:
    return escape(clean(text))
