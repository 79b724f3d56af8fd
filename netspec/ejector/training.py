"""The training of a program in a script: initial values, optimizer, schedule, and the loop."""

from __future__ import annotations

import inspect
from typing import Any

from torch import nn, optim

from netspec.catalogue.python import literal
from netspec.catalogue.schedules import Clock
from netspec.ejector.data import piece, split_names
from netspec.ejector.evaluation import Losses
from netspec.ejector.network import NetworkText
from netspec.ejector.pieces import Pieces, indented, spread
from netspec.program.graph import Graph
from netspec.program.plan import batch_bounds
from netspec.program.program import Program
from netspec.program.splits import split_sizes
from netspec.program.training import clock, initial_values, movers, weighed


def training_samples(program: Program) -> int:
    """The number of samples that a program trains on."""
    return split_sizes(program.data, *program.type.counts).train


def clock_of(program: Program) -> Clock:
    """The clock of a program's training."""
    return clock(program.train, len(batch_bounds(training_samples(program), program.data.batch_size)))


# ---- before the first step ----


def initializing(program: Program, network: NetworkText) -> list[str]:
    """The function that gives tensors other initial values than torch's; nothing if none has."""
    lines: list[str] = []
    for name, initializer in initial_values(program.train, program.graph).items():
        function = getattr(nn.init, initializer.function)
        arguments = [network.tensor(name), *_named(function, initializer.model_dump())]
        if initializer.random:
            arguments.append(f'generator=generator("init", {literal(name)})')
        lines += spread(f"nn.init.{initializer.function}(", arguments, ")")
    doc = '"""Initial values other than those of torch."""'
    return ["def initialize(net):", *indented([doc, *lines])] if lines else []


def optimizing(program: Program, network: NetworkText, pieces: Pieces) -> list[str]:
    """The lines that make the optimizer."""
    train = program.train
    (mover,) = movers(train, program.graph)
    entry = mover.optimizer
    settings = entry.model_dump(exclude={"groups", "layer_decay", "layers_in", "lr"})
    given = [f"lr={pieces.constant('LEARNING_RATE', entry.lr)}", *_named(getattr(optim, entry.torch_class), settings)]
    if "cpu" in entry.fused_on:
        given.append("fused=True")
    if len(mover.groups) == 1 and not mover.groups[0][0]:
        return [f"optimizer = torch.optim.{entry.torch_class}(net.parameters(), {', '.join(given)})"]
    lines = ["groups = ["]
    for own, names in mover.groups:
        options = "".join(f', "{name}": {literal(value)}' for name, value in own.items())
        lines += spread('    {"params": [', [network.tensor(name) for name in names], f"]{options}}},")
    return [*lines, "]", f"optimizer = torch.optim.{entry.torch_class}(groups, {', '.join(given)})"]


def _named(function: Any, settings: dict[str, Any]) -> list[str]:
    """Arguments by their names, without those that have torch's defaults."""
    parameters = inspect.signature(function).parameters
    return [f"{name}={literal(value)}" for name, value in settings.items() if value != parameters[name].default]


# ---- of each step ----


def scheduling(program: Program, pieces: Pieces) -> list[list[str]]:
    """The functions of the learning rate and the momentum at a step; nothing without a schedule."""
    train, whole = program.train, clock_of(program)
    if not train.schedule:
        return []
    lines, start = ['"""The learning rate at a step, counted from 0."""', "lr = LEARNING_RATE"], 0
    lr = train.optimizer.lr
    for part in train.schedule:
        steps = max(whole.total - start, 0) if part.over is None else whole.steps(part.over)
        own = Clock(whole.epoch, steps)
        rate = f"{pieces.use(piece(part.python(own)))}  # {part.name()}"
        lr, start = part.rate(lr, steps, own), start + steps
        if start >= whole.total:
            lines.append(f"return {rate}")
            break
        lines += [f"if step < {steps}:", f"    return {rate}", f"step, lr = step - {steps}, {lr!r}"]
    else:
        lines.append("return lr")
    blocks = [["def learning_rate(step):", *indented(lines)]]
    if moves_momentum(program):
        momentum = pieces.use(piece(train.schedule[0].python_momentum(whole)))
        doc = '"""The momentum at a step, counted from 0."""'
        blocks.append(["def momentum(step):", *indented([doc, f"return {momentum}"])])
    return blocks


def moves_momentum(program: Program) -> bool:
    """Whether the schedule changes the momentum of the optimizer."""
    train = program.train
    return any(part.moves_momentum for part in train.schedule) and bool(train.optimizer.with_momentum(None))


def _rates(program: Program) -> list[str]:
    """The lines that set the learning rate and the momentum of a step."""
    lines = ["for group in optimizer.param_groups:", '    group["lr"] = learning_rate(step)']
    if moves_momentum(program):
        for name in program.train.optimizer.with_momentum(None):
            value = f'(momentum(step), *group["{name}"][1:])' if name == "betas" else "momentum(step)"
            lines.append(f'    group["{name}"] = {value}')
    return lines


def penalizing(program: Program, network: NetworkText) -> list[str]:
    """The function of what weights cost beside the loss; nothing without penalties."""
    train, graph = program.train, program.graph
    if not train.penalties:
        return []
    lines = ['"""What the weights cost in training, beside the loss."""', "costs = []"]
    for penalty in train.penalties:
        names = weighed(train, graph, penalty.on)
        lines += [*_weights(names, graph, network), f"costs.append({penalty.python()})"]
    return ["def penalty(net):", *indented([*lines, "return torch.stack(costs).sum()"])]


