"""Hostile data files: arrays, tables and images, each with a spec that names it."""

from __future__ import annotations

import io
import json
import pickle
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.lib import format as npy
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from safetensors.numpy import save

from tests.security.hostile import CODE, Case, Runs, Workshop, damaged, pickles, table_spec

DAMAGED = 3
"""How many damaged copies of each sound file are tried."""
INPUTS = np.arange(32, dtype=np.float32).reshape(16, 2)
TARGETS = np.arange(16) % 2


def data_cases(shop: Workshop, runs: dict[str, Path]) -> Iterator[Case]:
    """A case for each hostile file. `runs` are trained networks that take tables and images, for `predict`."""
    for name, content in arrays_of_numpy(shop).items():
        yield _case(shop, f"npz {name}", "data.npz", content, 'npz("data.npz", inputs="x", targets="y")')
    for name, content in tensors(shop).items():
        source = 'safetensors("data.safetensors", inputs="x", targets="y")'
        yield _case(shop, f"safetensors {name}", "data.safetensors", content, source)
    for name, content in parquets(shop).items():
        source = 'parquet("data.parquet", target="label")'
        yield _case(shop, f"parquet {name}", "data.parquet", content, source)
    for name, content in tables(shop).items():
        source = 'csv("data.csv", target="label")'
        case = _case(shop, f"csv {name}", "data.csv", content, source)
        yield Case(case.name, case.folder, (*case.commands, ("predict", str(runs["table"]), "data.csv")))
    for name, content in pickles().items():
        yield _case(shop, f"mnist csv {name}", "data.csv", content, 'mnist_csv("data.csv")')
    for number, (name, (suffix, content)) in enumerate(images(shop).items()):
        yield _images(shop, name, suffix, content, runs["images"], train=number % 6 == 0 or name.startswith("eps"))


def _case(shop: Workshop, name: str, file: str, content: bytes, source: str) -> Case:
    folder = shop.folder(name)
    (folder / file).write_bytes(content)
    (folder / "spec.net").write_text(table_spec(source))
    return Case(name, folder, (("check", "spec.net"), ("plan", "spec.net"), ("run", "spec.net", "--out", "run")))


def _images(shop: Workshop, name: str, suffix: str, content: bytes, run: Path, train: bool) -> Case:
    folder = shop.folder(f"image {name}")
    for label in ("cat", "dog"):
        (folder / "photos" / label).mkdir(parents=True)
        Image.new("RGB", (4, 4), "red" if label == "cat" else "blue").save(folder / "photos" / label / "a.png")
        (folder / "photos" / label / f"b{suffix}").write_bytes(content)
    (folder / "spec.net").write_text(table_spec('image_folder("photos", size=[4, 4])'))
    commands = [("check", "spec.net"), ("predict", str(run), f"photos/cat/b{suffix}", "--resize")]
    if train:
        commands.append(("run", "spec.net", "--out", "run"))
    return Case(f"image {name}", folder, tuple(commands))


# ---- arrays ----


def arrays_of_numpy(shop: Workshop) -> dict[str, bytes]:
    sound = _npz(x=INPUTS, y=TARGETS)
    objects = np.array([Runs() for _ in range(16)], dtype=object)
    headers = {
        f"header of code {place}": _zip({"x.npy": _header(text), "y.npy": _npy(TARGETS)})
        for place, text in enumerate((*CODE[:4], "[" * 900, "{'descr': " * 50))
    }
    record = np.zeros(16, dtype=[(CODE[0], "f4"), ("__class__", "f4")])
    return {
        **pickles(),
        **headers,
        "objects as inputs": _npz(x=objects, y=TARGETS),
        "objects as targets": _npz(x=INPUTS, y=objects),
        "objects nobody asks for": _npz(x=INPUTS, y=TARGETS, z=objects),
        "a pickle in place of an array": _zip({"x.npy": pickle.dumps(Runs()), "y.npy": _npy(TARGETS)}),
        "objects that are called floats": _zip({"x.npy": _npy(objects).replace(b"'|O'", b"'f8'"), "y.npy": b""}),
        "names that lead out": _zip({"../../outside/x.npy": _npy(INPUTS), "x.npy": _npy(INPUTS), "/y.npy": b"y"}),
        "more than there is": _zip({"x.npy": _header("{'descr': '<f4', 'fortran_order': False, 'shape': (2**62,)}")}),
        "sizes below nothing": _zip({"x.npy": _header("{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 2)}")}),
        "records": _npz(x=record, y=TARGETS),
        "labels of code": _npz(x=INPUTS, y=np.array([CODE[0], CODE[2]] * 8)),
        **{f"damaged {place}": found for place, found in enumerate(damaged(sound, shop.random, DAMAGED))},
    }


