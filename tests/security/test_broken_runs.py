"""Run folders, checkpoints, options and files that are broken: each is said, and nothing that was there is lost."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import Netspec
from tests.security.ground import (
    Case,
    a_folder,
    both,
    checkpoints,
    cut,
    everything,
    exchanged,
    forged,
    forged_bytes,
    forged_tensors,
    gone,
    image,
    linked,
    replaced,
    text,
)

DEEP = "[" * 100_000
EVAL, RESUME, PREDICT = "eval run --split validation", "run --resume half", "predict run table.csv"


def each(run: str, name: str, content: bytes):
    """The same content for a file of all checkpoints of a run, with the manifest as it was."""
    return lambda folder: [(path / name).write_bytes(content) for path in checkpoints(folder / run)]


def in_place_of_all(run: str, put: Callable[[Path], object]):
    """Something else in the place of all checkpoints of a run."""
    return lambda folder: [(shutil.rmtree(path), put(path)) for path in checkpoints(folder / run)]


def without(run: str, name: str):
    return lambda folder: [(path / name).unlink() for path in checkpoints(folder / run)]


def listed(name: str, content: bytes):
    """A run where runs are listed, one of its files with another content."""

    def breaks(folder: Path) -> None:
        place = shutil.copytree(folder / "run", folder / "runs/table/20260101-000000-abcdef")
        (place / name).write_bytes(content)

    return breaks


def kept(**changed: object):
    """The kept spec of `run` with other values."""

    def breaks(folder: Path) -> None:
        path = folder / "run/spec.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **changed}))

    return breaks


FOLDERS = (
    Case("no folder", "eval nothing", 5, "there is no spec.json"),
    Case("a file as a run", "eval table.csv", 5, "isn't the folder of a run"),
    Case("a folder of something else", "eval photos", 5, "there is no spec.json"),
    Case("a spec as a run", "predict table.net table.csv", 5, "isn't the folder of a run"),
    Case("a device as a run", "eval /dev/null", 5, "isn't the folder of a run"),
    Case("no kept spec", EVAL, 5, "there is no spec.json", gone("run/spec.json")),
    Case("a folder for the kept spec", EVAL, 5, "spec.json: it is a folder", a_folder("run/spec.json")),
    Case("the kept spec links to itself", EVAL, 5, "symbolic links", linked("run/spec.json", "spec.json")),
    Case("the kept spec is empty", EVAL, 5, "isn't what was written", text("run/spec.json", "")),
    Case("the kept spec is cut off", EVAL, 5, "isn't what was written", cut("run/spec.json", 200)),
    Case("the kept spec is a list", EVAL, 5, "isn't what was written", text("run/spec.json", "[]")),
    Case("the kept spec is deep", EVAL, 5, "isn't what was written", text("run/spec.json", DEEP)),
    Case("the kept spec isn't UTF-8", EVAL, 5, "isn't what was written", text("run/spec.json", b'{"a": "\xff"}')),
    Case(
        "the kept spec is newer",
        EVAL,
        5,
        "this version of netspec reads 2 to 3",
        replaced("run/spec.json", '"format": 3', '"format": 4'),
    ),
    Case("the kept spec has no place", EVAL, 5, "what was written", replaced("run/spec.json", '"path"', '"paths"')),
    Case("its data is of no kind", EVAL, 5, "what was written", replaced("run/spec.json", '"table"', '"tables"')),
    Case("its data has no samples", EVAL, 5, "what was written", replaced("run/spec.json", '"samples"', '"sample"')),
    Case(
        "its data is of a source that isn't there", EVAL, 0, "", replaced("run/spec.json", '"source": 0', '"source": 7')
    ),
    Case(
        "its files are a list",
        EVAL,
        5,
        "isn't what was written",
        replaced("run/spec.json", '"files": {}', '"files": []'),
    ),
    Case(
        "its params are a text", EVAL, 5, "isn't what was written", replaced("run/spec.json", '"set": {}', '"set": "x"')
    ),
    Case(
        "a param that isn't there",
        EVAL,
        1,
        "nothing is named `x`",
        replaced("run/spec.json", '"set": {}', '"set": {"x": "1"}'),
    ),
    Case("its name is a list", EVAL, 5, "isn't what was written", kept(name=["table.net"])),
    Case("its name is a number", EVAL, 5, "isn't what was written", kept(name=1)),
    Case("its text is a list", EVAL, 5, "isn't what was written", kept(text=["model { linear(2) }"])),
    Case("its text is null", EVAL, 5, "isn't what was written", kept(text=None)),
    Case("its place is a list", EVAL, 5, "isn't what was written", kept(path=["table.net"])),
    Case("the text of a file is a list", EVAL, 5, "isn't what was written", kept(files={"/b.net": ["param a = 1"]})),
    Case("a param is a list", EVAL, 5, "isn't what was written", kept(set={"x": ["1"]})),
    Case("its place is no text of a file", EVAL, 5, "isn't what was written", kept(path="/\ud800.net")),
    Case("its name is no text of a file", EVAL, 5, "isn't what was written", kept(name="\ud800.net")),
    Case("its part is a list", EVAL, 5, "isn't what was written", kept(part=["seed-1"])),
    Case("the kept spec has a mistake", EVAL, 1, "`linaer`", replaced("run/spec.json", "linear", "linaer")),
    Case("a path with a zero", EVAL, 5, "what was written", replaced("run/spec.json", '"path": "', '"path": "\\u0000')),
    Case("the data of the kept spec is gone", EVAL, 3, "there is no file `table.csv`", gone("table.csv")),
    Case("no checkpoint", EVAL, 5, "no checkpoint was saved", gone("run/checkpoints")),
    Case(
        "a file for the checkpoints",
        EVAL,
        5,
        "no checkpoint",
        both(gone("run/checkpoints"), text("run/checkpoints", "")),
    ),
    Case("files for checkpoints", EVAL, 5, "is damaged", in_place_of_all("run", lambda path: path.write_text(""))),
    Case("empty folders for checkpoints", EVAL, 5, "is damaged", in_place_of_all("run", Path.mkdir)),
    Case("it is resumed in a file", "run --resume table.csv", 5, "isn't the folder of a run"),
    Case("what is resumed is nowhere", "run --resume nothing", 5, "isn't the folder of a run"),
    Case("a spec without runs", "run --resume wide.net", 5, "there is no run in it"),
    Case("no runs at all", "run --resume", 5, "there is no run in it"),
    Case("what is resumed has no spec", RESUME, 5, "there is no spec.json", gone("half/spec.json")),
    Case("the lock is a folder", RESUME, 5, "can't write", a_folder("half/.lock")),
    Case("the lock is a link", RESUME, 5, "can't write", linked("half/.lock", "../table.csv")),
    Case("the run goes to a file", "run table.net --out table.csv", 5, "is a file"),
    Case("the run goes to another run", "run table.net --out half", 5, "isn't empty"),
    Case("the run goes below a file", "run table.net --out table.csv/run", 5, "can't write to"),
    Case("the run goes to the system's files", "run table.net --out /proc/run", 5, "can't write to"),
    Case("the name is too long", f"run table.net --out {'x' * 300}", 5, "File name too long"),
    Case("the run goes to a link to nowhere", "run table.net --out out", 5, "can't write", linked("out", "nowhere/x")),
)

DAMAGED = (
    *(
        Case(f"{what} {name} ({command.split()[0]})", command, 5, "is damaged", breaks)
        for command, run in ((EVAL, "run"), (RESUME, "half"), (PREDICT, "run"))
        for name in ("model.safetensors", "optimizer.safetensors", "state.json", "MANIFEST.json")
        for what, breaks in (("empty", each(run, name, b"")), ("no", without(run, name)))
    ),
    *(
        Case(f"a manifest of {what}", EVAL, 5, "MANIFEST.json isn't a manifest", each("run", "MANIFEST.json", content))
        for what, content in {
            "null": b"null",
            "nothing": b"{}",
            "lists": b'{"files": [["state.json"]]}',
            "numbers": b'{"files": {"state.json": 1e999}}',
            "NaN": b'{"format": NaN, "files": {}}',
            "paths": b'{"files": {"../../../table.csv": {"bytes": 1, "sha256": ""}}}',
            "a path of the system": b'{"files": {"/etc/passwd": {"bytes": 1, "sha256": ""}}}',
            "depth": DEEP.encode(),
            "bytes": b"\xff\xfe\x00",
            "a huge number": b'{"format": ' + b"9" * 5000 + b"}",
        }.items()
    ),
)

STRANGE = (
    *(
        Case(f"{key} is {value!r} ({command.split()[0]})", command, 5, "is damaged", forged(run, **{key: value}))
        for command, run in ((EVAL, "run"), (RESUME, "half"))
        for key, value in (
            ("epoch", 99),
            ("epoch", "1"),
            ("epoch", True),
            ("epoch", 1.0),
            ("batch", None),
            ("batch", -1),
        )
    ),
    *(
        Case(f"{key} is {value!r}", RESUME, 5, "is damaged", forged("half", **{key: value}))
        for key, value in (
            ("optimizer", None),
            ("optimizer", []),
            ("optimizer", [{"$tensor": "nothing"}]),
            ("optimizer", [{"__class__": "os.system"}]),
            ("optimizer", [{"$items": [["state", {}], ["param_groups", []]]}]),
            ("optimizer", [{"$items": [[[], 1]]}]),
            ("optimizer", "state"),
            ("history", None),
            ("history", [1]),
            ("history", [{"epoch": "one"}]),
            ("history", {}),
            ("standing", {}),
            ("standing", {"best": "low", "best_epoch": 1, "waited": 0}),
            ("standing", {"best": 0.5, "best_epoch": 7.5, "waited": 0}),
            ("standing", {"best": 0.5, "best_epoch": 1, "waited": 0, "more": 1}),
            ("standing", {"best": 0.5, "best_epoch": 3, "waited": 0}),
            ("standing", {"best": 0.5, "best_epoch": 0, "waited": 0}),
            ("standing", 1),
            ("tally", {}),
            ("tally", {"sizes": "8", "losses": [], "rights": []}),
            ("tally", {"sizes": [8], "losses": ["1"], "rights": [4]}),
            ("tally", {"sizes": [8], "losses": [0.5], "rights": [4], "_losses": [1]}),
            ("slowed", -1),
            ("slowed", 1e300),
            ("slowed", "much"),
            ("seconds", None),
            ("seconds", float("nan")),
            ("epoch_seconds", "long"),
            ("environment", 1),
            ("environment", [1]),
        )
    ),
    *(
        Case(f"statistics are {value!r}", PREDICT, 5, "measured", forged("run", statistics=value))
        for value in (None, [], [1], [{}], {"mean": 1}, [{"mean": "x", "std": "y"}], [{"mean": [1, 2, 3], "std": [1]}])
    ),
    *(
        Case(f"{key} is {value!r} (report)", "report half", 5, "is damaged", forged("half", **{key: value}))
        for key, value in (
            ("standing", {"best": 0.5, "best_epoch": 3, "waited": 0}),
            ("standing", 1),
            ("history", {}),
            ("seconds", "long"),
            ("slowed", 99),
        )
    ),
    Case("the data isn't a hash", RESUME, 3, "isn't what the run began with", forged("half", data=1)),
    Case("a state of a list", RESUME, 5, "is damaged", forged_bytes("half", "state.json", b"[]")),
    Case("a state that is deep", RESUME, 5, "is damaged", forged_bytes("half", "state.json", DEEP.encode())),
    Case(
        "a state that is deep within",
        RESUME,
        5,
        "is damaged",
        forged_bytes("half", "state.json", b'{"optimizer": ' + b"[" * 900 + b"]" * 900 + b"}"),
    ),
    Case("weights that are no tensors", EVAL, 5, "is damaged", forged_bytes("run", "model.safetensors", b"\x80\x04.")),
    Case("weights cut away", EVAL, 5, "another network", forged_tensors("run", "model.safetensors", lambda w: w[:1])),
    Case(
        "weights of other types",
        EVAL,
        5,
        "another network",
        forged_tensors("run", "model.safetensors", lambda w: w.astype(np.int64)),
    ),
    Case(
        "weights that are gone",
        RESUME,
        5,
        "another training",
        forged_tensors("half", "model.safetensors", lambda w: None),
    ),
    Case(
        "weights that are NaN",
        EVAL,
        5,
        "a weight isn't finite",
        forged_tensors("run", "model.safetensors", lambda w: w * np.float32("nan")),
    ),
    Case(
        "weights that are NaN, resumed",
        RESUME,
        5,
        "a weight isn't finite",
        forged_tensors("half", "model.safetensors", lambda w: w * np.float32("nan")),
    ),
    Case(
        "what the optimizer remembers is cut away",
        RESUME,
        5,
        "another training",
        forged_tensors("half", "optimizer.safetensors", lambda w: w[:1] if w.ndim else w),
    ),
    Case(
        "what the optimizer remembers is NaN",
        RESUME,
        4,
        "isn't finite",
        forged_tensors("half", "optimizer.safetensors", lambda w: np.full_like(w, np.nan)),
    ),
    Case(
        "the checkpoints of images", EVAL, 5, "another network", exchanged("run/checkpoints", "photos-run/checkpoints")
    ),
    Case(
        "resumed with those of images",
        RESUME,
        3,
        "other samples",
        exchanged("half/checkpoints", "photos-run/checkpoints"),
    ),
    Case(
        "checkpoints of a wider network",
        EVAL,
        5,
        "another network",
        replaced("run/spec.json", "linear(4)", "linear(5)"),
    ),
    Case(
        "resumed with a wider network",
        RESUME,
        5,
        "another spec",
        replaced("half/spec.json", "linear(4)", "linear(5)"),
    ),
    Case(
        "resumed with another optimizer",
        RESUME,
        5,
        "another spec",
        replaced("half/spec.json", "epochs = 3", "epochs = 3, optimizer = sgd(lr=0.1, momentum=0.9)"),
    ),
    Case(
        "of another version and another optimizer",
        RESUME,
        5,
        "another training",
        both(
            replaced("half/spec.json", "epochs = 3", "epochs = 3, optimizer = sgd(lr=0.1, momentum=0.9)"),
            forged("half", environment={"netspec": "0.0"}),
        ),
    ),
    Case("judged with another seed", EVAL, 5, "another spec", replaced("run/spec.json", "epochs = 3", "epochs = 2")),
    Case("resumed with other data", RESUME, 3, "isn't what the run began with", replaced("table.csv", "0.6", "0.7")),
    Case("resumed without data", RESUME, 3, "there is no file", gone("table.csv")),
    Case("resumed with half of the data", RESUME, 3, "table.csv", cut("table.csv", 100)),
)

LISTED = tuple(
    Case(f"{name} is {content!r}", "runs", 0, said, listed(name, content))
    for name, content, said in (
        ("run.json", b"", "not finished"),
        ("run.json", b"[]", "not finished"),
        ("run.json", DEEP.encode(), "not finished"),
        ("run.json", b"\xff", "not finished"),
        ("run.json", b'{"epochs": []}', "finished"),
        ("run.json", b'{"epochs": {"trained": {}}, "seconds": "long", "test": [1]}', "finished"),
        ("run.json", b'{"test": {"loss": NaN, "accuracy": 1e999}, "seconds": NaN}', "not finished"),
        ("metrics.jsonl", b"\xff\n{", "finished"),
    )
)

OPTIONS = (
    Case("no such device", "run table.net --device tpu", 2, "'tpu' is not one of"),
    Case("a device that isn't there", "run table.net --device mps", 2, "there is no device `mps`"),
    Case("resumed on a device that isn't there", f"{RESUME} --device xpu", 2, "there is no device `xpu`"),
    Case("nothing to run", "run", 2, "Missing argument 'SPEC'"),
    Case("a spec that isn't there", "run nothing.net", 5, "there is no file `nothing.net`"),
    Case("a folder as a spec", "run photos", 5, "it is a folder"),
    Case("no param", "run table.net --set x=1", 1, "nothing is named `x`"),
    Case("no value", "run table.net --set x", 2, "isn't of the form NAME=VALUE"),
    Case("no name", "run table.net --set =1", 2, "isn't of the form NAME=VALUE"),
    Case("twice the same", "run table.net --set x=1 --set x=2", 2, "is set twice"),
    Case("a value that is a program", "run table.net --set x=__import__('os')", 1, "x"),
    Case("a setting that is no param", "run table.net --set train.epochs=9", 1, "train.epochs"),
    Case("resumed with a param", f"{RESUME} --set x=1", 2, "--resume goes on with a run as it was"),
    Case("resumed elsewhere", f"{RESUME} --out other", 2, "--resume goes on with a run as it was"),
    Case("resumed with a log", f"{RESUME} --log-to tensorboard", 2, "--resume goes on with a run as it was"),
    Case("no such log", "run table.net --log-to paper", 2, "'paper' is not"),
    Case("no such split", "eval run --split dev", 2, "'dev' is not one of"),
    Case("a split that the data lacks", "eval run --split test", 2, "the data has no test split"),
    Case("no such weights", "eval run --weights worst", 2, "'worst' is not one of"),
    Case("two runs to judge", "eval run half", 2, "unexpected extra argument"),
    Case("nothing to predict", "predict run", 2, "Missing argument"),
    Case("no steps to halt after", "verify-resume table.net --at 0", 2, "x>=1"),
    Case("halted after the end", "verify-resume table.net --at 99", 2, "the run ends before step 99"),
    Case("a finished run is resumed", "run --resume run", 0, "is finished"),
)

FILES = (
    Case("no file to predict", "predict run nothing.csv", 3, "there is no file `nothing.csv`"),
    Case("an image for a table", "predict run photos/ant/0.png", 3, "is an image, but this network takes"),
    Case("a folder of images for a table", "predict run photos", 3, "photos"),
    Case("a folder for a table", "predict run other", 3, "no image in `other`", a_folder("other")),
    Case("a column is missing", "predict run new.csv", 3, "no column `b`", text("new.csv", "a,c\n1,2\n")),
    Case("a text for a number", "predict run new.csv", 3, "`x`", text("new.csv", "a,b\n1,x\n")),
    Case("an empty cell", "predict run new.csv", 3, "a value is missing", text("new.csv", "a,b\n1,\n")),
    Case("a short row", "predict run new.csv", 3, "1 cell, the table has 2 columns", text("new.csv", "a,b\n1\n")),
    Case("a long row", "predict run new.csv", 3, "3 cells, the table has 2 columns", text("new.csv", "a,b\n1,2,3\n")),
    Case("a column twice", "predict run new.csv", 3, "two columns are named `a`", text("new.csv", "a,b, a\n1,2,3\n")),
    Case("another column twice", "predict run new.csv", 0, "new.csv:1", text("new.csv", "c,a,b,c\n1,2,3,4\n")),
    Case("no rows", "predict run new.csv", 3, "has no rows", text("new.csv", "a,b\n")),
    Case("nothing in it", "predict run new.csv", 3, "is empty", text("new.csv", "")),
    Case("a pickle to predict", "predict run new.csv", 3, "isn't UTF-8", text("new.csv", b"\x80\x04cposix\nsystem\n.")),
    Case("one good file, one bad", "predict run table.csv new.csv", 3, "no column", text("new.csv", "a\n1\n")),
    Case("a table for an image", "predict photos-run table.csv", 3, "isn't an image"),
    Case("another size", "predict photos-run new.png", 3, "--resize", image("new.png", size=(9, 9))),
    Case("32 bits to predict", "predict photos-run new.tiff", 3, "8 or 16 bits", image("new.tiff", "F")),
    Case("an image cut off", "predict photos-run photos/ant/0.png", 3, "isn't an image", cut("photos/ant/0.png", 60)),
    Case("no image to predict", "predict photos-run nothing.png", 3, "there is no file"),
    Case("a device to predict", "predict photos-run /dev/zero", 3, "is no file"),
    Case("a link to itself to predict", "predict photos-run new.png", 3, "new.png", linked("new.png", "new.png")),
)

CASES = (*FOLDERS, *DAMAGED, *STRANGE, *LISTED, *OPTIONS, *FILES)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_it_is_said_and_nothing_is_changed(case: Case, netspec: Netspec, folder: Path) -> None:
    before = case.tried(netspec, folder)
    after = everything(folder)
    if case.exit_code == 4:  # it went on, and its log began anew
        assert {name for name in after if after[name] != before.get(name)} <= {"half/plan.json"}
        assert before.keys() <= after.keys()
        return
    assert after == before
