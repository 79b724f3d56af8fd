"""Give netspec's commands hostile files in this process, which is watched, and write down what came of it."""

from __future__ import annotations

import contextlib
import faulthandler
import io
import json
import os
import shutil
import sys
import traceback
from collections import Counter
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

from PIL import Image

from netspec.cli import main
from netspec.memory import CACHE_FOLDER
from tests.security.audit import Audit, Refused
from tests.security.hostile import SECRET, Case, Workshop, table_spec
from tests.security.hostile_data import data_cases
from tests.security.hostile_runs import run_cases
from tests.security.hostile_specs import spec_cases
from tests.security.hostile_studies import study_cases
from tests.security.hostile_weights import weights_cases

SEED = 20261127


def attack(root: Path) -> dict[str, Any]:
    """Make the files, try each, and give their number, the commands' exit codes, and what went wrong, by cases."""
    shop = Workshop(root, Random(SEED))
    for folder in (shop.outside, root / "cases", root / "data", root / "warm"):
        folder.mkdir()
    _secrets(shop.outside)
    runs = _trained(root / "warm")
    cases = [
        *data_cases(shop, runs),
        *spec_cases(shop),
        *run_cases(shop, runs["table"]),
        *study_cases(shop, runs["study"]),
        *weights_cases(shop, runs["table"]),
    ]
    files = sum(1 for path in (root / "cases").rglob("*") if path.is_file() or path.is_symlink())
    audit = Audit()
    codes: Counter[int] = Counter()
    wrong: dict[str, list[str]] = {}
    slowest: dict[str, float] = {}
    for case in cases:
        start = perf_counter()
        found = _try(case, audit, [root / "data", root / "warm"], codes)
        slowest[case.name] = perf_counter() - start
        if found:
            wrong[case.name] = found
    ten = sorted(slowest.items(), key=lambda item: -item[1])[:10]
    return {"cases": len(cases), "files": files, "codes": codes, "wrong": wrong, "slowest": dict(ten)}


def _secrets(outside: Path) -> None:
    (outside / "secret.csv").write_text("a,label\n" + f"1,{SECRET}\n2,other\n" * 8)
    (outside / "secret.net").write_text("param other = 1\n")
    (outside / "secret.json").write_text(json.dumps({"password": "of another spec"}))
    (outside / "x").mkdir()
    (outside / "x" / "state.json").write_text(json.dumps({"epoch": SECRET}))
    Image.new("RGB", (4, 4)).save(outside / "secret.png")


def _trained(folder: Path) -> dict[str, Path]:
    """Runs of a table and of images, and all commands once: so what is imported later on is imported now."""
    os.chdir(folder)
    rows = "".join(f"{place % 3},{place},{'yes' if place % 2 else 'no'}\n" for place in range(16))
    (folder / "table.csv").write_text(f"a,b,label\n{rows}")
    for label in ("cat", "dog"):
        (folder / "photos" / label).mkdir(parents=True)
        for number in range(4):
            Image.new("RGB", (4, 4), (number * 40, 0, 0)).save(folder / "photos" / label / f"{number}.png")
    every = "checkpoint = every(1 epoch, keep=2) }"
    for name, source in (
        ("table", 'csv("table.csv", target="label")'),
        ("images", 'image_folder("photos", size=[4, 4])'),
    ):
        spec = table_spec(source).replace("epochs = 1 }", f"epochs = 2\n {every}")
        (folder / f"{name}.net").write_text(spec.replace("25%", "25%\n test = 25%"))
        _warm("run", f"{name}.net", "--out", name)
        for verb in ("check", "plan", "convert"):
            _warm(verb, f"{name}.net")
        _warm("fmt", f"{name}.net")
        _warm("eval", name)
    _warm("predict", "table", "table.csv")
    _warm("predict", "images", "photos", "--format", "json")
    _warm("compare", "table", "images")
    _warm("runs")
    _warm("report", "table")
    return {"table": folder / "table", "images": folder / "images", "study": _halted(folder)}


SEARCH = """search { method = tpe(trials=3, startup_trials=1)
  minimize = validation.loss
  confirm = top(1, seeds=2) }
"""


def _halted(folder: Path) -> Path:
    """A study whose last trial was interrupted after its first epoch, and that has no results yet."""
    spec = (folder / "table.net").read_text().replace("lr=0.01", "lr=lr")
    (folder / "searched.net").write_text(f"param lr = 1e-2 in log(1e-3, 1e-1)\n{spec}{SEARCH}")
    _warm("search", "searched.net", "--out", "study", "--device", "cpu")
    _warm("search", "--resume", "study", "--device", "cpu")
    study, run = folder / "study", folder / "study" / "trials" / "0003"
    lines = (study / "journal.jsonl").read_bytes().splitlines(keepends=True)
    (study / "journal.jsonl").write_bytes(b"".join(lines[:6]))
    for path in (study / "confirmed.json", study / "best.net", run / "run.json"):
        path.unlink()
    for path in (study / "confirm", run / "checkpoints"):
        shutil.rmtree(path)
    return study


def _warm(*arguments: str) -> None:
    code, said = _command(arguments)
    if code != 0:
        raise AssertionError(f"{arguments} ended with {code}: {said}")


def _try(case: Case, audit: Audit, readable: list[Path], codes: Counter[int]) -> list[str]:
    """What went wrong while a case's commands ran, of which those on a run follow if one came of it."""
    os.chdir(case.folder)
    os.environ[CACHE_FOLDER] = str(case.folder / "kept")
    wrong: list[str] = []
    commands = list(case.commands)
    while commands:
        command = commands.pop(0)
        said = ""
        with audit.watch([*readable, *case.named], [case.folder]) as seen:
            try:
                code, said = _command(command)
                codes[code] += 1
            except Refused:
                pass  # it is in what was seen
            except BaseException:
                said = traceback.format_exc()
        wrong += [f"{' '.join(command)}: {event}" for event in seen]
        if "Traceback" in said:
            wrong.append(f"{' '.join(command)}: {said[-700:]}")
        if SECRET in said and not seen:
            wrong.append(f"{' '.join(command)}: says what is in a file outside: {said[:600]}")
        if command[:2] == ("run", "spec.net") and (case.folder / "run" / "run.json").exists():
            commands += _after(case.folder)
    if (ran := list(case.folder.rglob("ran"))) and ran[0].is_file():
        wrong.append(f"{ran[0]} was made")
    return wrong


def _after(folder: Path) -> list[tuple[str, ...]]:
    """What is done with the run of a hostile file that netspec takes: judged, listed, halved and gone on with."""
    runs = folder / "runs" / "spec"
    if runs.exists():
        return []
    runs.mkdir(parents=True)
    for name in ("20260101-000000-aaaaaa", "20260101-000000-bbbbbb"):
        shutil.copytree(folder / "run", runs / name)
    (runs / name / "run.json").unlink()
    return [
        ("eval", "run", "--split", "validation"),
        ("runs",),
        ("run", "--resume", f"runs/spec/{name}"),
    ]


def _command(arguments: tuple[str, ...]) -> tuple[int, str]:
    """How a command ended, and what it said."""
    said = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            main(arguments)
        except SystemExit as ended:
            assert isinstance(ended.code, int)
            return ended.code, said.buffer.getvalue().decode()
    raise AssertionError("it ended without an exit code")


if __name__ == "__main__":
    faulthandler.enable()
    result = attack(Path(sys.argv[1]))
    (Path(sys.argv[1]) / "result.json").write_text(json.dumps(result))
