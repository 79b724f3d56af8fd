"""What is decided about how a network is computed, from its shapes alone."""

from __future__ import annotations

from math import prod

from netspec.program.program import Program

IMAGE = 3
"""The dimensions of an image [C, H, W]."""


def execution_notes(program: Program) -> tuple[str, ...]:
    """What of it isn't as torch does by itself, in words, each with its reason."""
    found = [f"`{path}` {reason}" for path, reason in program.graph.left_out.items()]
    if is_channels_last(program):
        found.append(
            "images channels last, since a batch has more numbers than its convolutions have weights "
            "(on a CPU, and in bfloat16 on CUDA)"
        )
    if program.train.precision != "float32":
        found.append(f"operations in {program.train.precision} where torch.autocast holds it to be safe")
    if program.train.compile:
        found.append("the network compiled by torch.compile, as declared")
    if unsteady := {node.layer.name(): None for node in program.graph.nodes if not node.deterministic}:
        names = ", ".join(f"`{name}`" for name in unsteady)
        found.append(f"on CUDA not to the same bits each time: torch has no deterministic gradients of {names} there")
    return tuple(found)


def is_strict(program: Program) -> bool:
    """Whether torch is to refuse on CUDA what isn't deterministic, instead of warning of it.

    Its fast kernels of attention are deterministic only then. Nothing is refused where all layers are deterministic.
    """
    nodes = program.graph.nodes
    return any(node.layer.attends for node in nodes) and all(node.deterministic for node in nodes)


def is_channels_last(program: Program) -> bool:
    """Whether the numbers of a pixel lie next to each other: where the convolutions give more numbers for a batch of
    images than they have weights.

    Convolutions are computed so, and batch norms and pooling are faster on it; else torch rearranges what goes in and
    comes out. It rearranges weights instead, which are then the smaller part. Decision 19 has what that brought to
    networks on either side.
    """
    convs = [node for node in program.graph.nodes if node.layer.convolves and node.shape.rank == IMAGE]
    numbers = sum(prod(node.shape.dims) for node in convs)
    return program.data.batch_size * numbers > sum(node.parameter_count for node in convs)
