"""Where a value or a layer comes from, in the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.text import Text

from netspec.catalogue.entry import Entry
from netspec.catalogue.sections import MODEL
from netspec.catalogue.slots import slots
from netspec.diagnostics import Label
from netspec.program.graph import Graph, Node
from netspec.program.program import DEFAULT, Origin, Program, nested
from netspec.program.written import written
from netspec.render.diagnostics import render_places
from netspec.render.excerpt import columns
from netspec.render.words import clean, count
from netspec.shapes import Shape
from netspec.wording import counted

PARAMS = "params"


def paths(program: Program) -> list[str]:
    """All that can be asked for: settings, params, layers and their scopes."""
    layers = [f"{MODEL}.{name}" for node in program.graph.nodes for name in _around(node.path)]
    settings = [path for path, _, _ in program.values()]
    params = [path for path in program.origins if path.startswith(f"{PARAMS}.")]
    return list(dict.fromkeys([*settings, *params, *layers]))


def _around(path: str) -> Iterator[str]:
    """A layer's name and those of the scopes around it."""
    while path:
        yield path
        path = path.rpartition(".")[0]


def render_why(program: Program, path: str) -> Text | None:
    """Why a setting has its value, or what a layer is; None if there is nothing of that name."""
    for known, value, origin in program.values():
        if known == path:
            return _setting(program, path, value, origin)
    if path in program.resolved:
        return _section(program, path)
    if path.startswith(f"{PARAMS}.") and path in program.origins:
        return Text.assemble((f"{clean(path)}\n", "bold"), _places(program.origins[path]))
    return _layers(program.graph, path.removeprefix(f"{MODEL}."))


# ---- settings ----


def _setting(program: Program, path: str, value: str, origin: Origin) -> Text:
    """The value, what it is for, and the place that set it, or the place that could have."""
    text = Text.assemble((f"{path} = {clean(value)}\n", "bold"))
    text.append(f"{dict(_descriptions(program))[path]}\n")
    if origin.span is not None:
        return text.append(_places(origin))
    text.append("\nits default\n" if origin == DEFAULT else f"\n{origin}\n")
    around = program.span_of(path)
    return text.append(_marked([Label(around, "not set here")])) if around else text


def _section(program: Program, name: str) -> Text:
    """All settings of a section, a line each."""
    rows = [
        (path, clean(value), clean(origin.seen_from(program.source)))
        for path, value, origin in program.values()
        if path.startswith(f"{name}.")
    ]
    return Text.assemble((f"{name}\n", "bold"), _columns(rows))


def _columns(rows: Sequence[tuple[str, ...]]) -> str:
    """Rows of words in columns, a little indented."""
    widths = [max(map(columns, column)) + 2 for column in zip(*rows, strict=True)]
    lines = (
        "".join(cell + " " * (width - columns(cell)) for cell, width in zip(row, widths, strict=True)) for row in rows
    )
    return "".join(f"  {line.rstrip()}\n" for line in lines)


def _descriptions(program: Program) -> Iterator[tuple[str, str]]:
    for name, section in program.resolved.items():
        yield from _fields(name, section)


def _fields(path: str, entry: Entry) -> Iterator[tuple[str, str]]:
    for name, slot in slots(type(entry)).items():
        where = f"{path}.{name}"
        yield where, slot.description
        for place, item in nested(where, getattr(entry, name)):
            yield from _fields(place, item)


def _places(origin: Origin) -> Text:
    """Where a value is written, and what it took the place of, which may have taken that of another one."""
    labels: list[Label] = []
    before: Origin | None = origin
    while before is not None and before.span is not None:
        labels.append(Label(before.span, "in the place of this" if labels else "set here"))
        before = before.overrode
    return _marked(labels)


def _marked(labels: Sequence[Label]) -> Text:
    """Places, the first of which is the main one."""
    return Text("\n").append(render_places([(label, number == 0) for number, label in enumerate(labels)], "bold green"))


# ---- layers ----


def _layers(graph: Graph, path: str) -> Text | None:
    """A layer, each of its uses, or the layers of a scope; None if there are none of that name."""
    nodes = [node for node in graph.nodes if node.path == path or node.path.startswith(f"{path}.")]
    if not nodes:
        return None
    if len({node.path for node in nodes}) > 1:
        return _scope(path, nodes)
    names = [item.name for item in graph.inputs] + [node.path for node in graph.nodes for _ in node.outputs]
    return Text("\n").join(_layer(node, names) for node in nodes)


def _layer(node: Node, names: Sequence[str]) -> Text:
    text = Text.assemble((f"{clean(node.path)}: {clean(written(node.layer))}\n", "bold"))
    takes = (f"{shape} from `{names[value]}`" for value, shape in zip(node.inputs, node.input_shapes, strict=True))
    rows = [("takes", ", ".join(takes)), ("gives", ", ".join(map(str, node.shapes)))]
    rows += [("learns", f"{count(node.parameter_count)}: {_tensors(node.parameters)}")] if node.parameters else []
    rows += [("keeps", _tensors(node.buffers))] if node.buffers else []
    for word, content in rows:
        text.append(f"  {word:<8}{clean(content)}\n" if content else "")
    return text.append(_marked([Label(node.span, "written here")]))


def _tensors(tensors: Mapping[str, tuple[int, ...]]) -> str:
    return ", ".join(f"{name} {Shape(sizes)}" for name, sizes in tensors.items())


def _scope(path: str, nodes: Sequence[Node]) -> Text:
    """The layers of a scope, a line each."""
    owners = {node.path: node for node in reversed(nodes)}.values()
    learned = count(sum(node.parameter_count for node in owners))
    title = f"{clean(path)}: {counted(len(nodes), 'operation')}, {learned} parameters\n"
    rows = [(clean(node.path), clean(written(node.layer)), str(node.shape)) for node in nodes]
    return Text.assemble((title, "bold"), _columns(rows))
