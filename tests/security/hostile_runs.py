"""Hostile run folders: what was trained, with files of it changed by somebody else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.security.hostile import CODE, Case, Workshop, damaged, pickles

RUN = Path("runs/table/20260101-000000-aaaaaa")
CHECKPOINT = "checkpoints/epoch-0001"
Change = Callable[[Path], None]


def run_cases(shop: Workshop, trained: Path) -> Iterator[Case]:
    changes = {**_of_specs(shop), **_of_checkpoints(shop, trained), **_of_records(), **_of_links(shop)}
    for name, change in changes.items():
        yield _case(shop, trained, name, change)


def _case(shop: Workshop, trained: Path, name: str, change: Change) -> Case:
    """A run that ended after its first epoch of two, and with the change."""
    folder = shop.folder(f"run {name}")
    run = folder / RUN
    shutil.copytree(trained, run)
    (run / "run.json").unlink()
    shutil.rmtree(run / "checkpoints" / "epoch-0002")
    data = trained.parent / "table.csv"
    shutil.copy(data, folder / "table.csv")
    _edit(run / "spec.json", path=str(folder / "table.net"))
    change(run)
    commands = (
        ("eval", str(RUN)),
        ("predict", str(RUN), "table.csv"),
        ("run", "--resume", str(RUN)),
    )
    if name.startswith(("record", "metrics of", "link", "spec with")):
        compare = ("compare", str(RUN), str(trained), "--out", "page.html")
        commands = (("runs",), compare, ("convert", str(RUN / "spec.net")), *commands)
    if name.startswith(("record", "metrics of", "link")):
        commands = (*commands, ("report", str(RUN)))
    named = tuple(shop.outside.iterdir()) if "link" in name or "named" in name else ()
    return Case(f"run {name}", folder, commands, named)


def _of_specs(shop: Workshop) -> dict[str, Change]:
    secret = str(shop.outside / "secret.net")
    found: dict[str, Change] = {
        "spec elsewhere, named": lambda run: _spec_of_secret(run, shop.outside),
        "spec with files elsewhere": lambda run: _edit(run / "spec.json", files={secret: "x", "../../x": "y"}),
        "spec that extends": lambda run: _edit(run / "spec.json", text=f'extends "{secret}"\n'),
        "spec that is a number": lambda run: _edit(run / "spec.json", path=7, text=8),
        "spec set to code": lambda run: _edit(run / "spec.json", set={"a": CODE[0], "__class__": CODE[1]}),
        "spec of a part": lambda run: _edit(run / "spec.json", part="../../outside/x"),
        "spec with a zero": lambda run: _edit(run / "spec.json", path="/x\0y"),
    }
    for place, code in enumerate(CODE[:4]):
        found[f"spec named {place}"] = lambda run, code=code: _edit(run / "spec.json", name=code, path=code)
    for name, content in pickles().items():
        found[f"spec pickle {name}"] = lambda run, content=content: _write(run / "spec.json", content)
    return found


def _of_checkpoints(shop: Workshop, trained: Path) -> dict[str, Change]:
    names = ("../../x", "../../../outside/x", str(shop.outside / "x"), "epoch-0001/../../x", CODE[0])
    found: dict[str, Change] = {}
    for place, name in enumerate(names):
        found[f"index {place}"] = lambda run, name=name: _edit(run / "checkpoints" / "index.json", best=name, last=name)
        found[f"manifest {place}"] = lambda run, name=name: _manifest(run, {name: {"bytes": 1, "sha256": ""}})
        found[f"tensors {place}"] = lambda run, name=name: _state(run, optimizer={"state": name, "__class__": name})
    for name, content in pickles().items():
        for file in ("model.safetensors", "optimizer.safetensors"):
            found[f"{file} pickle {name}"] = lambda run, file=file, content=content: _replace(run, file, content)
        found[f"manifest pickle {name}"] = lambda run, content=content: _write(
            run / CHECKPOINT / "MANIFEST.json", content
        )
    for file in ("model.safetensors", "optimizer.safetensors", "state.json"):
        sound = (trained / "checkpoints" / "epoch-0002" / file).read_bytes()
        for place, content in enumerate(damaged(sound, shop.random, 3)):
            found[f"{file} damaged {place}"] = lambda run, file=file, content=content: _replace(run, file, content)
    states: dict[str, Any] = {"random": "x", "statistics": [{"__class__": [1.0]}], "history": CODE[0], "stop": 7}
    known = json.loads((trained / "checkpoints" / "epoch-0002" / "state.json").read_bytes())
    for key in known:
        for place, value in enumerate((CODE[0], [], {"__class__": "os.system"})):
            states[f"{key} {place}"] = value
    for key, value in states.items():
        found[f"state {key}"] = lambda run, key=key, value=value: _state(run, **{key.partition(" ")[0]: value})
    return found


def _of_records() -> dict[str, Change]:
    found: dict[str, Change] = {}
    for place, code in enumerate(CODE[:3]):
        found[f"metrics of code {place}"] = lambda run, code=code: _write(
            run / "metrics.jsonl", (json.dumps({"epoch": 1, code: code, "validation.loss": 0.1}) + "\n").encode()
        )
        found[f"record of code {place}"] = lambda run, code=code: _write(
            run / "run.json", json.dumps({"test": {code: 1.0}, "epochs": {"best": code}, "seconds": code}).encode()
        )
    for name, content in pickles().items():
        found[f"record pickle {name}"] = lambda run, content=content: _write(run / "run.json", content)
        found[f"metrics pickle {name}"] = lambda run, content=content: _write(run / "metrics.jsonl", content)
    return found


def _of_links(shop: Workshop) -> dict[str, Change]:
    """A file of the run that is a link to one outside, to be read or written through it."""
    names = ("state.json", "MANIFEST.json", "model.safetensors")
    found: dict[str, Change] = {
        f"link {name}": lambda run, name=name: _link(run / CHECKPOINT / name, shop.outside / "secret.json")
        for name in names
    }
    files = ("spec.json", "run.json", "metrics.jsonl", "report.html", ".lock", "environment.json")
    for name in (*files, "checkpoints", "plots", "tensorboard", "mlflow"):
        target = shop.outside / ("secret.json" if name in files else "x")
        found[f"link {name}"] = lambda run, name=name, target=target: _link(run / name, target)
    return found


def _link(path: Path, target: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.symlink_to(target)


def _spec_of_secret(run: Path, outside: Path) -> None:
    kept = json.loads((run / "spec.json").read_bytes())
    _edit(run / "spec.json", path=str(outside / "a.net"), text=kept["text"].replace("table.csv", "secret.csv"))


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _edit(path: Path, /, **values: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_bytes()), **values}, indent=2, ensure_ascii=False) + "\n")


def _state(run: Path, /, **values: Any) -> None:
    """Other values in the state of a checkpoint, whose manifest fits: whoever changes one changes the other."""
    state = json.loads((run / CHECKPOINT / "state.json").read_bytes())
    _replace(run, "state.json", (json.dumps({**state, **values}, indent=2) + "\n").encode())


def _replace(run: Path, file: str, content: bytes) -> None:
    _write(run / CHECKPOINT / file, content)
    _manifest(run, {file: {"bytes": len(content), "sha256": sha256(content).hexdigest()}})


def _manifest(run: Path, files: dict[str, Any]) -> None:
    path = run / CHECKPOINT / "MANIFEST.json"
    _edit(path, files={**json.loads(path.read_bytes())["files"], **files})
