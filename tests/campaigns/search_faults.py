"""Every operation on files fails, or is the last one before the process is killed, in a whole search.

    python -m tests.campaigns.search_faults --count 300

Operations are listed by recording them, from the first file of the study to its `best.net`: the journal, leases, the
records and checkpoints of trials, and what is removed. Each that is drawn fails with an error of a disk that is full or
read-only, or the process is killed in its midst. The search ends with a message; resumed it ends with the journal, the
weights and the results of the search that nobody disturbed, to the last bit.
"""

from __future__ import annotations

import argparse
import errno
import shutil
import time
from collections import Counter
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import torch

from netspec import api
from netspec.experiments.best import BEST
from netspec.saved.formats import STUDY
from tests.campaigns.campaign import Mismatch
from tests.campaigns.faults import EXIT, FULL, KILLED, Disk, in_a_child, watched
from tests.campaigns.searches import ensure_same, facts

SPEC = """
param lr = 1e-2 in log(1e-3, 1e-1)
data { source = synthetic(features=4, classes=2, samples=64), validation = 25%, batch_size = 16 }
model { linear(2) }
train { epochs = 2, optimizer = adam(lr=lr), checkpoint = every(1 epoch, keep=1) }
search { method = random(trials=5), minimize = validation.loss, stop = median(after=1 epochs, startup_trials=2) }
"""


def search(place: Path, name: str, operation: int = 0, fault: int = KILLED) -> Disk:
    (place / name).mkdir()
    with watched(Disk(place / name, operation, fault)) as disk:
        api.search(place / "spec.net", out=place / name / "study", device="cpu")
    return disk


def fail(place: Path, operation: int, fault: int) -> str:
    """Let one operation of a search fail; resumed it ends as the whole one, or nothing of it had begun."""
    folder = place / f"{operation}-{fault}" / "study"
    what = f"operation {operation}, {errno.errorcode.get(fault, 'killed')}"
    status = in_a_child(lambda: search(place, folder.parent.name, operation, fault))
    if status not in ((EXIT,) if fault == KILLED else (0, 25)):
        raise Mismatch(f"it ends with {status}", what)
    if not (folder / STUDY.file).exists():
        shutil.rmtree(folder.parent)
        return "nothing had begun"
    ended = (folder / BEST).exists()
    if (again := in_a_child(lambda: api.resume_search(folder, device="cpu"))) != 0:
        raise Mismatch(f"resumed it ends with {again}", what)
    ensure_same(facts(place / "whole" / "study"), facts(folder))
    if (folder / BEST).read_bytes() != (place / "whole" / "study" / BEST).read_bytes():
        raise Mismatch(f"{BEST} is another one", what)
    shutil.rmtree(folder.parent)
    return "it had ended" if ended else "resumed, the same end"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=300, help="how many searches")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    started = time.perf_counter()
    torch.set_num_threads(1)
    with TemporaryDirectory(prefix="faults-") as name:
        place = Path(name).resolve()
        (place / "spec.net").write_text(SPEC)
        seen = search(place, "whole").seen
        cases = [(number, fault) for number in range(1, len(seen) + 1) for fault in (*FULL, errno.EROFS, KILLED)]
        chosen = Random(options.seed).sample(cases, min(options.count, len(cases)))
        found = Counter(fail(place, operation, fault) for operation, fault in chosen)
    print(f"{len(seen)} operations of a search, {len(chosen)} searches with a fault")
    for what, count in found.items():
        print(f"{count:>8}  {what}")
    print(f"{time.perf_counter() - started:.0f} s: nothing lost")


if __name__ == "__main__":
    main()
