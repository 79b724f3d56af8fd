"""Hostile folders of studies: one that was halted in a trial, with files of it changed by somebody else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.searcher.journals import damaged, forged, records_of, seal
from tests.security.hostile import CODE, Case, Workshop, pickles

STUDY = "study"
Change = Callable[[Path], None]


def study_cases(shop: Workshop, halted: Path) -> Iterator[Case]:
    """Cases of a study that was halted in its last trial, first as it was."""
    for name, change in {
        "as it was": lambda study: None,
        **_of_files(shop, halted),
        **_of_values(),
        **_of_links(shop),
    }.items():
        folder = shop.folder(f"study {name}")
        study = folder / STUDY
        shutil.copytree(halted, study)
        shutil.copy(halted.parent / "table.csv", folder / "table.csv")
        _edit(study / "study.json", path=str(folder / "searched.net"))
        change(study)
        commands = (
            ("search", "--worker", STUDY, "--device", "cpu"),
            ("search", "--resume", STUDY, "--device", "cpu"),
            ("report", STUDY),
            ("runs",),
            ("check", f"{STUDY}/best.net"),
        )
        named = tuple(shop.outside.iterdir()) if "link" in name or "named" in name else ()
        yield Case(f"study {name}", folder, commands, named)


def _of_files(shop: Workshop, halted: Path) -> dict[str, Change]:
    found: dict[str, Change] = {}
    for name, content in pickles().items():
        for file in ("study.json", "journal.jsonl", "journal.lock", "leases/0003", "confirmed.json", "best.net"):
            found[f"{file} pickle {name}"] = lambda study, file=file, content=content: _write(study / file, content)
    whole = (halted / "journal.jsonl").read_bytes()
    for place in range(20):
        for make in (damaged, forged):
            content = make(whole, shop.random)
            found[f"journal {make.__name__} {place}"] = lambda study, content=content: _write(
                study / "journal.jsonl", content
            )
    return found


def _of_values() -> dict[str, Change]:
    found: dict[str, Change] = {}
    for place, code in enumerate(CODE):
        found[f"set {place}"] = lambda study, code=code: _edit(study / "study.json", set={"lr": code})
        found[f"failure {place}"] = lambda study, code=code: _line(study, {"ended": 3, "failed": [code, code]})
    for place, code in enumerate(CODE[::4]):
        found[f"name {place}"] = lambda study, code=code: _edit(study / "study.json", name=code, netspec=code)
        found[f"results {place}"] = lambda study, code=code: _write(
            study / "confirmed.json", json.dumps({"trial": 1, "test": [{code: 1.0}, {code: code}]}).encode()
        )
    return found


def _of_links(shop: Workshop) -> dict[str, Change]:
    secret = str(shop.outside / "secret.net")
    found: dict[str, Change] = {
        "spec with files elsewhere, named": lambda study: _edit(study / "study.json", files={secret: "x", "../x": "y"}),
        "spec that extends, named": lambda study: _edit(study / "study.json", text=f'extends "{secret}"\n'),
    }
    files = ("study.json", "spec.net", "journal.jsonl", "journal.lock", "leases/0003", "confirmed.json", "best.net")
    for name in (*files, "leases", "trials", "trials/0003", "confirm"):
        target = shop.outside / ("secret.json" if name in files else "x")
        found[f"link {name}"] = lambda study, name=name, target=target: _link(study / name, target)
    return found


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _line(study: Path, record: dict[str, Any]) -> None:
    """One more line in the journal, with a checksum that is right."""
    path = study / "journal.jsonl"
    path.write_bytes(seal([*records_of(path.read_bytes()), record]))


def _edit(path: Path, /, **values: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_bytes()), **values}))


def _link(path: Path, target: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.symlink_to(target)
