"""Weights that a spec loads: the files of its rules against the network, and what is wrong with them in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from netspec import zoo
from netspec.catalogue.init_rules import WHOLE, Loads
from netspec.catalogue.sections.train import Train
from netspec.catalogue.sources import DataFolders
from netspec.checker.fit.weights_mismatch import mismatch
from netspec.checker.operations import check_operations
from netspec.diagnostics import did_you_mean
from netspec.formats.errors import DataError
from netspec.formats.safetensors import Header, TensorInfo
from netspec.problems import NetspecError, Problem, Problems
from netspec.problems.names import IdleSelector
from netspec.problems.weights import NotFetched, UnknownScope, UnknownWeights, WeightsMalformed, WeightsMissing
from netspec.program.graph import Graph
from netspec.program.loading import Match
from netspec.program.program import Program
from netspec.program.training import Claim, claims
from netspec.program.weights import FLOAT, INTEGER, match
from netspec.shapes import MisfitError, Shape
from netspec.source import Span

Spans = Mapping[str, Span]
ERRORS = {"missing": WeightsMissing, "unreachable": NotFetched, "malformed": WeightsMalformed}


def find_weights(
    train: Train, graph: Graph, folders: DataFolders, spans: Spans, problems: Problems
) -> tuple[Match, ...]:
    """What each rule that loads tensors loads; what doesn't fit goes to the problems."""
    found: list[Match] = []
    for claim in claims(train, graph):
        rule = claim.rule.loads()
        if rule is None or not _has_scope(claim, rule, graph, spans, problems):
            continue
        try:
            file = rule.locate(folders, graph.bodies)
        except (DataError, MisfitError) as error:
            place = spans.get(f"{claim.path}.{error.argument}", spans.get(claim.path))
            problems.add(weights_problem(error, place))
            continue
        if file.pending and file.download is not None:
            file = replace(file, header=expected_header(file.download[0]))
        matched = match(claim, rule, file, graph)
        problems.extend(_idle(matched, spans))
        if matched.mismatches:
            problems.add(mismatch(matched, graph, spans.get(claim.path)))
        found.append(matched)
    return tuple(found)


def weights_of(program: Program) -> tuple[Match, ...]:
    """What a program loads, with the files as they are now. Raises NetspecError if they don't fit."""
    problems = Problems()
    spans = {path: origin.span for path, origin in program.origins.items() if origin.span is not None}
    found = find_weights(program.train, program.graph, program.folders, spans, problems)
    if problems.fatal:
        raise NetspecError(problems.diagnose(program.source))
    return found


@cache
def expected_header(network: str) -> Header:
    """The tensors that weights of a network of the zoo have, before they are downloaded."""
    shape = Shape(zoo.networks()[network].input)
    tensors = check_operations(f"body: {zoo.NAME}.{network}", shape, zoo=True).state_tensors
    types = ((tensor, INTEGER if tensor.counts else FLOAT) for tensor in tensors)
    names = {tensor.name.removeprefix("body."): TensorInfo(type, tensor.sizes, 0, 0) for tensor, type in types}
    return Header(names, {})


def weights_problem(error: DataError | MisfitError, span: Span | None) -> Problem:
    """What a file of weights is refused for, as a problem."""
    if isinstance(error, MisfitError):
        return UnknownWeights(span, error.reason, help=error.help)
    return ERRORS.get(error.what, WeightsMalformed)(span, error.reason, error.help)


def _has_scope(claim: Claim, rule: Loads, graph: Graph, spans: Spans, problems: Problems) -> bool:
    """Whether the network has the scope or the layer that a rule is for."""
    tensors = [tensor.name for tensor in graph.state_tensors]
    known = _scopes(tensors)
    if rule.on == WHOLE or rule.on in known:
        return True
    if rule.on in tensors:
        reason = "is a single tensor: name its scope or its layer"
    elif any(node.path == rule.on or node.path.startswith(f"{rule.on}.") for node in graph.nodes):
        reason = "has no weights"
    else:
        reason = "isn't a scope or a layer of the network"
    span = spans.get(f"{claim.path}.on", spans.get(claim.path))
    nearest = did_you_mean(rule.on, known)
    labels = tuple(name for name in known if "." not in name)
    problems.add(UnknownScope(span, rule.on, reason, f'"{nearest}"' if nearest else None, labels))
    return False


def _scopes(names: Sequence[str]) -> tuple[str, ...]:
    """The scopes and layers that have tensors, in their order."""
    found: dict[str, None] = {}
    for name in names:
        parts = name.split(".")
        found.update(dict.fromkeys(".".join(parts[:length]) for length in range(1, len(parts))))
    return tuple(found)


def _idle(matched: Match, spans: Spans) -> list[Problem]:
    """The patterns of `except` that match nothing, neither in the network nor in the file."""
    found: list[Problem] = []
    for idle in matched.idle:
        path = f"{matched.path}.except"
        span = spans.get(f"{path}[{idle.index}]", spans.get(path, spans.get(matched.path)))
        show = idle.nearest and span is not None and span.text[:1] == '"' and matched.file.quotable
        found.append(IdleSelector(span, idle.pattern, idle.reason, f'"{idle.nearest}"' if show else None))
    return found
