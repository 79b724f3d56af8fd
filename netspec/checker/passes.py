"""Passes of a check, to be read from the end of this file: each adds to the context what it finds."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from dataclasses import replace

from netspec.catalogue.sections import MODEL, Section, required_sections, sections
from netspec.catalogue.targets import Target
from netspec.checker.context import GOOD, Context, Pass
from netspec.checker.entries.elaborate import Elaborator
from netspec.checker.entries.settings import elaborate_section
from netspec.checker.fit.assertions import check_assertions
from netspec.checker.fit.class_weights import check_class_weights
from netspec.checker.fit.inputs import infer_inputs
from netspec.checker.fit.lints import Spec, lint
from netspec.checker.fit.output import check_output, choose_loss
from netspec.checker.fit.pretrained import with_statistics
from netspec.checker.fit.results import Results
from netspec.checker.names.declarations import unused
from netspec.checker.names.declare import declare
from netspec.checker.names.scope import Unresolved, in_section
from netspec.checker.network.budget import OverBudget
from netspec.checker.network.input_sizes import explain_sizes
from netspec.checker.network.model import check_blocks, trace
from netspec.checker.sections import checks_of, program_checks_of
from netspec.checker.sections.data import describe_data
from netspec.problems.names import MissingSection, Unused
from netspec.program.naming import spec_name
from netspec.program.program import Origin, Program, by_name
from netspec.program.written import written


def run(context: Context) -> None:
    """Run all passes; what is wrong goes to the context's problems."""
    for each in PASSES:
        each(context)


# ---- names ----


def _declare(context: Context) -> None:
    problems = context.problems
    context.declared = declare(context.tree, problems, context.overrides, context.files, context.index)
    context.elaborator = Elaborator(context.declared.scope, problems, context.complete)
    missing = tuple(name for name in required_sections() if name not in context.declared.sections)
    if missing and not problems.fatal and not context.declared.is_library:
        # else the section may be there, under a name or in a shape that isn't understood
        problems.add(MissingSection(context.source.whole(), missing))


def _check_unused(context: Context) -> None:
    if context.complete and not context.declared.is_library:
        for what, name, span in unused(context.declared):
            context.problems.add(Unused(span, what, name))


# ---- sections ----


def _elaborate(context: Context) -> None:
    """Each section as it is written, or its defaults; one that can't be had is left out."""
    found: dict[str, Section] = {}
    for section in sections():
        name = section.name()
        if name in context.declared.sections:
            parts = context.declared.sections[name]
            reading = nullcontext() if section.trains else context.declared.scope.reading(in_section(name))
            with suppress(Unresolved), reading:
                found[name] = elaborate_section(section, parts, context.elaborator)
        elif section.has_defaults():
            found[name] = section()
    context.sections = found


def _describe(context: Context) -> None:
    """The type of the data: the one that is given, if it is of this spec, else that of the sources."""
    given, data = context.given, context.data
    # what a saved run has seen stands before what its spec would prefer
    prefers = type(given[1].target) if given is not None else _preferred_target(context)
    context.folders = replace(context.folders, prefers=prefers)
    if given is None or given[0] >= len(data.source):
        given = None
        if context.has("data.source"):
            given = describe_data(data, context.folders, context.spans, context.problems)
    if given is not None:
        context.described = given


def _preferred_target(context: Context) -> type[Target] | None:
    """The kind of target that all losses and metrics of the spec are for; None if it names none, or several kinds."""
    found: set[type[Target]] = set()
    if context.has("train") and context.has("train.loss"):
        found |= {term.entry.of for term in context.train.loss or ()} - {Target}
    if context.has("evaluate") and context.has("evaluate.metrics"):
        found |= {metric.of for metric in context.evaluate.metrics or ()}
    return found.pop() if len(found) == 1 else None


def _check_sections(context: Context) -> None:
    # the checks of a section that isn't there aren't even imported
    for name in context.sections:
        for each in checks_of(name):
            each(context)


def _choose_loss(context: Context) -> None:
    context.loss = choose_loss(context.train, context.type.target)


# ---- the network ----


def _infer_inputs(context: Context) -> None:
    inputs = infer_inputs(context.data, context.type, context.spans, context.problems)
    if inputs is not None:
        context.inputs = inputs


def _check_library(context: Context) -> None:
    if context.declared.is_library:
        check_blocks(context.declared, context.problems)


def _trace(context: Context) -> None:
    if MODEL not in context.declared.sections:
        return
    inputs = context.inputs if context.has("inputs") else None
    with suppress(OverBudget):
        context.model = trace(context.declared, inputs, context.problems, complete=context.complete)
        if context.model.graph is not None and context.complete:
            context.graph = context.model.graph


