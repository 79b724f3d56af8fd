"""Record what the specs do, to compare two commits: proof that a refactoring changed nothing.

    python tools/behaviour.py record OUT.json [--specs FOLDER] [--netspec CHECKOUT]
    python tools/behaviour.py compare BEFORE.json AFTER.json [--allow FILE]

A record has what every spec says to `check`, `plan`, `fmt` and `convert`, and of each spec that trains in seconds the
terminal's text, the run's files, the digest of every tensor, and what `eval` and `predict` make of the run. Only what
users see is asked, the command line and a run's folder, so that commits can be compared however much their modules
differ. What depends on the hour or on the folder is masked. Nothing is downloaded.

The file for `--allow` is TOML and names differences that are intended, each with the reason. `*` stands for any text,
and a pattern is held against the path of a difference and against the whole of its line:

    "*: plan: stdout: line *" = "the plan names the steps of an epoch"
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from importlib.metadata import version
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image
from safetensors import deserialize

Record = dict[str, Any]

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("matplotlib", "numpy", "pillow", "rich", "safetensors", "scikit-learn", "torch", "torchvision")
"""Those whose other versions may give other numbers or another text."""
LARGEST_WORK = 0.5e12
"""Operations of a training, as the plan counts them, that are done in half a minute on one core."""
PATIENCE = 180.0
"""Seconds for one command: far more than it takes, so that a busy machine leaves nothing out of a record."""
DATA_IS_MISSING = 3
"""How a command ends that has a sound spec without its data."""
UNSET = ("CI", "FORCE_COLOR", "NETSPEC_CACHE", "NETSPEC_DATA", "PYTHONDONTWRITEBYTECODE")
SET = {
    "OMP_NUM_THREADS": "1",  # another number of threads adds numbers up in another order
    "MKL_NUM_THREADS": "1",
    "CUDA_VISIBLE_DEVICES": "",
    "COLUMNS": "120",
    "NO_COLOR": "1",
    "TERM": "dumb",
    "PYTHONUTF8": "1",
    # nothing answers there, so that data which isn't on disk is missing on every machine
    "http_proxy": "http://127.0.0.1:9",
    "https_proxy": "http://127.0.0.1:9",
    "no_proxy": "",
}
TIMES = (
    (re.compile(r"\b\d{4}-\d\d-\d\d,? \d\d:\d\d(:\d\d)?"), "<time>"),
    (re.compile(r"(\btrain\.seconds) [\d.]+"), r"\1 <seconds>"),
    (re.compile(r"^(time +)\d.*$", re.M), r"\1<duration>"),
    (re.compile(r"(?<=<dt>platform</dt><dd>)[^<]+"), "<platform>"),
    (re.compile(r'(<p class="meta">.*<span>)(\d[\d.]* \w+ ?)+(?=</span>)'), r"\1<duration>"),
)
NOTHING = object()
"""What a record has where only the other one has a value."""
EXCERPT = 200
"""How much is shown of what only one of two records has: it may be all that there is about a spec."""
DRAWINGS = re.compile(r"<svg.*?</svg>|<style>.*?</style>|base64,[\w+/=]+", re.S)


@dataclass(frozen=True)
class Netspec:
    """The command of a checkout, where nothing but its code and the specs has a say in its answers.

    It works on copies of both: their paths are as long each time, which the layout of tables depends on, and a
    checkout may change while it is recorded.
    """

    root: Path

    @property
    def folder(self) -> Path:
        """The current folder of every command: it has the specs and, in the course of things, the runs."""
        return self.root / "work"

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in UNSET}
        return kept | SET | {"PYTHONPATH": str(self.root / "code"), "XDG_CACHE_HOME": str(self.root / "cache")}

    def python(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=self.environment(),
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )

    def __call__(self, *arguments: str, stdin: str = "") -> Record:
        """What a command says, with what depends on the hour and the folder masked."""
        try:
            done = self.python("-m", "netspec", *arguments, stdin=stdin)
        except subprocess.TimeoutExpired:
            return {"exit": None, "stdout": "", "stderr": f"it takes more than {PATIENCE:.0f} s"}
        stdout, stderr = self.masked(done.stdout), self.masked(done.stderr)
        is_json = "json" in arguments and stdout.startswith(("[", "{"))
        return {"exit": done.returncode, "stdout": json.loads(stdout) if is_json else stdout, "stderr": stderr}

    def masked(self, text: str) -> str:
        return without_times(text.replace(str(self.root), "<folder>"))

    def read_json(self, path: Path) -> Any:
        return json.loads(self.masked(path.read_text(encoding="utf-8")))


def without_times(text: str) -> str:
    for pattern, mask in TIMES:
        text = pattern.sub(mask, text)
    return text


def record(specs: Path, checkout: Path) -> Record:
    """What the specs of a folder do with the code of a checkout."""
    # the temporary folder's true name, as that is what commands print
    with TemporaryDirectory(prefix="behaviour-") as temporary:
        netspec = Netspec(Path(temporary).resolve())
        made = shutil.ignore_patterns(".*", "__pycache__", "runs")
        shutil.copytree(checkout, netspec.root / "code", ignore=made)
        shutil.copytree(specs, netspec.folder / specs.name, ignore=made)
        require_copy(netspec)
        files = sorted(netspec.folder.rglob("*.net"))
        names = [path.relative_to(netspec.folder).as_posix() for path in files]
        return {
            "environment": versions(),
            "check of all": netspec("check", "--notes", "--format", "json", *names),
            "specs": {name: recorded_spec(netspec, name) for name in names},
        }


def require_copy(netspec: Netspec) -> None:
    """An installed netspec in the place of the checkout's would prove nothing."""
    found = netspec.python("-c", "import netspec; print(netspec.__file__)")
    if not found.stdout.startswith(str(netspec.root)):
        raise SystemExit(f"the netspec of the checkout can't be loaded: {found.stdout}{found.stderr}")


