"""A script from a checked program: the same data, network, training and evaluation, with torch alone."""

from __future__ import annotations

from dataclasses import replace

from netspec.catalogue.python import Python, literal
from netspec.ejector.assembly import assembled
from netspec.ejector.data import augmenting, listed, loading, split_names, transforming
from netspec.ejector.evaluation import Losses, evaluating
from netspec.ejector.network import network_text
from netspec.ejector.pieces import Pieces, indented, spread
from netspec.ejector.refusals import ensure_ejectable
from netspec.ejector.training import fitting, initializing, penalizing, scheduling
from netspec.formats.errors import DataError
from netspec.problems.base import NetspecError
from netspec.program.data_errors import as_problem
from netspec.program.execution import is_channels_last
from netspec.program.program import Program
from netspec.program.written import written

DOC = '''"""Train and evaluate a network with torch. Written by netspec, whose runs end with the same bits on a CPU with
as many threads and the same versions of torch and numpy, from a spec with the hash
{hash}."""'''
GENERATOR = '''def generator(*purpose):
    """Random numbers for one purpose, whatever was drawn before."""
    return torch.Generator().manual_seed(seed_for(SEED, *purpose))'''


def script_of(program: Program, taken: str | None = None) -> str:
    """The text of a script that trains and evaluates the program's network without netspec: on a CPU it ends with the
    same bits. Raises NetspecError if it can't, with all that a script has no code for.

    Of several sources it is for the one that the program is for, or for the one that a run has `taken`, as its record
    has it.
    """
    try:
        program = _of_source(program, taken)
        ensure_ejectable(program)
        return _written(program)
    except DataError as error:
        raise NetspecError.of(as_problem(error, program.span_of("data.source"))) from error


def _of_source(program: Program, taken: str | None) -> Program:
    """The program for another of its sources."""
    names = [written(source) for source in program.sources]
    if taken not in names or taken == names[program.source_index]:
        return program
    index = names.index(taken)
    return replace(program, source_index=index, type=program.sources[index].describe(program.folders))


def _written(program: Program) -> str:
    pieces = Pieces()
    pieces.use(Python("", ("netspec.program.randomness.seed_for",)))
    train = program.train
    pieces.constants |= {"SEED": train.seed, "EPOCHS": train.epochs, "BATCH_SIZE": program.data.batch_size}
    network = network_text(program.graph, pieces, channels_last=is_channels_last(program))
    initialize = initializing(program, network)
    losses = Losses.of(program, pieces)
    transform, fitted = transforming(program, pieces)
    augment = augmenting(program, pieces)
    schedule, penalty = scheduling(program, pieces), penalizing(program, network)
    fit = fitting(program, losses, network, pieces)
    evaluate = evaluating(program, losses, pieces)
    load = loading(program, pieces)
    blocks = [
        network.lines,
        initialize,
        *pieces.helpers,
        load,
        *augment,
        *transform,
        *losses.functions,
        evaluate,
        *schedule,
        penalty,
        fit,
        _main(program, fitted=fitted, initialized=bool(initialize)),
        GENERATOR.splitlines(),
        ['if __name__ == "__main__":', "    main()"],
    ]
    constants = [line for name, value in pieces.constants.items() for line in _constant(name, value)] + losses.made
    doc = DOC.format(hash=program.hash).splitlines()
    return assembled(doc, constants, filter(None, blocks), pieces.copies)


def _constant(name: str, value: object) -> list[str]:
    if isinstance(value, list):
        return spread(f"{name} = [", [literal(item) for item in value], "]")
    return [f"{name} = {literal(value)}"]


def _main(program: Program, *, fitted: bool, initialized: bool) -> list[str]:
    """The function that does all of it, and returns the network with its metrics."""
    names, augmented = split_names(program), bool(program.data.augment)
    lines = ['"""Load the data, train the network, and evaluate it."""', f"{listed(names)} = load_data()"]
    lines += ["transform = fit_transform(train[0])"] if fitted else []
    ready = [name for name in names if not (name == "train" and augmented)]
    if ready:
        lines.append(f"{listed(ready)} = [(transform(x), targets) for x, targets in ({listed(ready)})]")
    lines += ['torch.manual_seed(seed_for(SEED, "weights"))', "net = Net()"]
    lines += ["initialize(net)"] if initialized else []
    given = ["net", "train", *(["validation"] if "validation" in names else []), *(["transform"] if augmented else [])]
    lines.append(f"fit({', '.join(given)})")
    split = program.evaluate.split_of(*(int(name in names) for name in ("validation", "test")))
    if split is None:
        return ["def main():", *indented([*lines, "return net, {}"])]
    lines += [f"metrics = evaluate(net, {split})", f'print(f"{split}: {{metrics}}")', "return net, metrics"]
    return ["def main():", *indented(lines)]
