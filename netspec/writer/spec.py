"""A spec with another network: what it says of data and training stays, the network is written out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from netspec.catalogue.sections import MODEL
from netspec.checker.analysis import Analysis
from netspec.checker.names.declarations import unused
from netspec.lang import tree
from netspec.lang.read import read_tree
from netspec.problems import Problems
from netspec.problems.values import AssertionFailed
from netspec.program.graph import Graph
from netspec.program.program import Program
from netspec.source import Source, Span
from netspec.writer.blocks import in_blocks
from netspec.writer.errors import CannotTranslate
from netspec.writer.kept import Kept
from netspec.writer.scopes import ensure_same, scopes_of
from netspec.writer.statements import written
from netspec.writer.text import Writer


@dataclass(frozen=True)
class Respecified:
    """The text of a spec, its network, and the assertions on the network of the old one that don't hold any more."""

    text: str
    graph: Graph
    dropped: tuple[str, ...]


def respecified(
    program: Program, graph: Graph, weights: str | None = None, train: Mapping[str, str] | None = None
) -> Respecified:
    """The spec of a program with another network in the place of its own, as one file without others.

    Every operation with weights has its name in the text too, and so has what a loss names. Params and assertions that
    nothing is left of are gone, and values of params from outside stand in the text. `weights` is the name of a file
    beside the spec from which the training starts; whatever `init` says is left out. `train` are settings of that
    section as text, in the place of its own. Raises CannotTranslate if the network can't be written.
    """
    names = {loss.student_value for _, _, loss in program.loss.taught() if loss.student_value is not None}
    kept = Kept.of(program)
    network = _network(program, graph, kept.params, names)
    dropped: list[str] = []
    while True:
        text = kept.text(network)
        analysis = Analysis(
            Source(_file_name(program), text, program.source.path), described=(program.source_index, program.type)
        )
        useless, failed = _to_drop(analysis)
        if not useless and not failed:
            break
        dropped += (item.condition.span.text for item in failed.values())
        kept = kept.without(useless, failed)
    wrong = [item for item in analysis.diagnostics if item.is_error]
    if wrong or analysis.network is None or analysis.network.graph is None:
        reason = wrong[0].message if wrong else "it has no network"
        raise CannotTranslate(f"the spec of the network can't be checked: {reason}")
    ensure_same(graph, analysis.network.graph, names)
    return Respecified(kept.text(network, weights, train), analysis.network.graph, tuple(dropped))


def _to_drop(analysis: Analysis) -> tuple[set[str], dict[int, tree.Assertion]]:
    """The params that nothing uses, and the assertions that fail, by their places among all."""
    places = [item.span for item in analysis.diagnostics if item.code == AssertionFailed.code]
    declared = analysis.declared
    if declared is None:
        return set(), {}
    useless = {name for kind, name, _ in unused(declared) if kind == "param"}
    failed = {index: item for index, item in enumerate(declared.assertions) if item.condition.span in places}
    return useless, failed


def _network(program: Program, graph: Graph, params: frozenset[str], names: Collection[str]) -> str:
    """The blocks and the `model` of a graph."""
    blocks_of = [_blocks(file) for file in (program.source, *program.files)]
    spans = [(block.span, block.name.id) for blocks in blocks_of for block in blocks]

    def block_of(place: Span) -> str:
        found = (name for span, name in spans if span.source.name == place.source.name and _holds(span, place))
        return next(found, "")

    inputs = [item.name for item in graph.inputs]
    model = written(scopes_of(graph, block_of, names), inputs, params)
    blocks = in_blocks(model, params)
    writer = Writer(blocks)
    parts = [writer.block(block) for block in blocks]
    head = f"({', '.join(inputs)})" if len(inputs) > 1 else ""
    return "\n\n".join([*parts, f"{MODEL}{head} {writer.body(model)}"])


def _blocks(source: Source) -> list[tree.Block]:
    return [item for item in read_tree(source, Problems()).statements if isinstance(item, tree.Block)]


def _holds(span: Span, place: Span) -> bool:
    return span.start <= place.start and place.end <= span.end


def _file_name(program: Program) -> str:
    """The spec's name, as that of a `.net` file."""
    return f"{program.name}.net"
