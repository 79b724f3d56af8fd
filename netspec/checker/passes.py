"""The passes, read from top to bottom."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from netspec.catalogue.entry import Entry
from netspec.catalogue.sections.data import Data
from netspec.catalogue.sections.evaluate import Evaluate
from netspec.catalogue.sections.train import Train
from netspec.catalogue.sources import Place
from netspec.checker.entries.elaborate import Elaborator
from netspec.checker.entries.settings import elaborate_section
from netspec.checker.fit.assertions import check_assertions
from netspec.checker.fit.class_weights import check_class_weights
from netspec.checker.fit.experiment import (
    Described,
    check_batches,
    check_metrics,
    check_monitor,
    check_splits,
    choose_loss,
    describe_data,
    infer_inputs,
)
from netspec.checker.fit.lints import Spec, lint
from netspec.checker.fit.output import check_output
from netspec.checker.fit.training import check_training
from netspec.checker.names.declarations import MODEL, Declarations, unused
from netspec.checker.names.declare import declare
from netspec.checker.names.files import Files
from netspec.checker.names.scope import Unresolved
from netspec.checker.network.budget import OverBudget
from netspec.checker.network.input_sizes import explain_sizes
from netspec.checker.network.model import check_blocks, trace
from netspec.checker.suppressions import silence
from netspec.diagnostics import Diagnostic
from netspec.lang.read import is_json, read_tree
from netspec.lang.source_file import read_source
from netspec.lang.tree import Tree
from netspec.problems import NetspecError, Problems
from netspec.problems.files import OnlyBlocks
from netspec.problems.names import MissingSection, Unused
from netspec.program.naming import spec_name
from netspec.program.program import Origin, Program
from netspec.source import Source

S = TypeVar("S", bound=Entry)

REQUIRED = (Data.name(), MODEL)
"""The sections that every spec has."""

DATA_FOLDER = "NETSPEC_DATA"
"""The environment variable that names the folder of downloaded data sets; `data` in the current folder otherwise."""


@dataclass(frozen=True)
class Checked:
    """What a check found: the tree, the program if nothing is wrong, and everything to be said, in source order."""

    source: Source
    tree: Tree
    program: Program | None
    diagnostics: tuple[Diagnostic, ...]

    def require(self) -> Program:
        """The program; raises NetspecError with all diagnostics if there is none."""
        if self.program is not None:
            return self.program
        if any(diagnostic.is_error for diagnostic in self.diagnostics):
            raise NetspecError(self.diagnostics)
        raise NetspecError.of(OnlyBlocks(self.source.whole(), self.source.name))


def check_file(path: Path, overrides: Mapping[str, str] | None = None) -> Checked:
    """Check the spec at a path; raises NetspecError only if it can't be read at all.

    `overrides` are values for params, as `--set name=value` gives them.
    """
    return check_source(read_source(path), overrides)


def check_source(
    source: Source,
    overrides: Mapping[str, str] | None = None,
    texts: Mapping[Path, str] | None = None,
    described: Described | None = None,
) -> Checked:
    """Check a spec's text. Loads no torch, fetches nothing, and writes nothing.

    Where `texts` are given they are the other files that it may name, by their absolute paths; where the data is
    `described`, what is on the disk isn't looked at.
    """
    problems = Problems()
    tree = read_tree(source, problems)
    # where JSON is out of place the tree has a gap, and what would be said of the gap follows from that
    files = Files(source, texts)
    program = None
    if not (is_json(source) and problems.fatal):
        program = _check(source, tree, problems, overrides or {}, files, described)
    problems = silence((tree, *files.trees.values()), problems)
    if is_json(source):
        from netspec.lang.json.fixes import in_json
        from netspec.lang.json.structure import check_structure

        if not problems.fatal:
            check_structure(source, problems)
        diagnostics = in_json(problems.diagnose(), source)
    else:
        diagnostics = problems.diagnose()
    if program is not None:
        program = replace(program, files=files.sources, overrides=dict(overrides or {}))
    return Checked(source, tree, None if problems.fatal else program, diagnostics)


def _check(
    source: Source,
    tree: Tree,
    problems: Problems,
    overrides: Mapping[str, str],
    files: Files,
    described: Described | None,
) -> Program | None:
    """The passes; each reports to `problems` and goes on with what it could understand."""
    complete = not problems.fatal
    declared = declare(tree, problems, overrides, files)
    missing = tuple(name for name in REQUIRED if name not in declared.sections)
    if missing and not problems.fatal and not declared.is_library:
        # else the section may be there, under a name or in a shape that isn't understood
        problems.add(MissingSection(source.whole(), missing))
    elaborator = Elaborator(declared.scope, problems, complete)
    data = _section(Data, declared, elaborator)
    train = _section(Train, declared, elaborator)
    evaluate = _section(Evaluate, declared, elaborator)
    program = None
    try:
        program = _assemble(source, declared, elaborator, data, train, evaluate, described)
    except OverBudget:
        return None
    if complete and not declared.is_library and not problems.fatal:
        # what is wrong may be the name of what seems not to be used
        for what, name, span in unused(declared):
            problems.add(Unused(span, what, name))
    return program


def _section(section: type[S], declared: Declarations, elaborator: Elaborator) -> S | None:
    """A section as it is written, or by its defaults; None after reporting why it can't be had."""
    name = section.name()
    if name in declared.sections:
        try:
            return elaborate_section(section, declared.sections[name], elaborator)
        except Unresolved:
            return None
    return None if name in REQUIRED else section()


