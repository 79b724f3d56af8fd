"""How much smaller and faster `compress` makes a network, and what that costs in accuracy.

    python -m benchmarks.compression [mnist_fc mnist_cnn lstm resnet18] [--data DATA] [--seeds 3] [--json FILE]

Each work is trained once a seed. Half of the filters of its network are removed, and what is left is trained for two
more epochs; the network and the pruned one are quantized. Accuracies are those of the test split, of the file that is
written, loaded again. `mnist_fc` and `mnist_cnn` learn from all 60 000 digits of MNIST in DATA, the folder with
`MNIST/raw`, with 6000 of them for validation.

Times are medians for a batch of 1 and of 64 samples, with one thread. All networks of a seed are measured side by side,
in turns, among them the float network in ONNX Runtime, and in torch the way that netspec runs it, with images that are
channels last, and the way that torch's modules do by themselves. Ratios are to the latter.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean, stdev
from tempfile import TemporaryDirectory
from typing import Any

from torch import nn

from benchmarks.speed.work import DATA
from netspec import api
from netspec.builder.execution import AS_WRITTEN
from netspec.builder.network import build_graph
from netspec.experiments.stages.measuring import Forward, latencies
from netspec.exporter.formats.onnx import session
from netspec.runner.uses.saved_run import SavedRun
from netspec.saved.stage_record import StageRecord

WORKS = Path(__file__).parent / "works"
PRUNED = "prune(50%) -> finetune(2 epochs)"
STATIC, DYNAMIC = "quantize(int8)", "quantize(int8, mode=dynamic)"
CHAINS: Mapping[str, Mapping[str, str]] = {
    "mnist_fc": {"pruned": PRUNED, "int8": STATIC, "pruned, int8": f"{PRUNED} -> {STATIC}", "dynamic": DYNAMIC},
    "mnist_cnn": {"pruned": PRUNED, "int8": STATIC, "pruned, int8": f"{PRUNED} -> {STATIC}"},
    "lstm": {"dynamic": DYNAMIC},
    "resnet18": {"int8": STATIC},
}
"""What is done with the network of each work."""
PLAIN, FLOAT, RUNTIME, INT8 = "float, torch", "float, netspec", "float, ONNX Runtime", "int8.onnx"


@dataclass(frozen=True)
class Row:
    """A network: its accuracy on the test split, its parameters, the bytes of its file, and its time in seconds for
    each size of a batch."""

    accuracy: float
    parameters: int
    size: int
    times: Sequence[float]


def measured(work: str, seed: int) -> dict[str, Row]:
    """The rows of a work, by what was done with its network."""
    with TemporaryDirectory(prefix="netspec-compression-") as scratch:
        run = Path(scratch, "run")
        api.run(api.check(WORKS / f"{work}.net", {"seed": str(seed)}), out=run)
        records: dict[str, StageRecord] = {}
        saved = SavedRun.of(run)
        plain = build_graph(saved.program.graph, 0, AS_WRITTEN).eval()
        plain.load_state_dict(saved.network.state_dict())
        networks: dict[str, Forward] = {PLAIN: _called(plain), FLOAT: _called(saved.network)}
        exported = api.export(run, "onnx", Path(scratch, "float.onnx"), inside=(), batch=(1, 64))
        networks[RUNTIME] = session(exported.path)
        for name, stages in CHAINS[work].items():
            out = Path(scratch, name)
            records[FLOAT], *_, records[name] = api.compress(run, stages, out=out)
            folder = out.parent / records[name].folder
            file = folder / INT8
            networks[name] = session(file) if file.exists() else _called(SavedRun.of(folder).network)
        records |= dict.fromkeys((PLAIN, RUNTIME), records[FLOAT])
        found = latencies(networks, saved.program.graph)
        return {name: _row(records[name], [one.median for one in found[name]]) for name in networks}


def _called(network: nn.Module) -> Forward:
    return lambda inputs: network(*inputs)


def _row(record: StageRecord, times: Sequence[float]) -> Row:
    return Row(record.values["accuracy"], record.parameters, record.size, times)


def show(work: str, rounds: Sequence[Mapping[str, Row]]) -> None:
    print(f"{work}: {len(rounds)} seeds")
    print(f"  {'':<20}{'accuracy':>18}{'worst':>9}{'parameters':>12}{'size':>8}{'batch 1':>16}{'batch 64':>17}")
    for name in rounds[0]:
        rows, plain = [found[name] for found in rounds], [found[PLAIN] for found in rounds]
        accuracies = [row.accuracy for row in rows]
        spread = stdev(accuracies) if len(accuracies) > 1 else 0.0
        worst = min(row.accuracy - its.accuracy for row, its in zip(rows, plain, strict=True))
        sizes = mean(row.size / its.size for row, its in zip(rows, plain, strict=True))
        times = "".join(
            f"{mean(row.times[at] for row in rows) * 1e3:>9.3f} ms"
            f"{mean(its.times[at] / row.times[at] for row, its in zip(rows, plain, strict=True)):>4.1f}x"
            for at in range(2)
        )
        print(
            f"  {name:<20}{mean(accuracies):>9.2%} ± {spread * 100:4.2f} {worst * 100:>+8.2f}"
            f"{mean(row.parameters for row in rows):>12.0f}{sizes:>8.1%}{times}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("works", nargs="*", metavar="WORK", help=f"by default {', '.join(CHAINS)}")
    parser.add_argument("--data", type=Path, default=DATA, metavar="DATA")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all that was measured there")
    options = parser.parse_args()
    if unknown := set(options.works) - set(CHAINS):
        parser.error(f"no work: {', '.join(sorted(unknown))}")
    os.environ["NETSPEC_DATA"] = str(options.data.resolve())
    record: dict[str, Any] = {}
    for work in options.works or CHAINS:
        rounds: list[dict[str, Row]] = []
        for seed in range(options.seeds):
            rounds.append(measured(work, seed))
            print(f"{work}, seed {seed}: done", file=sys.stderr, flush=True)
        show(work, rounds)
        record[work] = [{name: asdict(row) for name, row in found.items()} for found in rounds]
    if options.json:
        options.json.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
