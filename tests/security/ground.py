"""A folder with data of every kind and with runs, to be copied and broken; and what a case of breaking it says."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from PIL import Image
from safetensors.numpy import load_file, save_file

from netspec import api
from netspec.interruption import StopRequest
from netspec.runner.events import EpochEnded, Event
from netspec.runner.uses.verify_resume import StopAfter
from tests.cli.conftest import Netspec

Break = Callable[[Path], object]
"""Breaks something in a folder."""

TRAIN = "train { epochs = 3, checkpoint = every(4 steps, keep=3) }"
TAUGHT = TRAIN.replace("epochs", 'loss = cross_entropy + distillation(teacher=from_run("run")), epochs')
TABLE = "transform = standardize(measured), validation = 20%, batch_size = 8"
OF_CSV = f'data {{ source = csv("table.csv", target="y"), {TABLE} }}'
OF_NPZ = 'data { source = npz("arrays.npz", inputs="x", targets="y") }'
OF_TENSORS = 'data { source = safetensors("arrays.safetensors", inputs="x", targets="y") }'
SEARCHED = (
    f"param lr = 1e-2 in log(1e-3, 1e-1)\n{OF_CSV}\nmodel {{ linear(2) }}\n{TRAIN[:-2]}, optimizer = sgd(lr=lr) }}\n"
    "search { method = tpe(trials=4, startup_trials=1), minimize = validation.loss, confirm = top(1, seeds=2) }"
)
SPECS = {
    "table.net": f"{OF_CSV}\nmodel {{ linear(4) -> linear(2) }}\n{TRAIN}",
    "taught.net": f"{OF_CSV}\nmodel {{ linear(3) -> linear(2) }}\n{TAUGHT}",
    "wide.net": f"{OF_CSV}\nmodel {{ linear(5) -> linear(2) }}\n{TRAIN}",
    "parquet.net": f'data {{ source = parquet("table.parquet", target="y") }}\nmodel {{ linear(2) }}\n{TRAIN}',
    "npz.net": f"{OF_NPZ}\nmodel {{ linear(2) }}\n{TRAIN}",
    "numbers.net": f"{OF_NPZ}\nmodel {{ linear(1) }}\n{TRAIN}",
    "tensors.net": f"{OF_TENSORS}\nmodel {{ linear(2) }}\n{TRAIN}",
    "searched.net": SEARCHED,
    "photos.net": f'data {{ source = image_folder("photos") }}\nmodel {{ flatten -> linear(2) }}\n{TRAIN}',
}
SAMPLES = 40


@dataclass(frozen=True)
class Case:
    """What is broken, the command that meets it, the exit code that it ends with and a piece of what it says."""

    what: str
    command: str
    exit_code: int
    said: str
    breaks: Break = lambda folder: None

    def __str__(self) -> str:
        return self.what

    def tried(self, netspec: Netspec, folder: Path) -> dict[str, bytes | str]:
        """Break it and run the command, which has to say so in words, without a traceback and what moves a terminal's
        cursor. Returns what was in the folder between the two."""
        self.breaks(folder)
        before = everything(folder)
        ended = netspec(*self.command.split())
        said = ended.out + ended.err
        assert (ended.exit_code, "Traceback" in said, "\x1b" in said) == (self.exit_code, False, False), said
        # the help of a command, on wrong usage, isn't what it says of it
        assert self.said in " ".join((ended.err if self.exit_code == 2 else said).split()), said
        return before


def make(folder: Path) -> None:
    """Data and specs; `run` is a finished run of a table, `half` one that was halted, `taught` one
    that learns from `run` and was halted, `photos-run` one of images, `study` a study that was halted in the third of
    its four trials."""
    chance = np.random.default_rng(0)
    x, y = chance.random((SAMPLES, 2)), np.arange(SAMPLES) % 2
    rows = [f"{a:.6f},{b:.6f},{c}" for (a, b), c in zip(x, y, strict=True)]
    (folder / "table.csv").write_text("\n".join(["a,b,y", *rows, ""]))
    write_parquet(folder / "table.parquet", {"a": x[:, 0].tolist(), "b": x[:, 1].tolist(), "y": y.tolist()})
    np.savez(folder / "arrays.npz", x=x, y=y)
    save_file({"x": x, "y": y}, folder / "arrays.safetensors")
    for number in range(8):
        path = folder / "photos" / ("ant", "bee")[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(chance.integers(0, 255, (4, 4, 3), np.uint8)).save(path)
    for name, text in SPECS.items():
        (folder / name).write_text(text + "\n")
    api.run(folder / "table.net", out=folder / "run")
    api.run(folder / "photos.net", out=folder / "photos-run")
    halt(folder / "table.net", folder / "half")
    halt(folder / "taught.net", folder / "taught")
    halt_study(folder / "searched.net", folder / "study", 3)


def halt(spec: Path, out: Path, after: int = 9) -> None:
    """A run that is interrupted after so many steps."""
    request = StopAfter(after)
    request.error = KeyboardInterrupt
    with suppress(KeyboardInterrupt):
        api.run(spec, out=out, request=request)


def halt_study(spec: Path, out: Path, number: int) -> None:
    """A study that is interrupted in a trial after its first epoch."""
    request = StopRequest()

    def listen(event: Event) -> None:
        if isinstance(event, EpochEnded) and (out / "trials" / f"{number:04}").exists():
            request.error = KeyboardInterrupt

    with suppress(KeyboardInterrupt):
        api.search(spec, out=out, request=request, on_event=listen)


def copied(ground: Path, folder: Path) -> None:
    """A copy of all of it, in which runs look for their data."""
    shutil.copytree(ground, folder, dirs_exist_ok=True)
    for kept in (path for name in ("spec.json", "teachers.json", "study.json") for path in folder.rglob(name)):
        kept.write_text(kept.read_text().replace(str(ground), str(folder)))


def write_parquet(path: Path, columns: dict[str, Any]) -> None:
    import pyarrow
    from pyarrow import parquet

    parquet.write_table(pyarrow.table(columns), path)


def everything(folder: Path) -> dict[str, bytes | str]:
    """What is in a folder, byte for byte: files, links and folders."""
    found: dict[str, bytes | str] = {}
    for path in sorted(folder.rglob("*")):
        kind = "folder" if path.is_dir() else path.read_bytes() if path.is_file() else "other"
        found[str(path.relative_to(folder))] = f"link to {path.readlink()}" if path.is_symlink() else kind
    return found


# ---- ways to break things ----


def text(name: str, content: str | bytes) -> Break:
    """Another content of a file."""
    return lambda folder: (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)


def replaced(name: str, old: str, new: str) -> Break:
    def breaks(folder: Path) -> None:
        before = (folder / name).read_text()
        assert old in before
        (folder / name).write_text(before.replace(old, new, 1))

    return breaks


def gone(name: str) -> Break:
    return lambda folder: shutil.rmtree(folder / name) if (folder / name).is_dir() else (folder / name).unlink()


def cut(name: str, size: int) -> Break:
    """A file without its end."""
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:size])


def flipped(name: str, seed: int = 0) -> Break:
    """A file with a wrong bit."""

    def breaks(folder: Path) -> None:
        content = bytearray((folder / name).read_bytes())
        content[Random(seed).randrange(len(content))] ^= 1
        (folder / name).write_bytes(content)

    return breaks


def exchanged(one: str, other: str) -> Break:
    """Two files or folders that have each other's names."""

    def breaks(folder: Path) -> None:
        (folder / one).rename(folder / "aside")
        (folder / other).rename(folder / one)
        (folder / "aside").rename(folder / other)

    return breaks