def _npz(**arrays: Any) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def _npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def _header(text: str) -> bytes:
    content = text.encode() + b"\n"
    return npy.magic(1, 0) + struct.pack("<H", len(content)) + content + bytes(64)


def _zip(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def tensors(shop: Workshop) -> dict[str, bytes]:
    sound = save({"x": INPUTS, "y": TARGETS})
    x, y = {"dtype": "F32", "shape": [16, 2]}, {"dtype": "I64", "shape": [16]}
    headers = {
        "overlap": {"x": {**x, "data_offsets": [0, 128]}, "y": {**y, "data_offsets": [64, 192]}},
        "beyond the end": {"x": {**x, "data_offsets": [0, 2**62]}},
        "backwards": {"x": {**x, "data_offsets": [128, 0]}},
        "larger than numbers are": {"x": {"dtype": "F32", "shape": [2**40, 2**40], "data_offsets": [0, 128]}},
        "a dtype of code": {"x": {**x, "dtype": CODE[0], "data_offsets": [0, 128]}},
        "names of code": {CODE[0]: {**x, "data_offsets": [0, 128]}, "__class__": {**y, "data_offsets": [128, 256]}},
        "a path as data": {"x": {**x, "data_offsets": [0, 128], "location": "../outside/secret.csv"}},
    }
    return {
        **pickles(),
        **{name: _safetensors(json.dumps(header).encode()) for name, header in headers.items()},
        "metadata of code": save({"x": INPUTS, "y": TARGETS}, {code: code for code in CODE} | {"format": "pickle"}),
        "a header of all memory": struct.pack("<Q", 2**63) + sound[8:],
        "a long header": struct.pack("<Q", 2**26) + sound[8:],
        "deep JSON": _safetensors(b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
        "no JSON": _safetensors(CODE[0].encode()),
        **{f"damaged {place}": found for place, found in enumerate(damaged(sound, shop.random, DAMAGED))},
    }


def _safetensors(header: bytes) -> bytes:
    return struct.pack("<Q", len(header)) + header + bytes(256)


# ---- tables ----


def parquets(shop: Workshop) -> dict[str, bytes]:
    plain = pa.table({"a": [1.0, 2.0] * 8, "label": ["yes", "no"] * 8})
    gives = pickle.dumps(Runs())
    pandas = {b"pandas": json.dumps({"index_columns": [gives.hex()], "creator": {"library": CODE[0]}}).encode()}
    extension = {b"ARROW:extension:name": b"arrow.py_extension_type", b"ARROW:extension:metadata": gives}
    extended = pa.schema([pa.field("a", pa.float64(), metadata=extension), pa.field("label", pa.string())])
    cells = pa.table({"a": [gives] * 16, "label": ["yes", "no"] * 8})
    names = pa.table({CODE[0]: [1.0, 2.0] * 8, "__class__": [1.0] * 16, "label": ["yes", "no"] * 8})
    labels = pa.table({"a": [1.0, 2.0] * 8, "label": [CODE[0], CODE[2]] * 8})
    return {
        **pickles(),
        "pickled metadata of pandas": _parquet(plain.replace_schema_metadata({**pandas, b"pickle": gives})),
        "a pickled type of Arrow": _parquet(plain.cast(extended)),
        "pickles in cells": _parquet(cells),
        "columns of code": _parquet(names),
        "labels of code": _parquet(labels),
        **{f"damaged {place}": found for place, found in enumerate(damaged(_parquet(plain), shop.random, DAMAGED))},
    }


def _parquet(table: pa.Table) -> bytes:
    file = io.BytesIO()
    pq.write_table(table, file)
    return file.getvalue()


def tables(shop: Workshop) -> dict[str, bytes]:
    quoted = ['"' + code.replace('"', '""') + '"' for code in CODE]
    rows = "".join(f"{place % 3},{place},{'yes' if place % 2 else 'no'}\n" for place in range(16))
    sound = f"a,b,label\n{rows}".encode()
    found = {f"a cell of code {place}": f"a,b,label\n{rows}{code},1,yes\n" for place, code in enumerate(quoted)}
    for place in shop.random.sample(range(len(quoted)), 2):
        code, other = quoted[place], quoted[place - 1]
        found[f"labels of code {place}"] = "a,b,label\n" + f"1,2,{code}\n2,1,{other}\n" * 8
        found[f"columns of code {place}"] = f"{code},{other},label\n{rows}"
    return {
        **{name: content.encode() for name, content in found.items()},
        **pickles(),
        **{f"damaged {place}": found for place, found in enumerate(damaged(sound, shop.random, DAMAGED))},
    }


# ---- images ----


def images(shop: Workshop) -> dict[str, tuple[str, bytes]]:
    """By what is wrong with them, images with the suffixes of their names."""
    texts = PngInfo()
    for code in CODE:
        texts.add_text("Comment", code)
        texts.add_itxt("XML:com.adobe.xmp", code)
    texts.add(b"eXIf", pickle.dumps(Runs()))
    texts.add(b"ruNs", pickle.dumps(Runs()))
    png = _image("PNG")
    found = {
        "png with texts": (".png", _image("PNG", pnginfo=texts)),
        "png with a profile": (".png", _image("PNG", icc_profile=pickle.dumps(Runs()))),
        "png of huge sizes": (".png", _resized(png, 2**31 - 1, 2**31 - 1)),
        "png of large sizes": (".png", _resized(png, 30_000, 30_000)),
        "png with a text bomb": (".png", png[:33] + _chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(2**24))) + png[33:]),
        "cut png": (".png", png[:60]),
        "empty": (".png", b""),
        "jpeg with comments": (".jpg", _image("JPEG", comment=CODE[0].encode(), exif=b"Exif\0\0" + b"(" * 100)),
        "tiff that names": (".tif", _image("TIFF", tiffinfo={270: CODE[0], 305: CODE[1], 700: CODE[2].encode()})),
        "gif with a comment": (".gif", _image("GIF", comment=CODE[0].encode())),
        "webp": (".webp", _image("WEBP", exif=pickle.dumps(Runs()), xmp=CODE[0].encode())),
    }
    for suffix in (".png", ".jpg", ".gif"):
        found[f"svg as {suffix}"] = (suffix, SVG)
        found[f"eps as {suffix}"] = (suffix, EPS)
        found[f"eps for DOS as {suffix}"] = (suffix, struct.pack("<4sII", b"\xc5\xd0\xd3\xc6", 30, len(EPS)) + EPS)
    for other in ("PDF", "ICO", "TGA", "PCX", "SGI", "IM", "DDS", "ICNS", "EPS"):
        found[f"{other.lower()} as png"] = (".png", _image(other))
    found |= {f"pickle {name}": (".png", content) for name, content in pickles().items()}
    found |= {name: (".png", content) for name, content in OTHERS.items()}
    for form, suffix in (("PNG", ".png"), ("JPEG", ".jpg"), ("TIFF", ".tiff"), ("GIF", ".gif"), ("WEBP", ".webp")):
        for place, content in enumerate(damaged(_image(form), shop.random, DAMAGED)):
            found[f"damaged {form.lower()} {place}"] = (suffix, content)
    return found


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script href="http://127.0.0.1/"/><image href="file:///etc/passwd"/></svg>'
EPS = (
    b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 4 4\n%%EndComments\n"
    b"(%pipe%touch ran) (w) file closefile (/etc/passwd) (r) file\nshowpage\n%%EOF\n"
)
OTHERS = {
    "wmf": b"\xd7\xcd\xc6\x9a\0\0\0\0\0\0\4\0\4\0\x48\0\0\0\0\0\0\0\1\0\x09\0" + bytes(64),
    "mpo with paths": b"\xff\xd8\xff\xe2\0\x10MPF\0II*\0" + b"../outside/secret" * 4,
    "fits": b"SIMPLE  =                    T" + b" " * 2850,
    "xpm with a call": b'/* XPM */\nstatic char *x[] = {\n"4 4 1 1",\n"a c $(touch ran)",\n' + b'"aaaa",\n' * 4 + b"};",
    "ppm without end": b"P6 4 4 255\n",
    "ppm of huge sizes": b"P6 99999999 99999999 255\n",
}


def _image(form: str, **options: object) -> bytes:
    file = io.BytesIO()
    image = Image.new("RGB", (16, 16), (200, 30, 30))
    image.save(file, form, **options)
    return file.getvalue()


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _resized(png: bytes, width: int, height: int) -> bytes:
    """The same image, of which its header says other sizes."""
    return png[:8] + _chunk(b"IHDR", struct.pack(">II", width, height) + png[24:29]) + png[33:]