def versions() -> Record:
    """Where a record was made: records of different machines or versions may differ in their numbers."""
    return {"python": platform.python_version(), "machine": platform.machine()} | {n: version(n) for n in PACKAGES}


def recorded_spec(netspec: Netspec, name: str) -> Record:
    started = time.monotonic()
    # the files have their layout already, so they lose it first
    text = re.sub(" +", " ", (netspec.folder / name).read_text(encoding="utf-8"))
    converted = f"{name}.json"
    recorded: Record = {
        "check": netspec("check", name),
        "plan": netspec("plan", name),
        "plan as JSON": netspec("plan", "--format", "json", name),
        "fmt": netspec("fmt", "-", stdin=text),
        "convert": netspec("convert", name, "--out", converted),
    }
    if recorded["convert"]["exit"] == 0:
        recorded["converted"] = (netspec.folder / converted).read_text(encoding="utf-8")
        recorded["converted back"] = netspec("convert", converted)
    recorded["left out"] = why_not(recorded["plan as JSON"])
    if recorded["left out"] is None:
        recorded |= trained(netspec, name)
    print(f"{name}: {recorded['left out'] or 'trained'}, {time.monotonic() - started:.1f} s", flush=True)
    return recorded


def why_not(plan: Record) -> str | None:
    """Why a spec isn't run, so that two records of it agree however fast their machines were."""
    if plan["exit"] != 0:
        return "not run: it has no plan"
    figures = plan["stdout"]
    epochs = figures["steps"] / max(1, figures["steps_per_epoch"])
    # the way back costs twice as much as the way forward
    work = 3 * figures["flops"] * figures["splits"]["train"] * epochs * figures["runs"]
    return f"not run: {work / 1e12:.1f} TFLOP are too much" if work > LARGEST_WORK else None


