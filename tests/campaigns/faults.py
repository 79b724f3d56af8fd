"""Every operation on files fails, or is the last one before the process is killed: of a save, and of a whole run.

    python -m tests.campaigns.faults
    python -m tests.campaigns.faults --runs --count 200

Operations are listed by recording them. Then each fails with each error of a disk, and at each the process is killed in
its midst. After a save there is the old checkpoint or the new one, whole; a run ends with a message, and resumed with
the bits of the run that nobody disturbed.
"""

from __future__ import annotations

import argparse
import errno
import io
import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

import torch
from torch import nn

from netspec import api
from netspec.files import sweep
from netspec.problems import NetspecError
from netspec.runner.store.checkpoint import MODEL, load_weights
from netspec.runner.store.checkpoints import Checkpoints
from netspec.saved.moment import Moment
from tests.campaigns.campaign import Mismatch

KILLED = 0
"""In the place of an error's number: the process ends there, and nothing that stands around is done any more."""
FAULTS = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EACCES, KILLED)
FULL = (errno.ENOSPC, errno.EDQUOT)
EXIT = 9
CALLS = ("open", "write", "fsync", "ftruncate", "rename", "replace", "mkdir", "unlink", "rmdir")


@dataclass
class Disk:
    """The operations on files below a folder as they come; one of them, counted from 1, has a fault."""

    folder: Path
    fail_at: int = 0
    fault: int = KILLED
    seen: list[str] = field(default_factory=list)

    def meet(self, name: str, subject: object, torn: Callable[[], object] = lambda: None) -> None:
        """Note an operation; where it is the one that fails, do what is done of it until then."""
        self.seen.append(f"{name} {path_of(subject).name}")
        if len(self.seen) == self.fail_at:
            torn()
            if self.fault == KILLED:
                os._exit(EXIT)
            raise OSError(self.fault, os.strerror(self.fault), str(path_of(subject)))

    def concerns(self, subject: object, options: dict[str, Any]) -> bool:
        return path_of(subject, options.get("dir_fd")).is_relative_to(self.folder)


def path_of(subject: Any, folder: int | None = None) -> Path:
    """The path that a call was given, or that of its descriptor."""
    if isinstance(subject, int):
        return Path(f"/proc/self/fd/{subject}").readlink()
    base = path_of(folder) if folder is not None else Path.cwd()
    return base / Path(os.fsdecode(subject))


