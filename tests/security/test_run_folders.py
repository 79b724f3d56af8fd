"""Run folders from anybody: netspec neither reads nor writes outside of them, and says soon what is wrong with them."""

from __future__ import annotations

import gc
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Netspec
from tests.security.ground import everything

SECONDS = 2
"""Of the processor, beyond what is imported: what else the machine does isn't counted."""
MEBIBYTES = 512

VERBS = {
    "eval": "eval {run} --split validation",
    "predict": "predict {run} table.csv",
    "report": "report {run}",
    "compare": "compare {run} run",
    "runs": "runs",
    "resume": "run --resume {run}",
}
CHECKPOINT = "checkpoints/epoch-0003"
FILES = (
    "spec.json",
    "run.json",
    "metrics.jsonl",
    "checkpoints/index.json",
    f"{CHECKPOINT}/MANIFEST.json",
    f"{CHECKPOINT}/state.json",
    f"{CHECKPOINT}/model.safetensors",
)
FOLDERS = ("checkpoints", CHECKPOINT, "plots", "tensorboard", "mlflow")
RUN = "runs/table/20260101-000000-abcdef"
Put = Callable[[Path], object]


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(8 * 2**30)


def sealed_sparse(path: Path) -> None:
    """A file of gigabytes, which the manifest beside it, if there is one, has as it is."""
    sparse(path)
    manifest = path.with_name("MANIFEST.json")
    if manifest.exists() and manifest != path:
        sizes = re.sub(rf'("{path.name}": {{\s*"bytes": )\d+', rf"\g<1>{8 * 2**30}", manifest.read_text())
        manifest.write_text(sizes)


KINDS: dict[str, Put] = {
    "a pipe": os.mkfifo,
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "a link to a file outside": lambda path: path.symlink_to(path_outside(path) / "secret.json"),
    "a link to a run outside": lambda path: path.symlink_to(path_outside(path) / "run" / path.name),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a folder": Path.mkdir,
    "gigabytes of nothing": sparse,
    "gigabytes that are told of": sealed_sparse,
    "depth": lambda path: path.write_text("[" * 20_000),
    "depth that ends": lambda path: path.write_text('{"a": ' * 300 + "1" + "}" * 300),
    "a huge number": lambda path: path.write_text('{"format": 1' + "0" * 4000 + "}"),
    "many lists": lambda path: path.write_text("[" + "[]," * 20_000_000 + "[]]"),
    "many keys": lambda path: path.write_text("{" + ",".join(f'"{n:x}":0' for n in range(1_900_000)) + "}"),
    "many lines": lambda path: path.write_text('{"epoch":1}\n' * 5_000_000),
    "no number": lambda path: path.write_text('{"format": NaN, "epochs": 1e999}'),
    "bytes": lambda path: path.write_bytes(b"\xff\x00" * 100),
}


def path_outside(path: Path) -> Path:
    return next(folder for folder in path.parents if (folder / "outside").is_dir()) / "outside"


STARTED: list[str] = []
"""The verbs that this process has run, and so imported what they need."""


def start(netspec: Netspec) -> None:
    """Run each verb once on a sound run."""
    for name, verb in VERBS.items():
        if name not in STARTED:
            STARTED.append(name)
            assert netspec(*verb.format(run="sound").split()).exit_code == 0, name


@pytest.fixture
def place(netspec: Netspec, folder: Path) -> Iterator[Path]:
    """A finished run where runs are listed, beside files of others."""
    shutil.copytree(folder / "run", folder / "sound")
    start(netspec)
    shutil.rmtree(folder / "sound")
    run = shutil.copytree(folder / "run", folder / RUN)
    outside = folder / "outside"
    shutil.copytree(folder / "run", outside / "run")
    (outside / "secret.json").write_text('{"password": "canary"}')
    gc.disable()  # as a command has it
    yield run
    gc.enable()


