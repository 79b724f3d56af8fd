"""Operations by themselves: the graph of a few, for an input of a known shape and without the rest of a spec."""

from __future__ import annotations

from contextlib import suppress

from netspec.checker.names.declare import declare
from netspec.checker.names.files import Files, Includes
from netspec.checker.names.index import Index
from netspec.checker.network.budget import OverBudget
from netspec.checker.network.model import Incoming, trace
from netspec.lang.read import read_tree
from netspec.problems import NetspecError, Problems
from netspec.program.graph import Graph
from netspec.shapes import Shape
from netspec.source import Source


def check_operations(text: str, shape: Shape, *, zoo: bool = False) -> Graph:
    """The graph of operations as the body of a `model` has them, `conv(16, 3) -> relu`; with `zoo` networks of it too.

    Raises NetspecError with everything that is wrong.
    """
    source = Source("operations", f"model {{ {text} }}\n")
    problems = Problems()
    tree = read_tree(source, problems)
    declared = declare(tree, problems, {}, Includes(source, Files(disk=zoo)), Index())
    graph: Graph | None = None
    if not problems.fatal:
        with suppress(OverBudget):
            graph = trace(declared, Incoming({"input": shape}, None), problems).graph
    if graph is None or problems.fatal:
        raise NetspecError(problems.diagnose(source))
    return graph