class Written:
    """A file whose writes are operations too; of one that fails, half is on the disk."""

    def __init__(self, file: Any, disk: Disk) -> None:
        self._file, self._disk = file, disk

    def write(self, content: Any) -> int:
        def torn() -> None:
            self._file.write(content[: len(content) // 2])
            self._file.flush()

        self._disk.meet("write", self._file.fileno(), torn)
        return self._file.write(content)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> Written:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()


@contextmanager
def watched(disk: Disk) -> Generator[Disk]:
    """Within it all that is done to the files of the disk's folder is met."""

    def met(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def operation(subject: Any, *arguments: Any, **options: Any) -> Any:
            if disk.concerns(subject, options):
                disk.meet(name, subject)
            return call(subject, *arguments, **options)

        return operation

    def opened(call: Callable[..., Any]) -> Callable[..., Any]:
        def operation(subject: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
            file = call(subject, mode, *arguments, **options)
            return Written(file, disk) if set(mode) & set("wax+") and disk.concerns(subject, {}) else file

        return operation

    with ExitStack() as patches:
        for name in CALLS:
            patches.enter_context(mock.patch.object(os, name, met(name, getattr(os, name))))
        patches.enter_context(mock.patch.object(io, "open", opened(io.open)))  # which os.fdopen calls too
        yield disk


def in_a_child(work: Callable[[], object]) -> int:
    """Do it in a process of its own; the status that it ends with."""
    child = os.fork()
    if not child:
        status = 1
        try:
            work()
            status = 0
        except NetspecError as error:
            status = 20 + error.exit_code
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# ---- a save ----


def saver(folder: Path) -> Callable[[int], None]:
    """Saves the checkpoint of an epoch, always the same; the one before it goes."""
    torch.manual_seed(0)
    network = nn.Linear(4, 3)
    mover = torch.optim.Adam(network.parameters())
    network(torch.randn(2, 4)).sum().backward()
    mover.step()
    checkpoints = Checkpoints(folder, 1)

    def save(epoch: int) -> None:
        groups = {MODEL: network.state_dict()}
        facts = {"environment": {}, "spec": "", "seed": epoch}
        checkpoints.save(Moment(epoch), groups, mover.state_dict(), facts, best=epoch)

    return save


def order_of_a_save(place: Path) -> list[str]:
    """The operations of a save that takes the place of another one."""
    save = saver(place / "reference")
    save(1)
    with watched(Disk(place)) as disk:
        save(2)
    return disk.seen


def ensure_order(seen: Sequence[str]) -> None:
    """Each file is opened, written and synced; then their folder is, then it gets its name, and the name is synced;
    only then the index is written in the same way, and then what is old is removed."""
    files = ("model.safetensors", "optimizer.safetensors", "state.json", "MANIFEST.json")
    temporary, index, gone = (
        next(what.split()[1] for what in seen if what.startswith(name) and what.endswith(end))
        for name, end in (("mkdir .tmp", "epoch-0002"), ("open .tmp", "index.json"), ("rmdir .tmp", "epoch-0001"))
    )
    expected = ["mkdir reference"] if seen[0] == "mkdir reference" else []
    expected += [f"mkdir {temporary}"]
    expected += [f"{call} {name}" for name in files for call in ("open", "write", "fsync")]
    expected += [f"open {temporary}", f"fsync {temporary}", f"rename {temporary}"]
    expected += ["open reference", "fsync reference"]
    expected += [f"{call} {index}" for call in ("open", "write", "fsync", "replace")]
    expected += ["open reference", "fsync reference", "rename epoch-0001"]
    if list(seen[: len(expected)]) != expected:
        raise Mismatch("a save does its work in another order", "\n".join(seen))
    if any(name not in ("open", "unlink", "rmdir") for name in (what.split()[0] for what in seen[len(expected) :])):
        raise Mismatch(f"something is written after {gone} is removed", "\n".join(seen))


def fail_a_save(place: Path, operation: int, fault: int) -> str:
    """Let one operation of a save fail; whether the old or the new checkpoint is there then."""
    folder = place / f"{operation}-{fault}"
    what = f"operation {operation}, {errno.errorcode.get(fault, 'killed')}"
    save, checkpoints = saver(folder), Checkpoints(folder, 1)
    save(1)
    old = everything(folder / "epoch-0001")
    new = everything(place / "reference" / "epoch-0002")

    def work() -> None:
        with watched(Disk(folder, operation, fault)):
            save(2)

    status = in_a_child(work)
    if status not in ((EXIT,) if fault == KILLED else (0, 25)):
        raise Mismatch(f"it ends with {status}", what)
    found, damages = checkpoints.newest()
    if found is None or damages or everything(found.path) not in (old, new):
        raise Mismatch("neither the old nor the new checkpoint is there", what)
    if status == 0 and everything(found.path) != new:
        raise Mismatch("it says that it saved, and didn't", what)
    sweep(folder)
    save(2)
    found, _ = checkpoints.newest()
    if found is None or everything(found.path) != new or list(folder.glob(".tmp-*")):
        raise Mismatch("the next save doesn't mend it", what)
    shutil.rmtree(folder)
    return f"{'killed' if fault == KILLED else 'failed'}, the {'new' if status == 0 else 'old or the new'} one is there"


def saves(place: Path) -> Counter[str]:
    seen = order_of_a_save(place)
    ensure_order(seen)
    found = Counter[str]({"operations of a save": len(seen)})
    for operation in range(1, len(seen) + 1):
        for fault in FAULTS:
            found[fail_a_save(place, operation, fault)] += 1
    return found


# ---- a run ----

SPEC = """
data { source = synthetic(features=4, classes=2, samples=64), validation = 25%, batch_size = 16 }
model { linear(2) }
train { epochs = 3, optimizer = adam(lr=1e-2), checkpoint = every(2 steps, keep=2) }
"""


def last_weights(folder: Path) -> dict[str, list[float]]:
    weights = load_weights(folder / "checkpoints" / "epoch-0003")
    return {name: tensor.flatten().tolist() for name, tensor in weights.items()}


def run(place: Path, name: str, operation: int = 0, fault: int = KILLED) -> Disk:
    (place / name).mkdir()
    with watched(Disk(place / name, operation, fault)) as disk:
        api.run(place / "spec.net", out=place / name / "run")
    return disk


def fail_a_run(place: Path, operation: int, fault: int) -> str:
    """Let one operation of a run fail; resumed it ends as the whole one, or nothing of it had begun."""
    folder = place / f"{operation}-{fault}" / "run"
    what = f"operation {operation}, {errno.errorcode.get(fault, 'killed')}"
    status = in_a_child(lambda: run(place, folder.parent.name, operation, fault))
    if status not in ((EXIT,) if fault == KILLED else (0, 25)):
        raise Mismatch(f"it ends with {status}", what)
    if not (folder / "spec.json").exists():
        shutil.rmtree(folder.parent)
        return "nothing had begun"
    damages = Checkpoints(folder / "checkpoints").newest()[1]
    if damages:
        raise Mismatch("the newest checkpoint is damaged", f"{what}: {damages[0]}")
    finished = (folder / "run.json").exists()
    if not finished and (status := in_a_child(lambda: api.resume(folder))) != 0:
        raise Mismatch(f"resumed it ends with {status}", what)
    if last_weights(folder) != last_weights(place / "whole" / "run"):
        raise Mismatch("it ends with other weights", what)
    shutil.rmtree(folder.parent)
    return "it had finished" if finished else "resumed, the same end"


def runs(place: Path, count: int, seed: int) -> Counter[str]:
    (place / "spec.net").write_text(SPEC)
    seen = run(place, "whole").seen
    found = Counter[str]({"operations of a run": len(seen)})
    cases = [(operation, fault) for operation in range(1, len(seen) + 1) for fault in (*FULL, errno.EROFS, KILLED)]
    for operation, fault in Random(seed).sample(cases, min(count, len(cases))):
        found[fail_a_run(place, operation, fault)] += 1
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", action="store_true", help="of whole runs, not of a save")
    parser.add_argument("--count", type=int, default=200, help="how many runs")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    started = time.perf_counter()
    torch.set_num_threads(1)
    with TemporaryDirectory(prefix="faults-") as name:
        place = Path(name).resolve()
        found = runs(place, options.count, options.seed) if options.runs else saves(place)
    for what, count in found.items():
        print(f"{count:>8}  {what}")
    print(f"{time.perf_counter() - started:.0f} s: nothing lost")


if __name__ == "__main__":
    main()
