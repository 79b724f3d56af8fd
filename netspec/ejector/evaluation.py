"""The loss and the metrics of a program in a script."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from netspec.catalogue.losses import Loss
from netspec.catalogue.python import literal
from netspec.ejector.data import piece
from netspec.ejector.pieces import Pieces, indented
from netspec.ejector.recorded import Call, Name, recorded
from netspec.program.program import Program

LOSSES = "netspec.modules.losses."


@dataclass(frozen=True)
class Term:
    """A loss: the line that makes it, its value as an expression of `output` and `targets`, and whether it is the mean
    over the weights of samples, and not over their number."""

    made: str
    value: str
    weighted: bool

    @property
    def name(self) -> str:
        return self.made.partition(" ")[0]

    def amount(self, targets: str) -> str:
        """What it is the mean over, as an expression of targets."""
        return f"{self.name}.weight[{targets}].sum().item()" if self.weighted else f"len({targets})"


@dataclass(frozen=True)
class Losses:
    """The losses of a program, and how a script computes them and their mean over all samples."""

    terms: tuple[Term, ...]

    @classmethod
    def of(cls, program: Program, pieces: Pieces) -> Losses:
        several = len(program.loss.terms) > 1
        classes = dict.fromkeys(program.type.target.labels, 1)
        found: list[Term] = []
        for number, term in enumerate(program.loss.terms, 1):
            name = f"criterion{number}" if several else "criterion"
            call, targets = recorded(term.entry.build, classes), "targets"
            if call.function.path == f"{LOSSES}Converted":
                call, convert = call.arguments
                targets = f"{pieces.name(convert.path)}(targets, output)"
            if call.function.path == f"{LOSSES}PosWeightedBCELoss" and not call.named:
                # of one number it is torch's own
                call = Call(Name("torch.nn.BCEWithLogitsLoss"), (), {"pos_weight": call.arguments[0]})
            value = f"{name}(output, {targets})"
            value = value if term.factor == 1 else f"{term.factor!r} * {value}"
            found.append(Term(f"{name} = {pieces.call(call)}", value, is_weighted(term.entry)))
        return cls(tuple(found))

    @property
    def single(self) -> bool:
        return len(self.terms) == 1

    @property
    def over_samples(self) -> bool:
        """Whether there is one loss, which is the mean over samples that all count alike."""
        return self.single and not self.terms[0].weighted

    @property
    def made(self) -> list[str]:
        """The lines that make the losses."""
        return [term.made for term in self.terms]

    @property
    def functions(self) -> list[list[str]]:
        """What is defined beside them."""
        blocks: list[list[str]] = []
        head, doc = "def loss_of(output, targets):", '    """The mean loss of a batch."""'
        if not self.single:
            each = [f"    return [{', '.join(term.value for term in self.terms)}]"]
            total = " + ".join(f"terms[{number}]" for number in range(len(self.terms)))
            title = '    """Each loss of a batch, times its factor."""'
            blocks += [["def losses_of(output, targets):", title, *each]]
            blocks += [[head, doc, "    terms = losses_of(output, targets)", f"    return {total}"]]
        elif self.batch("output", "targets") != self.terms[0].value:
            blocks += [[head, doc, f"    return {self.terms[0].value}"]]
        return blocks if self.over_samples else [*blocks, list(MEAN)]

    def batch(self, output: str, targets: str) -> str:
        """The loss of a batch."""
        plain = self.single and self.terms[0].value == "criterion(output, targets)"
        return f"{'criterion' if plain else 'loss_of'}({output}, {targets})"

    def kept(self, output: str, targets: str) -> str:
        """What an evaluation keeps of a batch."""
        if self.over_samples:
            return f"{self.batch(output, targets)}.item() * len({targets})"
        if self.single:
            return f"({self.batch(output, targets)}.item(), {self.terms[0].amount(targets)})"
        amounts = ", ".join(term.amount(targets) for term in self.terms)
        return f"[*zip(map(float, losses_of({output}, {targets})), ({amounts}))]"

    def kept_in_training(self, targets: str) -> str:
        """What a training keeps of a batch, with its `loss`."""
        if self.over_samples:
            return f"loss.item() * len({targets})"
        return f"(loss.item(), {self.terms[0].amount(targets) if self.single else f'len({targets})'})"

    def mean(self, samples: str, *, training: bool = False) -> str:
        """The mean over all samples."""
        if self.over_samples:
            return f"fsum(losses) / {samples}"
        return "mean(losses)" if self.single or training else "fsum(map(mean, zip(*losses)))"


MEAN = '''def mean(losses):
    """The mean over all samples of the means of batches, each with what it is the mean over."""
    return fsum(loss * amount for loss, amount in losses) / fsum(amount for _, amount in losses)'''.splitlines()


def is_weighted(loss: Loss) -> bool:
    """Whether a loss is the mean over the weights of samples, and not over their number."""
    return getattr(loss, "weight", None) is not None


def probabilities_of(program: Program) -> str | None:
    """The probabilities of the classes as an expression of `output`; None if a script has no code for them."""
    losses = (term.entry for term in program.loss.judging)
    giving = next((loss for loss in losses if type(loss).probabilities is not Loss.probabilities), None)
    return None if giving is None else giving.python_probabilities(program.graph.output)


def evaluating(program: Program, losses: Losses, pieces: Pieces) -> list[str]:
    """The function that evaluates a split."""
    target = program.type.target
    decision = program.loss.judging[0].entry.python_decision(target, program.graph.output)
    metrics = {metric.key(): pieces.use(piece(metric.python())) for metric in program.metrics}
    used = {node.id for text in metrics.values() for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    decided = bool(used & {"counts", "true", "predicted", "probabilities"})
    likely = probabilities_of(program) if "probabilities" in used else None
    kept = f"losses.append({losses.kept('output', 'targets')})"
    batch = ["output = net(x)", kept, *([f"decisions.append({decision})"] if decided else [])]
    batch += [f"probabilities.append({likely})"] if likely is not None else []
    size = "4 * BATCH_SIZE"
    lines = [
        '"""The loss and the metrics of a split."""',
        "net.eval()",
        "inputs, truth = split",
        f"losses{', decisions' if decided else ''} = []{', []' if decided else ''}",
        *(["probabilities = []"] if likely is not None else []),
        f"for x, targets in zip(inputs.split({size}), truth.split({size})):",
        *indented(batch),
    ]
    if decided:
        convert = "" if target.labels else ".astype(np.float64)"
        lines += [f"true, predicted = truth.numpy(){convert}, torch.cat(decisions).numpy(){convert}"]
    if likely is not None:
        lines.append("probabilities = torch.cat(probabilities).numpy()")
    if "counts" in used:
        count = len(target.labels)
        lines += [f"counts = np.bincount(true * {count} + predicted, minlength={count**2}).reshape({count}, {count})"]
    mean = losses.mean("len(truth)")
    values = [f'"loss": {mean},', *(f"{literal(key)}: float({text})," for key, text in metrics.items())]
    lines += ["return {", *indented(values), "}"]
    return ["@torch.inference_mode()", "def evaluate(net, split):", *indented(lines)]