def _weights(names: tuple[str, ...], graph: Graph, network: NetworkText) -> list[str]:
    """The line that gives `weights`."""
    usual = tuple(name for name, size in graph.parameters.items() if len(size) > 1)
    # torch has learned tensors before those of layers
    if names == usual and not learned_tensors(graph):
        return ["weights = [tensor for tensor in net.parameters() if tensor.dim() > 1]"]
    return spread("weights = [", [network.tensor(name) for name in names], "]")


def learned_tensors(graph: Graph) -> list[str]:
    """The paths of tensors that are learned by themselves."""
    return [node.path for node in graph.nodes if node.parameters and not node.inputs]


def stepping(program: Program, network: NetworkText) -> list[str]:
    """The lines of a step, after its gradients are computed."""
    train = program.train
    lines: list[str] = []
    if train.schedule:
        lines += _rates(program)
    if train.clip is not None:
        lines.append(f"{train.clip.python()}")
    if train.noise is not None:
        noise = "torch.randn(tensor.shape, generator=rng)"
        lines += [
            'rng = generator("noise", step)',
            "for tensor in net.parameters():",
            f"    tensor.grad += {train.noise.python()} * {noise}",
        ]
    lines.append("optimizer.step()")
    for constraint in train.constraints:
        names = weighed(train, program.graph, constraint.on)
        lines += ["with torch.no_grad():", *indented(_weights(names, program.graph, network))]
        lines += ["    for weight in weights:", f"        weight.copy_({constraint.python()})"]
    lines.append("optimizer.zero_grad()")
    return [*lines, "step += 1"] if train.schedule or train.noise else lines


# ---- the loop ----


def fitting(program: Program, losses: Losses, network: NetworkText, pieces: Pieces) -> list[str]:
    """The function that trains the network."""
    train, validates = program.train, "validation" in split_names(program)
    stop = piece(train.stop.python()) if train.stop is not None else None
    augmented = bool(program.data.augment)
    given = ["net", "train", *(["validation"] if validates else []), *(["transform"] if augmented else [])]
    lines = ['"""Train the network."""', "inputs, targets = train", *optimizing(program, network, pieces)]
    lines += ["step = 0"] if train.schedule or train.noise else []
    lines += [stop.before] if stop is not None else []
    epoch = ["net.train()", "losses = []"]
    epoch += ["draws = draw(epoch, len(targets))"] if augmented else []
    epoch.append('order = torch.randperm(len(targets), generator=generator("order", epoch))')
    epoch += _batches(program, _batch(program, losses, network))
    mean = losses.mean("len(targets)", training=True)
    epoch.append(f'values = {{"train.loss": {mean}}}')
    if validates:
        scores = "evaluate(net, validation).items()"
        epoch.append(f'values |= {{f"validation.{{name}}": value for name, value in {scores}}}')
    epoch.append('print(f"epoch {epoch}: {values}")')
    epoch += pieces.use(stop).splitlines() if stop is not None else []
    lines += ["for epoch in range(1, EPOCHS + 1):", *indented(epoch)]
    if stop is not None and train.stop is not None and train.stop.restores():
        lines.append("net.load_state_dict(best_weights or net.state_dict())")
    return [f"def fit({', '.join(given)}):", *indented(lines)]


def _batches(program: Program, batch: list[str]) -> list[str]:
    """The loop over the batches of an epoch."""
    count, size = training_samples(program), program.data.batch_size
    lines, batches = [], "order.split(BATCH_SIZE)"
    if 1 < size < count and count % size == 1:
        lines = [f"*batches, last, single = {batches}", "batches.append(torch.cat([last, single]))"]
        batches = "batches"
    elif program.train.accumulate > 1:
        lines, batches = [f"batches = {batches}"], "batches"
    numbered = any("index" in line for line in batch)
    head = f"for index, batch in enumerate({batches}):" if numbered else f"for batch in {batches}:"
    return [*lines, head, *indented(batch)]


def _batch(program: Program, losses: Losses, network: NetworkText) -> list[str]:
    """The lines of a batch."""
    train = program.train
    lines: list[str] = []
    layers = [node.layer for node in program.graph.nodes]
    if any(layer.varies(training=True) and not layer.normalizes_batch for layer in layers):
        lines.append('torch.manual_seed(seed_for(SEED, "batch", epoch, index))')
    x = "inputs[batch]"
    if program.data.augment:
        x = f"transform({x}, [drawn[batch] for drawn in draws])"
    lines += ["cost = penalty(net)"] if train.penalties else []
    lines.append(f"loss = {losses.batch(f'net({x})', 'targets[batch]')}")
    total = "(loss + cost)" if train.penalties else "loss"
    if train.accumulate == 1:
        lines.append(f"{total}.backward()")
    else:
        first = f"index - index % {train.accumulate}"
        lines += [
            f"size = sum(map(len, batches[{first} : {first} + {train.accumulate}]))",
            f"({total} * (len(batch) / size)).backward()",
        ]
    lines.append(f"losses.append({losses.kept_in_training('targets[batch]')})")
    lines.append('assert loss.isfinite(), "the training loss is not finite"')
    if train.accumulate > 1:
        lines += [f"if (index + 1) % {train.accumulate} and index + 1 < len(batches):", "    continue"]
    return [*lines, *stepping(program, network)]
