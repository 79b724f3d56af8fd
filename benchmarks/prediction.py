"""How many samples of a test split a trained network is asked about in a second, from bytes to classes.

    python -m benchmarks.prediction [WORK] [DATA] [--rounds 5]

Ours is a run that is opened again, as `netspec predict` does it. Beside it, with the same weights in the network by
hand: `script`, torchvision's transforms and a DataLoader with batches of 256, and `limit`, all samples normalised at
once. All take turns in one process, and give the same classes.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import torch
from torch import Tensor

from benchmarks.speed.by_sample import loaders
from benchmarks.speed.data.images import Images
from benchmarks.speed.work import DATA, WORKS, Work, work_named
from netspec import api
from netspec.checker import check_file
from netspec.runner.uses.saved_run import SavedRun

BATCH = 256


def ways(work: Work, data: Path, run: SavedRun) -> dict[str, Callable[[], Tensor]]:
    """Each gives the class of every test sample."""
    inputs, _ = work.data.read(data, "test")
    raw = inputs.numpy()
    model = work.network()
    names = model.state_dict().keys()
    model.load_state_dict(dict(zip(names, run.network.state_dict().values(), strict=True)))
    model.eval()
    _, _, samples = loaders(work, data)

    def script() -> Tensor:
        with torch.inference_mode():
            return torch.cat([model(batch).argmax(1) for batch, _ in samples])

    def limit() -> Tensor:
        ready = work.data.normalised(inputs)
        with torch.inference_mode():
            return torch.cat([model(batch).argmax(1) for batch in ready.split(BATCH)])

    return {"netspec": lambda: run.predict([raw])[0], "script": script, "limit": limit}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    of_images = [name for name in WORKS if isinstance(work_named(name).data, Images)]
    parser.add_argument("work", nargs="?", choices=of_images, default="mnist_fc")
    parser.add_argument("data", type=Path, nargs="?", default=DATA)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    work, data = work_named(options.work), options.data.resolve()
    work.data.ensure(data)
    os.environ["NETSPEC_DATA"] = str(data)
    program = check_file(work.spec, work.params(data, epochs=1, seed=0)).require()
    with TemporaryDirectory(prefix="netspec-prediction-") as folder:
        api.run(program, out=Path(folder) / "run", device="cpu")
        found = ways(work, data, SavedRun.of(Path(folder) / "run"))
        classes = {name: way() for name, way in found.items()}
        times: dict[str, list[float]] = {name: [] for name in found}
        for _ in range(options.rounds):
            for name, way in found.items():
                start = perf_counter()
                way()
                times[name].append(perf_counter() - start)
    count = len(classes["netspec"])
    print(f"{'':<10}{'samples a second':>18}{'of ours':>10}{'the same classes':>18}")
    for name, taken in times.items():
        ratio = median(theirs / ours for theirs, ours in zip(taken, times["netspec"], strict=True))
        alike = (classes[name] == classes["netspec"]).double().mean()
        print(f"{name:<10}{count / median(taken):>18,.0f}{ratio:>9.2f}x{alike:>18.2%}")


if __name__ == "__main__":
    main()
