"""Mistakes other than misspelt words, each a small function that makes it wherever it can be made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from random import Random

from benchmarks.diagnostics.mutants import Mutant, Spec, added, kind, replaced
from netspec.catalogue.entry import Entry, find, kinds
from netspec.catalogue.layers import Layer
from netspec.catalogue.sections import MODEL
from netspec.catalogue.slots import Slot, slots
from netspec.diagnostics import Edit
from netspec.lang import tree
from netspec.source import Span

TORCH = {
    "conv": "Conv2d",
    "linear": "Linear",
    "relu": "ReLU",
    "max_pool": "MaxPool2d",
    "batch_norm": "BatchNorm2d",
    "dropout": "Dropout",
    "flatten": "Flatten",
    "cross_entropy": "CrossEntropyLoss",
    "adam": "Adam",
    "sgd": "SGD",
}

# ---- brackets, arrows, signs ----


def _missing(closing: str) -> None:
    @kind(f"missing {closing}")
    def mutate(spec: Spec, chance: Random) -> Iterator[Mutant]:
        for opening, end in spec.pairs:
            if end.text == closing:
                yield replaced(spec, end, "", opening)


for sign in ")", "]", "}":
    _missing(sign)


@kind("extra }")
def extra_brace(spec: Spec, chance: Random) -> Iterator[Mutant]:
    for opening, end in spec.pairs:
        if end.text == "}":
            yield added(spec, end, "}", opening)


@kind("missing ->")
def missing_arrow(spec: Spec, chance: Random) -> Iterator[Mutant]:
    for span in spec.places("->"):
        line = spec.source.line(span.line)
        if line[: span.column - 1].strip() and line[span.column + 1 :].strip():
            # at the end of a line it joins two lines, which may stand by themselves
            yield replaced(spec, span, "")


@kind("= for :")
def equals_for_colon(spec: Spec, chance: Random) -> Iterator[Mutant]:
    for step in spec.in_networks(tree.Step):
        if step.label is not None:
            colon = spec.plain.index(":", step.label.span.end)
            yield replaced(spec, spec.source.span(colon, colon + 1), " =", step.span)


@kind(": for =")
def colon_for_equals(spec: Spec, chance: Random) -> Iterator[Mutant]:
    for _, setting in spec.settings:
        sign = spec.plain.index("=", setting.name.span.end)
        yield replaced(spec, spec.source.span(sign, sign + 1), ":")


# ---- values ----


def _values(spec: Spec) -> Iterator[tree.Expression]:
    """What stands alone as a setting or an argument."""
    for _, setting in spec.settings:
        yield setting.value
    for argument in spec.nodes(tree.Argument):
        yield argument.value


def _numbers(spec: Spec) -> Iterator[tree.Number]:
    return (value for value in _values(spec) if isinstance(value, tree.Number))


@kind("wrong type")
def wrong_type(spec: Spec, chance: Random) -> Iterator[Mutant]:
    for value in _values(spec):
        if isinstance(value, tree.Number | tree.Constant):
            yield replaced(spec, value.span, '"three"')
        if isinstance(value, tree.Quantity):
            yield replaced(spec, value.span, "true")


@kind("wrong unit")
def wrong_unit(spec: Spec, chance: Random) -> Iterator[Mutant]:
    for node in spec.nodes(tree.Quantity):
        yield replaced(spec, node.unit_span, " epochs" if node.unit == "%" else "%")


@kind("missing unit")
def missing_unit(spec: Spec, chance: Random) -> Iterator[Mutant]:
    for _, setting in spec.settings:
        if setting.name.id not in ("validation", "test"):  # which take numbers of samples too
            for node in tree.walk(setting):
                if isinstance(node, tree.Quantity):
                    yield replaced(spec, node.unit_span, "")


@kind("undefined name")
def undefined_name(spec: Spec, chance: Random) -> Iterator[Mutant]:
    for number in _numbers(spec):
        yield replaced(spec, number.span, "nowhere")


@kind("division by zero")
def division_by_zero(spec: Spec, chance: Random) -> Iterator[Mutant]:
    for number in _numbers(spec):
        yield replaced(spec, number.span, f"{number.span.text} // 0")


@kind("out of range")
def out_of_range(spec: Spec, chance: Random) -> Iterator[Mutant]:
    for name, value in (("dropout", "1.5"), ("linear", "0"), ("conv", "-4"), ("max_pool", "0"), ("chunk", "-1")):
        for call in spec.in_networks(tree.Call):
            if call.function.id == name and isinstance(first := call.arguments[0].value, tree.Number):
                yield replaced(spec, first.span, value)
    for argument in spec.nodes(tree.Argument):
        if argument.name and argument.name.id in ("lr", "momentum", "weight_decay"):
            yield replaced(spec, argument.value.span, "-0.5")
    for _, setting in spec.settings:
        if setting.name.id in ("batch_size", "epochs", "accumulate"):
            yield replaced(spec, setting.value.span, "0")


@kind("param outside its domain")
def outside_domain(spec: Spec, chance: Random) -> Iterator[Mutant]:
    for param in spec.nodes(tree.Param):
        if param.domain is not None:
            yield replaced(spec, param.value.span, "123_456", param.domain.span)


# ---- arguments ----


def _calls(spec: Spec) -> Iterator[tuple[tree.Call, type[Entry]]]:
    """Calls of entries of the catalogue that have one meaning, whose arguments are fields alone."""
    for call in spec.nodes(tree.Call):
        found = [entry for base in kinds() if (entry := find(base, call.function.id)) is not None]
        if len(found) == 1 and not (issubclass(found[0], Layer) and _takes_values(call, found[0], spec)):
            yield call, found[0]


def _takes_values(call: tree.Call, entry: type[Layer], spec: Spec) -> bool:
    values = {name.id for name in spec.declared("value")} | {"input"}
    names = (node.id.partition(".")[0] for node in tree.walk(call) if isinstance(node, tree.Name))
    return entry.inputs.least > 1 or any(name in values for name in names)


def _slot(entry: type[Entry], argument: tree.Argument, place: int) -> Slot | None:
    if argument.name is not None:
        return slots(entry).get(argument.name.id)
    return slots(entry)[entry.positional[place]] if place < len(entry.positional) else None


@kind("missing argument")
def missing_argument(spec: Spec, chance: Random) -> Iterator[Mutant]:
    for call, entry in _calls(spec):
        for place, argument in enumerate(call.arguments):
            slot = _slot(entry, argument, place)
            if slot is not None and slot.required and len(call.arguments) == 1:
                yield replaced(spec, argument.span, "")


@kind("too many arguments")
def too_many_arguments(spec: Spec, chance: Random) -> Iterator[Mutant]:
    for call, entry in _calls(spec):
        if call.arguments and all(argument.name is None for argument in call.arguments):
            more = ", 1" * (len(entry.positional) - len(call.arguments) + 1)
            if not more:
                continue  # it has another meaning here
            yield added(spec, call.arguments[-1].span, more)


@kind("argument given twice")
def argument_twice(spec: Spec, chance: Random) -> Iterator[Mutant]:
    for call, _ in _calls(spec):
        for argument in call.arguments:
            if argument.name is not None:
                yield added(spec, call.arguments[-1].span, f", {argument.span.text}", argument.span)


@kind("swapped arguments")
def swapped_arguments(spec: Spec, chance: Random) -> Iterator[Mutant]:
    """The values of two named arguments of different types."""
    for call, _ in _calls(spec):
        named = [argument for argument in call.arguments if argument.name is not None]
        for one, other in pairwise(named):
            if {type(one.value), type(other.value)} in ({tree.Number, tree.Name}, {tree.Quantity, tree.Name}):
                edits = (Edit(one.value.span, other.value.span.text), Edit(other.value.span, one.value.span.text))
                yield Mutant(spec, edits)


@kind("torch's name")
def torch_name(spec: Spec, chance: Random) -> Iterator[Mutant]:
    for role in ("operation", "entry"):
        for name in spec.uses.get(role, ()):
            if name.id in TORCH:
                yield replaced(spec, name.span, TORCH[name.id])


# ---- shapes ----


def _sizes(spec: Spec, steps: Iterable[tree.Step]) -> Iterator[Span]:
    """Where the last operation of some steps that has a size of its own says it."""
    for step in reversed(list(steps)):
        call = step.operation
        if isinstance(call, tree.Call) and call.function.id in ("conv", "linear") and call.arguments:
            if call.arguments[0].name is None:
                yield call.arguments[0].value.span
            return
        if not isinstance(call, tree.Name) or call.id not in ("relu", "batch_norm", "tanh", "gelu", "sigmoid"):
            return


@kind("wrong shape at a distance")
def wrong_shape(spec: Spec, chance: Random) -> Iterator[Mutant]:
    """A branch of a sum has another size; what shows is the sum."""
    for body in spec.networks:
        named = {item.name.id: item for item in tree.walk(body) if isinstance(item, tree.Setting)}
        for binary in tree.walk(body):
            if isinstance(binary, tree.Binary) and binary.operator in ("+", "-"):
                for operand in (binary.left, binary.right):
                    setting = named.get(operand.id) if isinstance(operand, tree.Name) else None
                    if setting is not None and isinstance(setting.value, tree.Pipe):
                        for span in _sizes(spec, setting.value.steps):
                            yield replaced(spec, span, f"{span.text} + 1", binary.span)
        for step in tree.walk(body):
            if not isinstance(step, tree.Step) or step.body is None or not isinstance(step.operation, tree.Name):
                continue
            last = step.body.statements[-1] if step.body.statements else None
            if step.operation.id == "residual" and isinstance(last, tree.Line):
                for span in _sizes(spec, last.pipe.steps):
                    yield replaced(spec, span, f"{span.text} + 1", step.span)


@kind("window too large")
def window_too_large(spec: Spec, chance: Random) -> Iterator[Mutant]:
    for call in spec.in_networks(tree.Call):
        place = {"conv": 1, "max_pool": 0}.get(call.function.id)
        padded = any(argument.name and argument.name.id == "padding" for argument in call.arguments)
        if place is not None and not padded and len(call.arguments) > place and call.arguments[place].name is None:
            yield replaced(spec, call.arguments[place].value.span, "999")


@kind("wrong number of classes")
def wrong_classes(spec: Spec, chance: Random) -> Iterator[Mutant]:
    if MODEL not in spec.sections:
        return
    body = spec.sections[MODEL][1]
    last = [item for item in body.statements if isinstance(item, tree.Line)][-1:]
    for line in last:
        for span in _sizes(spec, line.pipe.steps):
            yield replaced(spec, span, f"{span.text} + 3")


# ---- statements ----


@kind("key in the wrong section")
def wrong_section(spec: Spec, chance: Random) -> Iterator[Mutant]:
    for name, (_, body) in spec.sections.items():
        for other, setting in spec.settings:
            if name not in (MODEL, other) and body.statements:
                yield added(spec, body.statements[-1].span, f"\n{setting.span.text}")


@kind("key given twice")
def key_twice(spec: Spec, chance: Random) -> Iterator[Mutant]:
    for _, setting in spec.settings:
        yield added(spec, setting.span, f"\n{setting.span.text}", setting.span)


@kind("label given twice")
def label_twice(spec: Spec, chance: Random) -> Iterator[Mutant]:
    for body in spec.networks:
        lines = [item for item in body.statements if isinstance(item, tree.Line)]
        labels = [step.label for line in lines for step in line.pipe.steps if step.label is not None]
        for one, other in pairwise(labels):
            yield replaced(spec, other.span, one.span.text, one.span)


@kind("param given twice")
def param_twice(spec: Spec, chance: Random) -> Iterator[Mutant]:
    for param in spec.nodes(tree.Param):
        yield added(spec, param.span, f"\n{param.span.text}", param.span)


@kind("section given twice")
def section_twice(spec: Spec, chance: Random) -> Iterator[Mutant]:
    for line, _ in spec.sections.values():
        yield added(spec, line.span, f"\n\n{line.span.text}", line.span)


@kind("section left out")
def section_left_out(spec: Spec, chance: Random) -> Iterator[Mutant]:
    extends = bool(spec.nodes(tree.Extension))
    for name, (line, _) in spec.sections.items():
        if name in (MODEL, "data") and not extends:
            # what is missing has no line; it is said of the file, or where something of it is used
            yield replaced(spec, line.span, "", spec.source.whole())


@kind("unpacked into too many")
def unpacked(spec: Spec, chance: Random) -> Iterator[Mutant]:
    for setting in spec.in_networks(tree.Setting):
        if len(setting.names) > 1:
            yield added(spec, setting.names[-1].span, ", more")


@kind("a block of itself")
def recursion(spec: Spec, chance: Random) -> Iterator[Mutant]:
    for block in spec.nodes(tree.Block):
        arguments = ", ".join(parameter.name.id for parameter in block.parameters)
        first = block.body.statements[0]
        yield replaced(spec, spec.source.span(first.span.start, first.span.start), f"{block.name.id}({arguments})\n")


@kind("shadowed name")
def shadowed(spec: Spec, chance: Random) -> Iterator[Mutant]:
    """A value or a variable with the name of a param or a block."""
    taken = [name.id for name in spec.declared("param", "block")]
    bound = [name for item in spec.in_networks(tree.Setting) for name in item.names]
    bound += [item.variable for item in spec.in_networks(tree.Loop)]
    for name in bound:
        # within a block, what the block takes is nearer
        uses = [use.span for use in spec.uses.get("value", ()) if use.id == name.id]
        for other in sorted({*taken} - {name.id}):
            yield replaced(spec, name.span, other, *uses)


@kind("unused value")
def unused(spec: Spec, chance: Random) -> Iterator[Mutant]:
    for body in spec.networks:
        last = body.statements[-1:]
        for statement in last:
            start = spec.source.span(statement.span.start, statement.span.start)
            yield replaced(spec, start, "idle = identity\n")
