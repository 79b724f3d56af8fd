"""Checkpoints that are corrupted in every way: each is noticed, and the run goes on from the one before it.

    python -m tests.campaigns.corruptions --count 1000

Each case takes the checkpoints of a run that was halted, corrupts the newest one by its number, and asks what every
reader of checkpoints says. What a case did to which file is counted in the end.
"""

from __future__ import annotations

import shutil
from atexit import register
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from tempfile import mkdtemp

from netspec.checker import check_file
from netspec.problems import NetspecError
from netspec.runner.machine.device import named_device
from netspec.runner.store.checkpoint import load_weights, read_checkpoint
from netspec.runner.store.checkpoints import Checkpoints, in_order
from netspec.runner.store.folder import RunFolder
from netspec.runner.train.loop import train
from netspec.runner.uses.verify_resume import run_through
from tests.campaigns.campaign import Mismatch, main

SPEC = """
data { source = synthetic(features=6, classes=3, samples=96), validation = 25%, batch_size = 8 }
model { linear(8) -> batch_norm -> relu -> linear(3) }
train { epochs = 4, optimizer = adam(lr=1e-2), average = ema(0.9), checkpoint = every(3 steps, keep=3) }
"""
EACH = 20
"""Each how many cases a run is resumed in full, which takes longer than looking at its checkpoints."""

# ---- what is done to a file of the newest checkpoint, its twin in the one before it, and chance ----


def flip(path: Path, twin: Path, chance: Random) -> None:
    """A bit, anywhere."""
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def truncate(path: Path, twin: Path, chance: Random) -> None:
    path.write_bytes(path.read_bytes()[: chance.randrange(path.stat().st_size)])


def lengthen(path: Path, twin: Path, chance: Random) -> None:
    path.write_bytes(path.read_bytes() + chance.choice((b"\0", b"\n", b" ", chance.randbytes(9))))


def blank(path: Path, twin: Path, chance: Random) -> None:
    """Zeros in the place of a part, as where a block never reached the disk."""
    content = bytearray(path.read_bytes())
    start = chance.randrange(len(content))
    end = min(len(content), start + chance.choice((1, 64, 512, 4096)))
    content[start:end] = bytes(end - start)
    path.write_bytes(content)


def delete(path: Path, twin: Path, chance: Random) -> None:
    path.unlink()


def swap(path: Path, twin: Path, chance: Random) -> None:
    """The same file of the checkpoint before, whole in itself."""
    path.write_bytes(twin.read_bytes())


def confuse(path: Path, twin: Path, chance: Random) -> None:
    """Another file of the same checkpoint."""
    others = [other for other in path.parent.iterdir() if other != path]
    path.write_bytes(chance.choice(sorted(others)).read_bytes())


def unmake(path: Path, twin: Path, chance: Random) -> None:
    """A folder or a broken link where the file was."""
    path.unlink()
    path.mkdir() if chance.random() < 0.5 else path.symlink_to("nowhere")


def rename(path: Path, twin: Path, chance: Random) -> None:
    """All of the checkpoint before under the name of the newest."""
    shutil.rmtree(path.parent)
    shutil.copytree(twin.parent, path.parent)


def replace(path: Path, twin: Path, chance: Random) -> None:
    """A file or a link where the checkpoint was."""
    shutil.rmtree(path.parent)
    path.parent.write_bytes(b"") if chance.random() < 0.5 else path.parent.symlink_to(twin.parent.name)


Corruption = Callable[[Path, Path, Random], None]
CORRUPTIONS: tuple[Corruption, ...] = (
    flip,
    truncate,
    lengthen,
    blank,
    delete,
    swap,
    confuse,
    unmake,
    rename,
    replace,
)


@cache
def halted() -> Path:
    """A run with several checkpoints; made once."""
    place = Path(mkdtemp(prefix="corruptions-"))
    register(shutil.rmtree, place, ignore_errors=True)
    spec = place / "spec.net"
    spec.write_text(SPEC)
    run_through(check_file(spec).require(), place / "run", named_device("cpu"), 25)
    return place / "run"


def content_of(path: Path) -> dict[str, bytes]:
    return {item.name: item.read_bytes() for item in path.iterdir() if item.is_file()} if path.is_dir() else {}


def try_one(number: int) -> str:
    """What was done to which file; raises Mismatch where it isn't noticed, or more is lost than that checkpoint."""
    chance = Random(f"corruption {number}")
    run = halted().with_name(f"case-{number}")
    shutil.copytree(halted(), run)
    try:
        before, newest = in_order(run / "checkpoints")[-2:]
        name = chance.choice(sorted(path.name for path in newest.iterdir()))
        corrupt, was, kept = chance.choice(CORRUPTIONS), content_of(newest), content_of(before)
        corrupt(newest / name, before / name, chance)
        what = f"{corrupt.__name__} {name if corrupt not in (rename, replace) else 'all'}"
        if content_of(newest) == was and not newest.is_symlink():
            return "nothing changed"
        ensure_noticed(run, newest, before, what)
        if number % EACH == 0:
            ensure_resumed(run, newest, what)
        if content_of(before) != kept and before.exists():
            raise Mismatch("the checkpoint before was changed", what)
        return what
    finally:
        shutil.rmtree(run)


def ensure_noticed(run: Path, newest: Path, before: Path, what: str) -> None:
    for reader in (read_checkpoint, load_weights):
        try:
            reader(newest)
        except NetspecError as error:
            if [diagnostic.code for diagnostic in error.diagnostics] != ["NS706"]:
                raise Mismatch("another problem is named", f"{what}: {error}") from error
        else:
            raise Mismatch(f"{reader.__name__} takes it", what)
    found, damages = Checkpoints(run / "checkpoints").newest()
    if found is None or found.path != before:
        raise Mismatch("the checkpoint before isn't taken", what)
    if len(damages) != 1 or newest.name not in str(damages[0]):
        raise Mismatch("the damage isn't said", f"{what}: {damages}")


def ensure_resumed(run: Path, newest: Path, what: str) -> None:
    """The run says which checkpoint it can't read, drops it, and ends as the run that nobody touched."""
    program, device = check_file(run.with_name("spec.net")).require(), named_device("cpu")
    with RunFolder(run, resume=True) as folder:
        started, *events = train(program, folder, device, resume=True)
    resumed = getattr(started, "resumed", None)
    if resumed is None or newest.name not in "".join(resumed.damages):
        raise Mismatch("resumed without a word", what)
    if len(events) == 0 or not (run / "run.json").exists():
        raise Mismatch("the resumed run doesn't end", what)
    if Checkpoints(run / "checkpoints").newest()[1]:
        raise Mismatch("the resumed run leaves what is damaged", what)


if __name__ == "__main__":
    main(try_one, __doc__)