def _explain_sizes(context: Context) -> None:
    if context.complete:
        explain_sizes(context.declared, context.inputs, context.model, context.problems)


# ---- how the parts fit together ----


def _check_output(context: Context) -> None:
    if context.declared.complete:
        check_output(context.model, context.loss, context.type, context.spans, context.problems)
        check_class_weights(context.loss, context.type.target, context.spans, context.problems)


def _check_assertions(context: Context) -> None:
    declared, results = (
        context.declared,
        Results.of(
            context.data, context.evaluate, context.type, context.export, compresses=context.compress is not None
        ),
    )
    with declared.scope.reading("an assertion"):
        context.assertions = check_assertions(
            declared.assertions, declared.scope, context.graph, results, context.problems
        )


def _find_weights(context: Context) -> None:
    # a saved run has weights of its own, and the files may be gone
    if context.given is None and context.declared.complete and any(rule.loads() for rule in context.train.init):
        # imported only where something is loaded: most specs are checked without
        from netspec.checker.fit.weights import find_weights

        context.weights = find_weights(context.train, context.graph, context.folders, context.spans, context.problems)


def _take_statistics(context: Context) -> None:
    context.sections = {
        **context.sections,
        **by_name(with_statistics(context.data, context.train, context.graph, context.spans, context.problems)),
    }


def _make_program(context: Context) -> None:
    lines = {span: shape for span, shape in context.model.shapes.items() if shape is not None}
    context.program = Program(
        name=spec_name(context.source),
        source=context.source,
        sections=context.sections,
        loss=context.loss,
        graph=context.graph,
        type=context.type,
        folders=context.folders,
        origins=_origins(context),
        source_index=context.described[0],
        lines=lines,
        domains=context.declared.domains,
        files=context.files.sources,
        overrides=dict(context.overrides),
        assertions=context.assertions,
        weights=context.weights if context.has("weights") else (),
        params={name: written(value, text=True) for name, value in context.declared.scope.computed()},
    )


def _origins(context: Context) -> dict[str, Origin]:
    """Where each value is from, and what it took the place of."""
    declared, elaborator = context.declared, context.elaborator
    origins = dict(elaborator.origins)
    for name, span in declared.scope.spans.items():
        origins[f"params.{name}"] = Origin.written(span)
    for path, span in (declared.replaced | elaborator.replaced).items():
        if path in origins:
            origins[path] = replace(origins[path], overrode=Origin.written(span))
    for path, value in (("train.loss", context.train.loss), ("evaluate.metrics", context.evaluate.metrics)):
        if value is None:
            origins[path] = Origin("inferred", f"from {context.type.target}")
    return origins


def _check_program(context: Context) -> None:
    for name in context.sections:
        for each in program_checks_of(name):
            each(context)


def _check_teachers(context: Context) -> None:
    # a saved run has learned from its teachers, which may be gone
    if context.given is None and any(context.program.loss.taught()):
        from netspec.checker.fit.teachers import check_teachers

        check_teachers(context.program, context.saved_program, context.spans, context.problems)


def _lint(context: Context) -> None:
    context.problems.extend(lint(Spec(context.program, context.model, context.spans)))


PASSES = (
    Pass("declarations", _declare),
    Pass("sections", _elaborate),
    Pass("data", _describe, needs=("data",)),
    Pass("loss", _choose_loss, needs=("train", "described")),
    Pass("section checks", _check_sections),
    Pass("inputs", _infer_inputs, needs=("data", "described", "data.transform", "data.augment")),
    Pass("library", _check_library),
    Pass("network", _trace),
    Pass("sizes", _explain_sizes, needs=("model", "inputs")),
    Pass("output", _check_output, needs=("graph", "data", "evaluate", "loss", "described", "train.loss")),
    Pass("assertions", _check_assertions, needs=("graph", "data", "evaluate", "train", "described")),
    Pass("weights", _find_weights, needs=("graph", "train", "train.init")),
    Pass("statistics", _take_statistics, needs=("graph", "data", "train", "train.init", "data.transform")),
    Pass("program", _make_program, needs=("graph", "data", "evaluate", "train", "described")),
    Pass("program checks", _check_program, needs=("program",)),
    Pass("teachers", _check_teachers, needs=("program", GOOD)),
    Pass("lints", _lint, needs=("program", GOOD)),
    Pass("unused names", _check_unused, needs=(GOOD,)),
)
