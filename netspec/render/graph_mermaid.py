"""A network as a Mermaid flowchart, which code hosts draw in Markdown."""

from __future__ import annotations

from netspec.render.graph_boxes import Box, Boxes

ENTITIES = str.maketrans({sign: f"#{ord(sign)};" for sign in '"#&;<>`\\'})
"""Mermaid's own way to write what would end a text or be taken for markup."""


def mermaid(boxes: Boxes) -> str:
    """The boxes from top to bottom, those of an outermost scope together in a subgraph."""
    scopes = boxes.scopes()
    inside = {index for indices in scopes.values() for index in indices}
    lines = ["flowchart TD"]
    lines += [f"  {_box(index, box)}" for index, box in enumerate(boxes.boxes) if index not in inside]
    for number, (scope, indices) in enumerate(scopes.items()):
        lines.append(f'  subgraph s{number}["{_text(scope)}"]')
        lines += [f"    {_box(index, boxes.boxes[index])}" for index in indices]
        lines.append("  end")
    lines += [f"  n{arrow.start} --> n{arrow.end}" for arrow in boxes.arrows]
    return "\n".join(lines)


def _box(index: int, box: Box) -> str:
    shape = f"{box.shape} · {box.learns}" if box.learns else box.shape
    words = "<br>".join(_text(row) for row in (box.name, box.operation, shape) if row)
    left, right = ("[", "]") if box.role == "operation" else ("([", "])")
    return f'n{index}{left}"{words}"{right}'


def _text(text: str) -> str:
    return text.translate(ENTITIES)
