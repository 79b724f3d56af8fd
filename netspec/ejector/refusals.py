"""What of a program a script has no code for, found before any of it is written: each with its reason and a way out."""

from __future__ import annotations

from collections.abc import Iterator

from netspec.catalogue.entry import Entry
from netspec.catalogue.losses import TaughtLoss
from netspec.ejector.evaluation import is_weighted, probabilities_of
from netspec.ejector.network import is_written
from netspec.ejector.training import clock_of, learned_tensors, moves_momentum
from netspec.problems.base import NetspecError
from netspec.problems.reading import NotEjected
from netspec.program.parts import parts_of
from netspec.program.program import Program, placed
from netspec.program.training import movers

NO_CODE = "a script has no code for"


def ensure_ejectable(program: Program) -> None:
    """Raises NetspecError with all that a script has no code for."""
    found = list(refusals(program))
    if found:
        raise NetspecError(problem.diagnose() for problem in found)


def refusals(program: Program) -> Iterator[NotEjected]:
    """What a script has no code for."""
    for path, reason, help in (*_settings(program), *_losses(program), *_entries(program), *_network(program)):
        # what has a place in a list may have none in the file
        span = program.span_of(path) or program.span_of(path.partition("[")[0])
        yield NotEjected(span, reason, help)


Refusal = tuple[str, str, str | None]
"""The path of a setting, why a script can't have it, and what can be done instead."""


def _settings(program: Program) -> Iterator[Refusal]:
    train = program.train
    unlike = (
        ("average", train.average is not None, "an average of the weights", "leave `average` out"),
        ("mix", bool(train.mix), "mixed batches", "leave `mix` out"),
        ("freeze", bool(train.freeze), "frozen layers, whose outputs may be kept", "leave `freeze` out"),
        ("precision", train.precision != "float32", "another precision than float32", "use `precision = float32`"),
        ("compile", train.compile, "compiled networks, whose bits differ", "use `compile = false`"),
        ("max_time", train.max_time is not None, "a training that ends by the clock", "use `epochs` alone"),
        ("on_nan", train.on_nan != "stop", "a training that resumes after an overflow", "use `on_nan = stop`"),
    )
    for name, differs, what, help in unlike:
        if differs:
            yield f"train.{name}", f"{NO_CODE} {what}", help
    if len(parts := parts_of(program)):
        reason = f"the spec stands for {len(parts)} runs, but a script is for one"
        yield "train.seeds", reason, "export the folder of one of its runs, or set `seeds = 1` and one `fold`"
    if program.data.target_transform:
        yield "data.target_transform", f"{NO_CODE} scaled targets", "leave `target_transform` out"
    if len(program.type.fields) > 1:
        yield "data.source", f"{NO_CODE} samples of several inputs", "join them into one array"
    if program.data.augment and program.type.target.on_pixels:
        yield "data.augment", f"{NO_CODE} targets that are moved with images", "leave `augment` out"
    yield from _optimizer(program)
    yield from _order(program)


def _optimizer(program: Program) -> Iterator[Refusal]:
    train = program.train
    name = train.optimizer.name()
    if train.optimizer.reevaluates:
        yield "train.optimizer", f"{NO_CODE} `{name}`, which evaluates its batches again", "use `adam` or `sgd`"
    found = movers(train, program.graph)
    if len(found) > 1:
        yield "train.optimizer.groups", f"{NO_CODE} several optimizers", "give the groups no `optimizer` of their own"
    if train.schedule and any("lr" in own for mover in found for own, _ in mover.groups):
        yield "train.schedule", f"{NO_CODE} a schedule of several learning rates", "use one learning rate"
    if len(train.schedule) > 1 and moves_momentum(program):
        yield "train.schedule", f"{NO_CODE} a momentum that changes in a part of the training", "use one schedule"
    if train.accumulate > 1 and any(map(is_weighted, program.loss.losses)):
        yield "train.accumulate", f"{NO_CODE} accumulated gradients of weighted classes", "use `accumulate = 1`"
    if train.stop is not None and (watched := train.stop.watched()) not in _known_values(program):
        yield "train.stop", f"{NO_CODE} `{watched}`", "watch `validation.loss` or another metric of validation"