def most_memory() -> int:
    """The most memory that this process had since it was asked last, in bytes."""
    text = Path("/proc/self/status").read_text()
    Path("/proc/self/clear_refs").write_text("5")
    return 1024 * int(re.findall(r"VmHWM:\s+(\d+)", text)[0])


def ends_soon(netspec: Netspec, folder: Path, command: str) -> str:
    """What a command says, which ends soon, takes little memory and leaves alone what is outside of its run."""
    before = outside_of_runs(folder)
    most_memory()
    memory, start = most_memory(), time.process_time()
    ended = netspec(*command.split())
    seconds, memory = time.process_time() - start, most_memory() - memory
    said = ended.out + ended.err
    assert ended.exit_code in (0, 1, 3, 5), said
    assert "Traceback" not in said and "canary" not in said
    if ended.exit_code or command.startswith(("runs", "compare")):  # else it did what it was asked for
        assert seconds < SECONDS, command
    assert memory < MEBIBYTES * 2**20, f"{command}: {memory >> 20} MiB"
    assert outside_of_runs(folder) == before
    return said


def outside_of_runs(folder: Path) -> dict[str, object]:
    return {"outside": everything(folder / "outside"), "beside": sorted(path.name for path in folder.iterdir())}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kind", KINDS)
def test_anything_in_the_place_of_a_file(kind: str, name: str, netspec: Netspec, place: Path, folder: Path) -> None:
    path = place / name
    path.unlink()
    KINDS[kind](path)
    for verb in VERBS.values():
        ends_soon(netspec, folder, verb.format(run=RUN))


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", FOLDERS)
@pytest.mark.parametrize("kind", ["a run's", "an empty one", "itself", "a pipe"])
def test_a_link_in_the_place_of_a_folder(
    kind: str, name: str, verb: str, netspec: Netspec, place: Path, folder: Path
) -> None:
    if verb == "resume":
        (place / "run.json").unlink()
    path = place / name
    if path.exists():
        shutil.rmtree(path)
    (folder / "outside/empty").mkdir()
    match kind:
        case "a run's":
            (folder / "outside/run" / name).mkdir(exist_ok=True)
            path.symlink_to(folder / "outside/run" / name)
        case "an empty one":
            path.symlink_to(folder / "outside/empty")
        case "itself":
            path.symlink_to(path.name)
        case _:
            os.mkfifo(path)
    ends_soon(netspec, folder, VERBS[verb].format(run=RUN))


def test_a_bad_run_is_listed_with_the_good_ones(netspec: Netspec, place: Path, folder: Path) -> None:
    shutil.copytree(folder / "run", folder / "runs/table/20260102-000000-abcdef")
    for name in FILES[:4]:
        (place / name).unlink()
        os.mkfifo(place / name)
    said = ends_soon(netspec, folder, "runs")
    assert re.search(r"20260102-000000-abcdef +finished", said)
    assert re.search(r"20260101-000000-abcdef +not finished", said)


def test_what_leads_elsewhere_within_a_run_is_read(netspec: Netspec, place: Path, folder: Path) -> None:
    (place / "checkpoints").rename(place / "kept")
    (place / "checkpoints").symlink_to("kept")
    assert "accuracy" in ends_soon(netspec, folder, f"eval {RUN} --split validation")


def test_the_newest_run_is_found_by_the_link_that_netspec_makes(netspec: Netspec, place: Path, folder: Path) -> None:
    (folder / "runs/table/latest").symlink_to(place.name)
    latest = "runs/table/latest"
    assert "accuracy" in ends_soon(netspec, folder, f"eval {latest} --split validation")
    assert "report.html" in ends_soon(netspec, folder, f"report {latest}")


def test_a_lock_that_is_another_file_is_left_as_it_is(netspec: Netspec, place: Path, folder: Path) -> None:
    (place / "report.html").unlink()
    (place / ".lock").hardlink_to(folder / "outside/secret.json")
    said = ends_soon(netspec, folder, f"run --resume {RUN}")
    assert "it isn't the lock of a run" in said
