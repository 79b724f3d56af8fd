"""The data of a program in a script: loaded, split, transformed, and augmented as in a run."""

from __future__ import annotations

from math import prod

from netspec.catalogue.python import Python, literal
from netspec.catalogue.splitters import Division
from netspec.data.processing import PORTION
from netspec.ejector.pieces import Pieces, indented
from netspec.program.program import Program
from netspec.program.splits import sample_size, split_sizes
from netspec.shapes import Shape

SPLIT = "netspec.data.split"


def piece(found: Python | None) -> Python:
    """A piece that was found to be there."""
    assert found is not None, "refused before"
    return found


def split_names(program: Program) -> list[str]:
    """The splits that a program has, `train` first."""
    data, (_, test, validation) = program.data, program.type.counts
    there = {"validation": validation or data.validation is not None, "test": test or data.test is not None}
    return ["train", *(name for name, is_there in there.items() if is_there)]


def listed(names: list[str]) -> str:
    """Names as a tuple without brackets."""
    return ", ".join(names) if len(names) > 1 else f"{names[0]},"


# ---- loading and splitting ----


def loading(program: Program, pieces: Pieces) -> list[str]:
    """The function that loads the samples of all splits."""
    source = piece(program.assumed.python(program.folders, program.type))
    names = split_names(program)
    lines = [*pieces.use(source).splitlines(), *_splits(program, pieces)]
    returned = f"return [(torch.from_numpy(x), torch.from_numpy(y)) for x, y in ({listed(names)})]"
    doc = f'"""Inputs and targets: {", ".join(names)}."""'
    return ["def load_data():", *indented([doc, *lines, returned])]


def _splits(program: Program, pieces: Pieces) -> list[str]:
    """The sample is drawn first, then the test split, then that of validation."""
    data, (train, test, validation) = program.data, program.type.counts
    sizes = split_sizes(data, train, test, validation)
    seed = _split_seed(program, pieces)
    lines: list[str] = []
    strata = program.type.target.python_strata

    def apart(count: int, purpose: str) -> list[str]:
        pieces.use(Python("", (f"{SPLIT}.set_apart",)))
        return ["x, targets = train", f'rest, apart = set_apart({strata}, {count}, {seed}, "{purpose}")']

    def parts(split: str) -> str:
        return f"train, {split} = (x[rest], targets[rest]), (x[apart], targets[apart])"

    if data.sample is not None:
        lines += [*apart(sample_size(data, train), "sample"), "train = x[apart], targets[apart]"]
    if data.test is not None and not test:
        lines += [*apart(sizes.test, "test"), parts("test")]
    if data.validation is not None and not validation:
        taken = apart(sizes.validation, "validation")
        if isinstance(data.validation, Division):
            pieces.use(Python("", (f"{SPLIT}.set_part_apart",)))
            part = f"{data.validation.parts}, {data.validation.part or 1}"
            taken[-1] = f"rest, apart = set_part_apart({strata}, {part}, {seed})"
        lines += [*taken, parts("validation")]
    return lines


def _split_seed(program: Program, pieces: Pieces) -> str:
    seed = program.data.split_seed
    if seed is None or seed == program.train.seed:
        return "SEED"
    return pieces.constant("SPLIT_SEED", seed)


# ---- transforms and augmentations ----


def returned(lines: list[str]) -> list[str]:
    """Lines that change `x`, and return it."""
    *others, last = lines or ["x = x"]
    return [*others, f"return {last.removeprefix('x = ')}"] if last.startswith("x = ") else [*lines, "return x"]


def transforming(program: Program, pieces: Pieces) -> tuple[list[list[str]], bool]:
    """The function that transforms inputs, and whether it has to be fitted to the training split first."""
    (field,), augmented = program.type.fields, bool(program.data.augment)
    numbers = [f"x = {field.type.python}"] if field.type.python != "x" else []
    body, before = (
        [*numbers, *(["if drawn is not None:", "    x = augment(x, drawn)"] if augmented else [])],
        [*numbers],
    )
    plain, moved, pending = field.shape, _augmented(program)[-1], list[str]()
    portions = f"x.split({max(PORTION // prod(field.shape.dims), 1)})"
    for step in program.data.transform:
        found = piece(step.python(plain, portions))
        lines = pieces.use(found).splitlines()
        if found.before:
            before += [*pending, *found.before.splitlines()]
            pending = []
        pending += lines
        body += _of_both(lines, pieces.use(piece(step.python(moved, portions))).splitlines())
        plain, moved = step.infer(plain), step.infer(moved)
    if field.type.dtype == "float64":
        body.append("x = x.float()")
    head = f"def transform(x{', drawn=None' if augmented else ''}):"
    doc = '"""Inputs as the network takes them."""'
    if before == numbers:
        return [[head, *indented([doc, *returned(body)])]], False
    function = [head, *indented(returned(body))]
    fitted = [
        '"""The transform, with what is measured on the training inputs."""',
        *before,
        "",
        *function,
        "",
        "return transform",
    ]
    return [["def fit_transform(x):", *indented(fitted)]], True


def _of_both(plain: list[str], augmented: list[str]) -> list[str]:
    """The lines of a transform, which may be others for images that an augmentation brought to another size."""
    if plain == augmented:
        return plain
    return ["if drawn is None:", *indented(plain or ["pass"]), "else:", *indented(augmented or ["pass"])]


def augmenting(program: Program, pieces: Pieces) -> list[list[str]]:
    """The functions that draw what happens to each sample in an epoch, and apply it to a batch."""
    (field,), steps = program.type.fields, program.data.augment
    if not steps:
        return []
    drawing = ['"""What is drawn in an epoch for each of the training samples."""', "draws = []"]
    applying = ['"""Change a batch of images at random, each by what was drawn for it."""']
    for index, (step, shape) in enumerate(zip(steps, _augmented(program), strict=False)):
        found = piece(step.python(shape))
        drawing += [
            f'rng = generator("augment", {literal(field.name)}, epoch, {index})  # {step.name()}',
            f"draws.append({found.before})",
        ]
        applying += [f"drawn = draws[{index}]  # {step.name()}", f"x = {pieces.use(found)}"]
    return [
        ["def draw(epoch, count):", *indented([*drawing, "return draws"])],
        ["def augment(x, draws):", *indented(returned(applying))],
    ]


def _augmented(program: Program) -> list[Shape]:
    """The shapes before each augmentation and after the last."""
    shapes = [program.type.fields[0].shape]
    for step in program.data.augment:
        shapes.append(step.infer(shapes[-1]))
    return shapes
