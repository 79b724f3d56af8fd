"""Hostile files of weights: headers that lie, names that are code, pickles, and runs that were changed by others."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save

from tests.security.hostile import CODE, Case, Workshop, damaged, pickles

SPEC = """data {{ source = csv("table.csv", target="label")
  validation = 25% }}
model {{ flatten -> body: {{ fc: linear(4) }} -> relu -> linear(2) }}
train {{ init = [{rule}]
  epochs = 1 }}
"""
COMMANDS = (("check", "spec.net"), ("plan", "spec.net"), ("run", "spec.net", "--out", "run"))
SOUND = {"fc.weight": np.ones((4, 2), np.float32), "fc.bias": np.ones(4, np.float32)}


def weights_cases(shop: Workshop, trained: Path) -> Iterator[Case]:
    for name, content in _files(shop).items():
        folder = _folder(shop, trained, f"weights {name}", 'from_file("body", "w.safetensors")')
        (folder / "w.safetensors").write_bytes(content)
        yield Case(f"weights {name}", folder, COMMANDS)
    yield from _elsewhere(shop, trained)
    yield from _runs(shop, trained)


def _files(shop: Workshop) -> dict[str, bytes]:
    sound = save(SOUND)
    found = {f"pickle {name}": content for name, content in pickles().items()}
    found |= {f"damaged {place}": content for place, content in enumerate(damaged(sound, shop.random, 30))}
    for place, code in enumerate(CODE):
        tensor: dict[str, Any] = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}
        found[f"named {place}"] = _with_header({code: tensor, "__metadata__": {code: code}}, b"\0" * 4)
        found[f"typed {place}"] = _with_header({"fc.weight": {**tensor, "dtype": code}}, b"\0" * 4)
        found[f"with {place}"] = _with_header({"fc.weight": {**tensor, code: code}}, b"\0" * 4)
    found["of nothing"] = b""
    found["of zeros"] = b"\0" * 10_000
    found["with a huge header"] = (2**63).to_bytes(8, "little") + b"{}"
    found["with a deep header"] = _with_header(b'{"a":' * 50_000, b"")
    found["of not a number"] = save({**SOUND, "fc.bias": np.full(4, np.nan, np.float32)})
    return found


def _with_header(header: Any, data: bytes) -> bytes:
    content = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(content).to_bytes(8, "little") + content + data


def _elsewhere(shop: Workshop, trained: Path) -> Iterator[Case]:
    """Files outside of the folder of the spec, of which nothing may be said, and what is no file at all."""
    for place, path in enumerate(sorted(shop.outside.iterdir())):
        for rule in (f'from_file("body", "{path}")', f'from_run("body", "{path}")'):
            name = f"weights elsewhere {place} {rule[:9]}"
            yield Case(name, _folder(shop, trained, name, rule), COMMANDS, tuple(shop.outside.iterdir()))
    for place, path in enumerate(("/dev/zero", "/", ".", "a\\u0000b", "~nobody/x", "x" * 5000)):
        name = f"weights at {place}"
        yield Case(name, _folder(shop, trained, name, f'from_file("body", "{path}")'), COMMANDS)


def _runs(shop: Workshop, trained: Path) -> Iterator[Case]:
    """Runs to load from, with an index, a manifest or weights of somebody else's."""
    secret = shop.outside / "secret.json"
    names = ("../../x", str(shop.outside / "x"), CODE[0], "..", "")
    changes: dict[str, tuple[str, bytes | Path]] = {
        f"index {place}": ("checkpoints/index.json", json.dumps({"last": name, "best": name}).encode())
        for place, name in enumerate(names)
    }
    changes |= {f"pickle {name}": ("checkpoints/index.json", content) for name, content in pickles().items()}
    last = "checkpoints/epoch-0002"
    changes |= {
        f"record {place}": ("run.json", content) for place, content in enumerate((b"[]", b"{", b'{"epochs": 3}'))
    }
    changes |= {f"manifest {name}": (f"{last}/MANIFEST.json", content) for name, content in pickles().items()}
    changes |= {f"model {name}": (f"{last}/model.safetensors", content) for name, content in pickles().items()}
    changes |= {
        f"link of {name}": (f"{last}/{name}", secret)
        for name in ("MANIFEST.json", "model.safetensors", "../index.json")
    }
    for what, (file, content) in changes.items():
        name = f"weights of a run, {what}"
        folder = _folder(shop, trained, name, 'from_run("*", "other")')
        shutil.copytree(trained, folder / "other")
        path = folder / "other" / file
        path.unlink()
        if isinstance(content, Path):
            path.symlink_to(content)
        else:
            path.write_bytes(content)
        yield Case(name, folder, COMMANDS, tuple(shop.outside.iterdir()) if "link" in what else ())


def _folder(shop: Workshop, trained: Path, name: str, rule: str) -> Path:
    folder = shop.folder(name)
    shutil.copy(trained.parent / "table.csv", folder / "table.csv")
    (folder / "spec.net").write_text(SPEC.format(rule=rule))
    return folder