def linked(name: str, target: str) -> Break:
    """A link in the place of what is there."""

    def breaks(folder: Path) -> None:
        if (folder / name).exists():
            gone(name)(folder)
        (folder / name).symlink_to(target)

    return breaks


def a_folder(name: str) -> Break:
    """A folder in the place of a file."""

    def breaks(folder: Path) -> None:
        if (folder / name).exists():
            gone(name)(folder)
        (folder / name).mkdir(parents=True)

    return breaks


def arrays(**changed: Any) -> Break:
    """Other arrays in `arrays.npz`."""

    def breaks(folder: Path) -> None:
        with np.load(folder / "arrays.npz") as found:
            np.savez(folder / "arrays.npz", **{**found, **changed})

    return breaks


def image(name: str, mode: str = "RGB", size: tuple[int, int] = (4, 4)) -> Break:
    return lambda folder: Image.new(mode, size).save(folder / name)


def both(*breaks: Break) -> Break:
    return lambda folder: [one(folder) for one in breaks]


# ---- checkpoints that say of themselves that they are whole ----


def checkpoints(run: Path) -> list[Path]:
    return sorted(path for path in (run / "checkpoints").iterdir() if path.is_dir())


def forged(run: str, **changed: Any) -> Break:
    """All checkpoints of a run with other values in their state, under a manifest that fits."""

    def breaks(folder: Path) -> None:
        for path in checkpoints(folder / run):
            state = json.loads((path / "state.json").read_text())
            sealed(path, "state.json", json.dumps({**state, **changed}).encode())

    return breaks


def forged_tensors(run: str, name: str, change: Callable[[np.ndarray], np.ndarray | None]) -> Break:
    """All checkpoints of a run with other tensors in one of their files, under a manifest that fits."""

    def breaks(folder: Path) -> None:
        for path in checkpoints(folder / run):
            found = {key: change(value) for key, value in load_file(path / name).items()}
            save_file({key: value for key, value in found.items() if value is not None}, path / name)
            sealed(path, name, (path / name).read_bytes())

    return breaks


def forged_bytes(run: str, name: str, content: bytes) -> Break:
    def breaks(folder: Path) -> None:
        for path in checkpoints(folder / run):
            sealed(path, name, content)

    return breaks


def sealed(path: Path, name: str, content: bytes) -> None:
    """Write a file of a checkpoint, and its size and hash into the manifest."""
    (path / name).write_bytes(content)
    manifest = json.loads((path / "MANIFEST.json").read_text())
    manifest["files"][name] = {"bytes": len(content), "sha256": sha256(content).hexdigest()}
    (path / "MANIFEST.json").write_text(json.dumps(manifest, indent=2) + "\n")
