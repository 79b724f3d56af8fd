"""Hostile specs, in both forms: names, texts and labels that are code, and paths and links that lead out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.security.hostile import CODE, Case, Workshop, damaged, pickles, table_spec

VERBS = (("check",), ("plan",), ("convert",), ("fmt", "--check"), ("run", "--out", "run"))
EVIL = "open('ran', 'w').write('this module was imported')\nrun = None\n"
"""A module that stands beside a spec, to be imported by nobody."""
OUT = ("../../outside/secret", "{outside}/secret", "file://{outside}/secret", "http://127.0.0.1:9/secret", "~/secret")
"""Ways out of the folder of a case, without their endings."""


def spec_cases(shop: Workshop) -> Iterator[Case]:
    for name, text in texts().items():
        yield _case(shop, name, "spec.net", text.encode())
    for name, data in objects().items():
        yield _case(shop, name, "spec.json", json.dumps(data).encode())
    for name, content in pickles().items():
        yield _case(shop, f"net {name}", "spec.net", content)
        yield _case(shop, f"json {name}", "spec.json", content)
    sound = table_spec('csv("data.csv", target="label")').encode()
    for place, content in enumerate(damaged(sound, shop.random, 10)):
        yield _case(shop, f"damaged spec {place}", "spec.net", content)
    yield from _paths(shop)
    yield from _links(shop)


def _case(shop: Workshop, name: str, file: str, content: bytes, *named: Path) -> Case:
    folder = shop.folder(f"spec {name}")
    (folder / file).write_bytes(content)
    (folder / "evil.py").write_text(EVIL)
    (folder / "data.csv").write_text("a,label\n" + "1,0\n2,1\n" * 8)
    return Case(f"spec {name}", folder, tuple((verb, file, *rest) for verb, *rest in VERBS), named)


def texts() -> dict[str, str]:
    source = 'data { source = csv("data.csv", target="label") }\n'
    model = "model { linear(1) }\n"
    found: dict[str, str] = {}
    for place, code in enumerate(CODE):
        quoted = json.dumps(code)
        found[f"text of code {place}"] = f"param a = {quoted}\n{source}{model}"
        found[f"label of code {place}"] = f"{source}model {{ {quoted}: linear(1) }}\n"
        if place % 3 == 0:
            found[f"call of code {place}"] = f"{source}model {{ {code} }}\n"
            found[f"value of code {place}"] = f"param a = {code}\n{source}model {{ linear(a) }}\n"
            found[f"target of code {place}"] = f"data {{ source = csv({quoted}, target={quoted}) }}\n{model}"
    for name in (
        "os.system",
        "eval",
        "__import__",
        "torch.load",
        "_arrays",
        "entry",
        "__init__",
        "../evil",
        "evil.run",
    ):
        found[f"layer {name}"] = f'{source}model {{ {name}("touch ran") }}\n'
        found[f"source {name}"] = f'data {{ source = {name}("touch ran") }}\n{model}'
        found[f"loss {name}"] = f"{source}{model}train {{ loss = {name} }}\n"
    return found


def objects() -> dict[str, Any]:
    data = {"source": {"op": "csv", "path": "data.csv", "target": "label"}}
    model = [{"op": "linear", "out_features": 1}]
    sound: dict[str, Any] = {"netspec": 1, "data": data, "model": model}
    found: dict[str, Any] = {}
    keys = ("__class__", "__reduce__", "__init__", "py/object", "py/reduce", "!!python/name", "$type", "_target_")
    for key in (*keys, "__builtins__", "constructor", "$import", "$include", "<<"):
        found[f"key {key}"] = {**sound, key: "os.system"}
        found[f"key {key} of a layer"] = {**sound, "model": [{**model[0], key: ["os.system", "touch ran"]}]}
    for place in ("evil.py", "../../outside/secret.json", "file:///etc/passwd", "http://127.0.0.1:9/schema.json"):
        found[f"$ref {place}"] = {**sound, "data": {"$ref": place}}
        found[f"$schema {place}"] = {**sound, "$schema": place, "$id": place}
        found[f"$ {place}"] = {**sound, "params": {"a": {"$": f"open({place!r})"}}}
    for name in ("os.system", "builtins.eval", "torch.load", "evil.run", "__init__", "_arrays", "..entry", "../evil"):
        found[f"op {name}"] = {**sound, "model": [{"op": name, "args": ["touch ran"]}]}
        found[f"op {name} of the data"] = {**sound, "data": {"source": {"op": name, "path": "touch ran"}}}
        found[f"optimizer {name}"] = {**sound, "train": {"optimizer": {"op": name}}}
    for place, code in enumerate(CODE[:8]):
        found[f"expression {place}"] = {**sound, "params": {"a": {"$": code}}, "model": [{"op": "linear", "out": code}]}
    return found


def _paths(shop: Workshop) -> Iterator[Case]:
    """Specs that name files outside: those are read where they are files, and nothing of them is said."""
    secrets = tuple(path for path in shop.outside.iterdir() if path.is_file())
    for place, out in enumerate(OUT):
        path = out.format(outside=shop.outside)
        for suffix in (".net", ".json"):
            model = 'data { source = csv("data.csv", target="label") }\nmodel { linear(1) }\n'
            extends, imports = f'extends "{path}{suffix}"\n', f'from "{path}{suffix}" import x\n'
            yield _case(shop, f"extends {place}{suffix}", "spec.net", (extends + model).encode(), *secrets)
            yield _case(shop, f"imports {place}{suffix}", "spec.net", (imports + model).encode(), *secrets)
        for source in (
            f'csv("{path}.csv", target="z")',
            f'mnist_csv("{path}.csv")',
            f'npz("{path}.csv", inputs="x", targets="y")',
            f'safetensors("{path}.csv", inputs="x", targets="y")',
            f'parquet("{path}.csv", target="z")',
            f'image_folder("{path}", size=[4, 4])',
        ):
            name = f"path {place} of {source.partition('(')[0]}"
            yield _case(shop, name, "spec.net", table_spec(source).encode(), *secrets)
    for path in ("/etc/passwd", "../../../../../../../../etc/passwd"):
        source = f'csv("{path}", target="z")'
        yield _case(shop, f"path {path}", "spec.net", table_spec(source).encode(), Path("/etc/passwd"))


def _links(shop: Workshop) -> Iterator[Case]:
    """Links inside of the folder that lead out of it."""
    for suffix, source in ((".csv", 'csv("link.csv", target="z")'), (".png", 'image_folder("photos", size=[4, 4])')):
        secret = shop.outside / f"secret{suffix}"
        case = _case(shop, f"link {suffix}", "spec.net", table_spec(source).encode(), *([secret] * (suffix == ".csv")))
        (case.folder / f"link{suffix}").symlink_to(secret)
        for label in ("cat", "dog"):
            (case.folder / "photos" / label).mkdir(parents=True)
            (case.folder / "photos" / label / "a.png").symlink_to(shop.outside / "secret.png")
        yield case
    for suffix in (".net", ".json"):
        secret = shop.outside / f"secret{suffix}"
        case = _case(shop, f"link to {suffix}", "spec.net", f'extends "link{suffix}"\n'.encode(), secret)
        (case.folder / f"link{suffix}").symlink_to(secret)
        yield case