def _assemble(
    source: Source,
    declared: Declarations,
    elaborator: Elaborator,
    data: Data | None,
    train: Train | None,
    evaluate: Evaluate | None,
    described: Described | None,
) -> Program | None:
    """The passes that need the data's type: shapes, and how the parts fit together."""
    problems, spans = elaborator.problems, elaborator.spans
    place = place_of(source)
    if described is not None and data is not None and described[0] >= len(data.source):
        described = None  # of another spec
    if described is None and data is not None and elaborator.trusted("data.source"):
        described = describe_data(data, place, spans, problems)
    inputs = None
    if data is not None and described is not None:
        # what is said of a value that isn't the one that was meant would only follow from the mistake in it
        if elaborator.trusted("data.sample", "data.validation", "data.test"):
            check_splits(data, described[1], spans, problems)
        if elaborator.trusted("data.transform", "data.augment"):
            inputs = infer_inputs(data, described[1], spans, problems)
        if train is not None and evaluate is not None:
            if elaborator.trusted("train.stop", "train.schedule", "evaluate.metrics", "data.validation"):
                check_monitor(train, evaluate, data, described[1], spans, problems)
            if elaborator.trusted("train.loss"):
                check_metrics(evaluate, choose_loss(train, described[1].target), described[1].target, spans, problems)
    if declared.is_library:
        check_blocks(declared, elaborator)
    model = trace(declared, inputs, elaborator) if MODEL in declared.sections else None
    if data is None or described is None or model is None or model.graph is None or not elaborator.complete:
        if model is not None and inputs is not None and elaborator.complete:
            explain_sizes(declared, inputs, model, problems)
        return None
    if train is None or evaluate is None:
        return None
    index, type = described
    loss = choose_loss(train, type.target)
    if declared.complete and elaborator.trusted("train.loss"):
        check_output(model, loss, type.target, spans, problems)
        check_class_weights(loss, type.target, spans, problems)
    check_assertions(declared.assertions, declared.scope, model.graph, problems)
    origins = origins_of(declared, elaborator)
    if train.loss is None:
        origins["train.loss"] = Origin("inferred", f"from {type.target}")
    if evaluate.metrics is None:
        origins["evaluate.metrics"] = Origin("inferred", f"from {type.target}")
    name = spec_name(source)
    lines = {span: shape for span, shape in model.shapes.items() if shape is not None}
    program = Program(name, source, data, train, evaluate, loss, model.graph, type, place, origins, index, lines)
    if not problems.fatal:
        check_batches(program, spans, problems)
        check_training(program, spans, problems)
    if not problems.fatal:
        problems.extend(lint(Spec(program, model, spans)))
    return program


def origins_of(declared: Declarations, elaborator: Elaborator) -> dict[str, Origin]:
    """Where each value is from, and what it took the place of."""
    origins = dict(elaborator.origins)
    for name, span in declared.scope.spans.items():
        origins[f"params.{name}"] = Origin.written(span)
    for path, span in (declared.replaced | elaborator.replaced).items():
        if path in origins:
            origins[path] = replace(origins[path], overrode=Origin.written(span))
    return origins


def place_of(source: Source) -> Place:
    """Where a spec's files are looked for: beside it, and data sets in one folder for all specs."""
    folder = source.path.parent if source.path else Path()
    return Place(folder, Path(os.environ.get(DATA_FOLDER) or "data"))