def trained(netspec: Netspec, name: str) -> Record:
    folder = netspec.folder / "run"
    try:
        said = netspec("run", name, "--out", folder.name, "--device", "cpu")
        if said["exit"] is None:  # where it was stopped depends on the machine
            return {"left out": f"not trained: {said['stderr']}"}
        runs = sorted(path.parent for path in folder.rglob("run.json"))
        recorded = {"run": said, "runs": {run.relative_to(folder).as_posix(): of_run(netspec, run) for run in runs}}
        if said["exit"]:
            missing = said["exit"] == DATA_IS_MISSING
            return recorded | {"left out": f"not trained: {'its data is missing' if missing else 'it failed'}"}
        # of several runs the first: each takes seconds to load, and the weights of the others are recorded
        return recorded | asked(netspec, next(run for run in runs if (run / "checkpoints").is_dir()))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def of_run(netspec: Netspec, folder: Path) -> Record:
    """A run's folder, or that of several runs, which has less in it."""
    run = netspec.read_json(folder / "run.json")
    recorded: Record = {
        "files": sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()),
        "spec hash": run["spec"].pop("hash"),
        "run.json": without_seconds({key: value for key, value in run.items() if key != "environment"}),
    }
    for name in ("plan.json", "spec.json", "checkpoints/index.json"):
        if (folder / name).is_file():
            recorded[name] = netspec.read_json(folder / name)
    if (folder / "metrics.jsonl").is_file():
        lines = (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
        recorded["metrics.jsonl"] = [without_seconds(json.loads(line)) for line in lines]
    recorded["tensors"] = {
        path.relative_to(folder).as_posix(): tensor_digests(path)
        for path in sorted(folder.glob("checkpoints/*/*.safetensors"))
    }
    recorded["plots"] = {path.name: digest(path.read_bytes()) for path in sorted(folder.glob("plots/*"))}
    if (folder / "report.html").is_file():
        page = netspec.masked((folder / "report.html").read_text(encoding="utf-8"))
        recorded["report.html"] = DRAWINGS.sub(lambda drawing: f"<{digest(drawing[0].encode())}>", page)
    return recorded


def without_seconds(values: Mapping[str, Any]) -> Record:
    """The values without those that are times, at any depth."""
    return {
        key: without_seconds(value) if isinstance(value, dict) else value
        for key, value in values.items()
        if key.rpartition(".")[2] != "seconds"
    }


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def tensor_digests(path: Path) -> Record:
    """The tensors of a file by name: types, sizes and the SHA-256 of their bytes."""
    tensors = deserialize(path.read_bytes())
    return {name: f"{about['dtype']}{about['shape']} {digest(about['data'])}" for name, about in sorted(tensors)}


def asked(netspec: Netspec, run: Path) -> Record:
    """What `eval` and `predict` make of a run."""
    name = run.relative_to(netspec.folder).as_posix()
    split = "test" if json.loads((run / "run.json").read_text(encoding="utf-8")).get("test") else "validation"
    answers = {"eval": netspec("eval", name, "--split", split, "--format", "json")}
    fields = inputs_of(netspec.read_json(run / "spec.json")["data"])
    if sample := made_up_sample(netspec.folder / "sample", fields):
        answers["predict"] = netspec("predict", name, sample.name, "--format", "json")
    return answers


def inputs_of(data: Record) -> list[Record]:
    """The inputs of a run's data, whose `spec.json` may be of format 2: each with its form, sizes and columns."""
    if "fields" in data:
        return data["fields"]
    types = [field["type"] for field in data["type"]["fields"]]
    return [
        {
            "form": type["op"],
            "sizes": type["sizes"] if isinstance(type["sizes"], list) else [type["sizes"]],
            "columns": [
                {"name": name, "categories": categories}
                for name, categories in zip(type.get("names", ()), type.get("categories", ()), strict=True)
            ],
        }
        for type in types
    ]


def made_up_sample(path: Path, fields: list[Any]) -> Path | None:
    """A file that a network with these inputs can be asked about; none where `predict` takes no files of them."""
    form = fields[0]["form"] if len(fields) == 1 else "several"
    if form == "table":
        path, columns = path.with_suffix(".csv"), fields[0]["columns"]
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(column["name"] for column in columns)
            for row in range(3):
                rows.writerow((column["categories"] or (row / (place + 1),))[0] for place, column in enumerate(columns))
        return path
    if form == "image" and fields[0]["sizes"][0] in (1, 3):
        path, (channels, height, width) = path.with_suffix(".png"), fields[0]["sizes"]
        pixels = bytes(place * place % 251 for place in range(channels * height * width))
        Image.frombytes("L" if channels == 1 else "RGB", (width, height), pixels).save(path)
        return path
    return None


@dataclass(frozen=True)
class Difference:
    """A value that two records don't share; where one of them hasn't got it, there is nothing on that side."""

    path: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        if self.before is None or self.after is None:
            whole = f"new, {self.after}" if self.before is None else f"gone, was {self.before}"
            return f"{self.path}: {whole if len(whole) <= EXCERPT else f'{whole[:EXCERPT]}…'}"
        return f"{self.path}: {self.before} became {self.after}"


def differences(before: Any, after: Any, *path: str) -> Iterator[Difference]:
    """All that differs, in the records' order."""
    if written(before) == written(after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in before | after:
            yield from differences(before.get(key, NOTHING), after.get(key, NOTHING), *path, key)
    elif isinstance(before, list) and isinstance(after, list):
        yield from differences_of_lists(before, after, path, "item")
    elif isinstance(before, str) and isinstance(after, str) and "\n" in before + after:
        yield from differences_of_lists(before.split("\n"), after.split("\n"), path, "line")
    else:
        yield Difference(": ".join(path), written(before), written(after))


def differences_of_lists(before: list[Any], after: list[Any], path: tuple[str, ...], noun: str) -> Iterator[Difference]:
    """What differs between lists; what was put in or taken out doesn't make all that follows different."""
    pairs = [[written(item) for item in items] for items in (before, after)]
    for kind, start, end, new_start, new_end in SequenceMatcher(None, *pairs, autojunk=False).get_opcodes():
        if kind != "equal":
            ahead = zip_longest(before[start:end], after[new_start:new_end], fillvalue=NOTHING)
            for place, (old, new) in enumerate(ahead, start + 1):
                yield from differences(old, new, *path, f"{noun} {place}")


def written(value: Any) -> str | None:
    """A value as a record has it, so that 1 isn't 1.0 and NaN is what it is."""
    return None if value is NOTHING else json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True)
class Allowance:
    """Differences that are intended."""

    pattern: str
    reason: str

    def covers(self, difference: Difference) -> bool:
        expression = re.escape(self.pattern).replace(r"\*", ".*")
        return any(re.fullmatch(expression, text, re.S) for text in (difference.path, str(difference)))


def read_allowances(path: Path) -> list[Allowance]:
    entries = tomllib.loads(path.read_text(encoding="utf-8"))
    for pattern, reason in entries.items():
        if not isinstance(reason, str) or not reason:
            raise SystemExit(f'{path}: an entry is `"path pattern" = "reason"`, and {pattern!r} has no reason')
    return [Allowance(pattern, reason) for pattern, reason in entries.items()]


def compare(before: Record, after: Record, allowances: list[Allowance]) -> int:
    """Say what differs; 1 if some of it isn't intended."""
    found = list(differences(of_specs(before), of_specs(after)))
    reasons = [next((allowed.reason for allowed in allowances if allowed.covers(one)), None) for one in found]
    for difference, reason in zip(found, reasons, strict=True):
        print(f"intended: {difference} ({reason})" if reason else difference)
    for allowance in allowances:
        if not any(map(allowance.covers, found)):
            print(f"allowed, but there is no such difference: {allowance.pattern}")
    unintended = reasons.count(None)
    runs = sum(len(spec.get("runs", ())) for spec in after["specs"].values())
    print(f"specs: {len(after['specs'])}, run folders: {runs}, differences: {len(found)}, not intended: {unintended}")
    return 1 if unintended else 0


def of_specs(record: Record) -> Record:
    """A record whose paths begin with the specs' own."""
    return {key: value for key, value in record.items() if key != "specs"} | record["specs"]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    recording = commands.add_parser("record", help="record what the specs do")
    recording.add_argument("out", type=Path, metavar="OUT.json")
    recording.add_argument("--specs", type=Path, metavar="FOLDER", help="by default those of the checkout")
    recording.add_argument("--netspec", type=Path, metavar="CHECKOUT", default=ROOT, help="by default this one")
    comparing = commands.add_parser("compare", help="say what differs between two records, and end with 1 if it does")
    comparing.add_argument("before", type=Path, metavar="BEFORE.json")
    comparing.add_argument("after", type=Path, metavar="AFTER.json")
    comparing.add_argument("--allow", type=Path, metavar="FILE", help="differences that are intended, in TOML")
    return parser.parse_args()


def main() -> int:
    given = arguments()
    if given.command == "compare":
        before, after = (json.loads(path.read_text(encoding="utf-8")) for path in (given.before, given.after))
        return compare(before, after, read_allowances(given.allow) if given.allow else [])
    recorded = record((given.specs or given.netspec / "specs").resolve(), given.netspec.resolve())
    given.out.write_text(json.dumps(recorded, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