def _order(program: Program) -> Iterator[Refusal]:
    """What depends on the order of things that a script has in another one, or under the same names."""
    train, scoped = program.train, [path for path in learned_tensors(program.graph) if "." in path]
    for name, value in (("clip", train.clip), ("noise", train.noise)):
        if value is not None and scoped:
            reason = f"{NO_CODE} `{name}` where learned tensors are in scopes, as `{scoped[0]}` is"
            yield f"train.{name}", reason, "label the tensor outside of a scope"
    scaling = [step.name() for step in program.data.transform if step.normalizes]
    for name in sorted({name for name in scaling if scaling.count(name) > 1}):
        yield "data.transform", f"{NO_CODE} `{name}` more than once", "use one of them"


def _known_values(program: Program) -> set[str]:
    """The values of an epoch that a script has."""
    return {"train.loss", "validation.loss", *(f"validation.{metric.key()}" for metric in program.metrics)}


def _losses(program: Program) -> Iterator[Refusal]:
    target, output = program.type.target, program.graph.output
    for path, loss in program.loss.by_path():
        if isinstance(loss, TaughtLoss):
            yield path, f"{NO_CODE} `{loss.name()}`: it needs the run of its teacher", "use a loss against the targets"
        elif loss.measured is not None:
            reason = f"{NO_CODE} `{loss.measured}=balanced`, which is measured on the training split"
            yield f"{path}.{loss.measured}", reason, "give the weights as numbers"
        elif loss.python_decision(target, output) is None:
            yield path, f"{NO_CODE} the decisions of {target.plural}", None


def _entries(program: Program) -> Iterator[Refusal]:
    """Entries whose method `python` returns nothing."""
    train, data, shape = program.train, program.data, program.type.input
    source = program.assumed
    if len(program.type.fields) == 1 and source.python(program.folders, program.type) is None:
        yield "data.source", f"{NO_CODE} `{source.name()}` as it is here", "save its samples as arrays and use `npz`"
    clock, augmented = clock_of(program), shape
    found: list[tuple[str, Entry, object]] = []
    for path, step in placed("data.augment", data.augment):
        found.append((path, step, step.python(augmented)))
        augmented = step.infer(augmented)
    for path, step in placed("data.transform", data.transform):
        code = step.python(augmented, "x") and step.python(shape, "x")
        found.append((path, step, code))
        augmented, shape = step.infer(augmented), step.infer(shape)
    found += [(path, part, part.python(clock)) for path, part in placed("train.schedule", train.schedule)]
    found += [(path, one, one.python()) for path, one in placed("train.penalties", train.penalties)]
    found += [(path, one, one.python()) for path, one in placed("train.constraints", train.constraints)]
    likely = probabilities_of(program)
    for path, metric in placed("evaluate.metrics", program.metrics):
        found.append((path, metric, None if metric.from_probabilities and likely is None else metric.python()))
    single = (("train.clip", train.clip), ("train.noise", train.noise), ("train.stop", train.stop))
    found += [(path, one, one.python()) for path, one in single if one is not None]
    for path, entry, code in found:
        if code is None:
            yield (
                path,
                f"{NO_CODE} the {entry.kind} `{entry.name()}`",
                f"leave out the {entry.kind}, or use another one",
            )
    for path, rule in placed("train.init", train.init):
        if rule.loads() is not None:
            reason = f"{NO_CODE} `{rule.name()}`: it trains from initial weights of its own"
            yield path, reason, "leave the rule out, or export the trained weights as safetensors"


def _network(program: Program) -> Iterator[Refusal]:
    graph = program.graph
    if len(graph.outputs) > 1:
        yield "model", f"{NO_CODE} the training of networks with several outputs", None
    for node in graph.nodes:
        layer = node.layer
        reason = layer.no_python if is_written(node) else "its module can't be written down"
        if reason is not None:
            yield f"model.{node.path}", f"{NO_CODE} the layer `{layer.name()}`: {reason}", "use another layer"
