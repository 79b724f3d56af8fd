"""Calls of modules that are one operation, as operations of a spec."""

from __future__ import annotations

from netspec.importer.arguments import SAME, Step
from netspec.importer.calls import Operation, Value
from netspec.importer.leaves import leaf_entry
from netspec.writer.errors import CannotTranslate


def leaf_step(operation: Operation) -> Step:
    """A module that is one operation, with what comes in."""
    module = operation.module
    assert module is not None
    if getattr(module, "batch_first", True) is False:
        raise CannotTranslate(f"{operation.place} has the batch as second dimension", "batch_first=True puts it first")
    for name, item in (*enumerate(operation.arguments), *operation.keywords.items()):
        known = ("need_weights", "average_attn_weights")
        if not isinstance(item, Value) and item is not None and item is not False and name not in known:
            raise CannotTranslate(f"{operation.place} is called with `{name}`, which its operation in a spec hasn't")
    taken = (*operation.arguments, *operation.keywords.values())
    inputs = [item for item in taken if isinstance(item, Value)]
    entry, fields = leaf_entry(module)
    if entry.name() == "identity":
        return Step(SAME, {}, inputs)
    if entry.name() == "attention":
        while len(inputs) > 1 and inputs[-1] is inputs[-2]:
            inputs.pop()
    if entry.name() in ("lstm", "gru", "rnn") and not fields["bidirectional"]:
        for value in operation.outputs[1:2]:
            value.last_of = operation.outputs[0], fields["num_layers"]
    if entry.name() in ("lstm", "gru", "rnn", "attention"):
        for value in operation.outputs[1:]:
            value.why_not = f"the second result of {operation.place}, which `{entry.name()}` doesn't give"
    return Step(entry.name(), fields, inputs)


def last_state(operation: Operation, values: list[Value]) -> Step | None:
    """The state of the last layer after the last step, which is the last output."""
    if not values or values[0].last_of is None:
        return None
    sequence, layers = values[0].last_of
    index = operation.arguments[1] if len(operation.arguments) > 1 else None
    wanted = operation.name == "__getitem__" and (index == -1 or (index == layers - 1 and type(index) is int))
    if wanted or (operation.name == "squeeze" and layers == 1 and index == 0):
        return Step("select", {"dim": 1, "index": -1}, [sequence])
    return None
