"""Data sets of torchvision that stay packed, each in a small archive of the form of the real one."""

from __future__ import annotations

import bz2
import csv
import gzip
import hashlib
import inspect
import io
import json
import pickle
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torchvision.datasets as theirs
from PIL import Image
from scipy.io import savemat

from netspec.catalogue.entry import entries, find
from netspec.catalogue.sources import DataFolders, DataSource
from netspec.catalogue.sources._bundles import Bundle
from netspec.catalogue.sources._torchvision import Packed, Photographs
from netspec.catalogue.sources.emnist import PARTS
from netspec.catalogue.sources.mnist import BUNDLE, Mnist
from netspec.catalogue.targets.classes import Classes
from netspec.data.cache import read
from netspec.formats.errors import DataError
from netspec.memory import CACHE_FOLDER

SPLITS = (4, 3, 2)
"""How many images the small data sets have to train, to test and to validate on."""


def noise(count: int, *sizes: int) -> np.ndarray:
    return np.random.default_rng(count).integers(0, 256, (count, *sizes), dtype=np.uint8)


def jpeg(seed: int, size: tuple[int, int] = (20, 15)) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (*size, 3), dtype=np.uint8)).save(buffer, "jpeg")
    return buffer.getvalue()


def tar(path: Path, files: dict[str, bytes]) -> None:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            (info := tarfile.TarInfo(name)).size = len(content)
            archive.addfile(info, io.BytesIO(content))


def packed(path: Path, files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)


def idx(values: np.ndarray) -> bytes:
    kind = {np.dtype(np.uint8): 8, np.dtype(np.int32): 12}[values.dtype]
    sizes = b"".join(size.to_bytes(4, "big") for size in values.shape)
    return bytes((0, 0, kind, values.ndim)) + sizes + values.astype(values.dtype.newbyteorder(">")).tobytes()


def digits(folder: Path) -> None:
    for split, count in zip(("train", "t10k"), SPLITS, strict=False):
        (folder / f"{split}-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(noise(count, 28, 28))))
        labels = np.arange(count, dtype=np.uint8)
        (folder / f"{split}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(labels)))


def qmnist(folder: Path) -> None:
    for split, count in zip(("train", "test"), SPLITS, strict=False):
        (folder / f"qmnist-{split}-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(noise(count, 28, 28))))
        labels = np.arange(count, dtype=np.int32)[:, None].repeat(8, 1)
        (folder / f"qmnist-{split}-labels-idx2-int.gz").write_bytes(gzip.compress(idx(labels)))


def emnist(folder: Path) -> None:
    files: dict[str, bytes] = {}
    for split, count in zip(("train", "test"), SPLITS, strict=False):
        files[f"gzip/emnist-letters-{split}-images-idx3-ubyte.gz"] = gzip.compress(idx(noise(count, 28, 28)))
        labels = np.arange(1, count + 1, dtype=np.uint8)
        files[f"gzip/emnist-letters-{split}-labels-idx1-ubyte.gz"] = gzip.compress(idx(labels))
    packed(folder / "gzip.zip", files)


def usps(folder: Path) -> None:
    for name, count in zip(("usps.bz2", "usps.t.bz2"), SPLITS, strict=False):
        pixels = " ".join(f"{folders}:{folders / 128 - 1:.6f}" for folders in range(1, 257))
        (folder / name).write_bytes(bz2.compress("".join(f"{n + 1} {pixels}\n" for n in range(count)).encode()))


def svhn(folder: Path) -> None:
    for split, count in zip(("train", "test"), SPLITS, strict=False):
        labels = np.array([10, *range(1, count)], np.uint8)[:, None]
        savemat(folder / f"{split}_32x32.mat", {"X": noise(count, 32, 32, 3).transpose(1, 2, 3, 0), "y": labels})


def cifar100(folder: Path) -> None:
    files = {"cifar-100-python/meta": pickle.dumps({"fine_label_names": list(find_set("cifar100").names)})}
    for split, count in zip(("train", "test"), SPLITS, strict=False):
        content = {"data": noise(count, 3072), "fine_labels": list(range(count))}
        files[f"cifar-100-python/{split}"] = pickle.dumps(content)
    tar(folder / "cifar-100-python.tar.gz", files)


def stl10(folder: Path) -> None:
    files = {"stl10_binary/class_names.txt": b"airplane\n", "stl10_binary/unlabeled_X.bin": b""}
    for split, count in zip(("train", "test"), SPLITS, strict=False):
        files[f"stl10_binary/{split}_X.bin"] = noise(count, 3, 96, 96).tobytes()
        files[f"stl10_binary/{split}_y.bin"] = bytes(range(1, count + 1))
    tar(folder / "stl10_binary.tar.gz", files)


def eurosat(folder: Path) -> None:
    names = find_set("eurosat").names
    packed(folder / "EuroSAT.zip", {f"2750/{name}/{name}_1.jpg": jpeg(n, (64, 64)) for n, name in enumerate(names)})


def flowers102(folder: Path) -> None:
    total = sum(SPLITS)
    tar(folder / "102flowers.tgz", {f"jpg/image_{n:05d}.jpg": jpeg(n, (20 + n, 15)) for n in range(1, total + 1)})
    savemat(folder / "imagelabels.mat", {"labels": np.concatenate([np.arange(1, count + 1) for count in SPLITS])})
    train, test, _ = np.cumsum(SPLITS)
    numbers = np.arange(1, total + 1)
    savemat(folder / "setid.mat", {"trnid": numbers[:train], "tstid": numbers[train:test], "valid": numbers[test:]})


def food101(folder: Path) -> None:
    names = find_set("food101").names
    files: dict[str, bytes] = {}
    for split, count in zip(("train", "test"), SPLITS, strict=False):
        listed = {name: [f"{name}/{split}"] if folders < count else [] for folders, name in enumerate(names)}
        files[f"food-101/meta/{split}.json"] = json.dumps(listed).encode()
        files |= {f"food-101/images/{path}.jpg": jpeg(1, (20, 9)) for paths in listed.values() for path in paths}
    tar(folder / "food-101.tar.gz", files)


def oxford_pet(folder: Path) -> None:
    lists: dict[str, bytes] = {}
    images: dict[str, bytes] = {}
    for split, count in zip(("trainval", "test"), SPLITS, strict=False):
        lines = [f"pet_{split}_{n} {n + 1} 1 1" for n in range(count)]
        lists[f"annotations/{split}.txt"] = "\n".join(lines).encode()
        images |= {f"images/{line.split()[0]}.jpg": jpeg(n) for n, line in enumerate(lines)}
    tar(folder / "images.tar.gz", images)
    tar(folder / "annotations.tar.gz", lists)


def dtd(folder: Path) -> None:
    names = find_set("dtd").names
    files: dict[str, bytes] = {}
    for split, count in zip(("train", "test", "val"), SPLITS, strict=True):
        paths = [f"{name}/{split}.jpg" for name in names[:count]]
        files[f"dtd/labels/{split}1.txt"] = "\n".join(paths).encode()
        files |= {f"dtd/images/{path}": jpeg(n) for n, path in enumerate(paths)}
    tar(folder / "dtd-r1.0.1.tar.gz", files)


def ppm(seed: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(noise(20, 15 + seed, 3)).save(buffer, "ppm")
    return buffer.getvalue()


def gtsrb(folder: Path) -> None:
    train, test, _ = SPLITS
    files = {f"GTSRB/Training/{n:05d}/00000_0000{n}.ppm": ppm(n) for n in range(train)}
    packed(folder / "GTSRB-Training_fixed.zip", files)
    files = {f"GTSRB/Final_Test/Images/{n:05d}.ppm": ppm(n) for n in range(test)}
    packed(folder / "GTSRB_Final_Test_Images.zip", files)
    table = io.StringIO()
    csv.writer(table, delimiter=";").writerows([["Filename", "ClassId"], *([f"{n:05d}.ppm", n] for n in range(test))])
    packed(folder / "GTSRB_Final_Test_GT.zip", {"GT-final_test.csv": table.getvalue().encode()})


MAKERS: dict[str, Callable[[Path], None]] = {
    "fashion_mnist": digits,
    "kmnist": digits,
    **{maker.__name__: maker for maker in (qmnist, emnist, usps, svhn, cifar100, stl10, eurosat)},
    **{maker.__name__: maker for maker in (flowers102, food101, oxford_pet, dtd, gtsrb)},
}
SETS = [entry for entry in entries(DataSource) if issubclass(entry, Packed)]
COUNTS = {"eurosat": (10, 0, 0), "flowers102": SPLITS, "dtd": SPLITS}
"""How many images a small data set has where it isn't divided in two."""


def find_set(name: str) -> type[Packed]:
    entry = find(DataSource, name)
    assert entry is not None and issubclass(entry, Packed)
    return entry


def made(entry: type[Packed], **arguments: Any) -> Packed:
    if issubclass(entry, Photographs):
        arguments |= {"size": (12, 10)}
    if entry.name() == "emnist":
        arguments |= {"split": "letters"}
    return entry(**arguments)


@pytest.fixture
def folders(tmp_path: Path) -> DataFolders:
    return DataFolders(spec=tmp_path, data=tmp_path / "data")


@pytest.fixture
def on_disk(folders: DataFolders, monkeypatch: pytest.MonkeyPatch) -> Callable[[type[Packed]], None]:
    """Puts the small archives where those of a data set are looked for; the network can't be reached."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError("no network")

    def put(entry: type[Packed]) -> None:
        folder = folders.data / entry.bundle.folder
        folder.mkdir(parents=True, exist_ok=True)
        MAKERS[entry.name()](folder)
        found = {path: hashlib.md5((folders.data / path).read_bytes()).hexdigest() for path in entry.bundle.files}
        monkeypatch.setattr(entry, "bundle", Bundle(entry.bundle.name, entry.bundle.folder, found, found))
        train, test, validation = COUNTS.get(entry.name(), (*SPLITS[:2], 0))
        monkeypatch.setattr(entry, "counts", (train, test, validation), raising=False)
        monkeypatch.setitem(PARTS, "letters", PARTS["letters"]._replace(train=train, test=test))

    monkeypatch.setattr("socket.getaddrinfo", refuse)
    # torchvision asks for the sums of the real archives
    monkeypatch.setattr("torchvision.datasets.utils.check_md5", lambda *_, **__: True)
    return put


def test_every_set_is_tried() -> None:
    assert {entry.name() for entry in SETS} == set(MAKERS)


@pytest.mark.parametrize("entry", SETS, ids=lambda entry: entry.name())
def test_it_is_read_from_its_archives(
    entry: type[Packed], folders: DataFolders, on_disk: Callable[[type[Packed]], None]
) -> None:
    source = made(entry, download=False)
    assert source.unavailable(folders) is not None
    on_disk(entry)
    before = sorted(folders.data.rglob("*"))
    assert source.unavailable(folders) is None
    loaded = source.load(folders)
    assert loaded.type == source.describe(folders)
    assert sorted(folders.data.rglob("*")) == before, "something is left of what was unpacked"
    splits = (loaded.train, loaded.test, loaded.validation)
    assert tuple(0 if split is None else len(split.targets) for split in splits) == loaded.type.counts
    for split in splits:
        if split is not None:
            assert split.inputs[0].shape[1:] == loaded.type.input.dims and split.inputs[0].dtype == np.uint8
            assert split.targets.tolist() == list(range(len(split.targets))) and split.targets.dtype == np.int64


@pytest.mark.parametrize("entry", SETS, ids=lambda entry: entry.name())
def test_it_is_unpacked_once_for_all_runs(
    entry: type[Packed],
    folders: DataFolders,
    on_disk: Callable[[type[Packed]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    on_disk(entry)
    monkeypatch.setenv(CACHE_FOLDER, str(folders.spec / "kept"))
    source = made(entry, download=False)
    first = read(source, folders)
    monkeypatch.delattr(entry, "open")  # the second time there is nothing to unpack with
    assert read(source, folders).digest == first.digest


@pytest.mark.parametrize("entry", SETS, ids=lambda entry: entry.name())
def test_without_a_network_nothing_stays_behind(
    entry: type[Packed], folders: DataFolders, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no network")

    monkeypatch.setattr("socket.getaddrinfo", refuse)
    with pytest.raises(DataError, match="no network") as caught:
        made(entry).load(folders)
    assert caught.value.what == "unreachable" and not folders.data.exists()


@pytest.mark.parametrize("entry", SETS, ids=lambda entry: entry.name())
def test_an_archive_that_is_another_is_refused(
    entry: type[Packed], folders: DataFolders, on_disk: Callable[[type[Packed]], None]
) -> None:
    on_disk(entry)
    file = folders.data / next(iter(entry.bundle.files))
    file.write_bytes(file.read_bytes() + b"\0")
    with pytest.raises(DataError, match="its MD5 sum isn't") as caught:
        made(entry, download=False).load(folders)
    assert caught.value.what == "malformed" and file.name in caught.value.reason


def test_pixels_are_those_of_the_files(folders: DataFolders, on_disk: Callable[[type[Packed]], None]) -> None:
    for name, wanted in {
        "kmnist": noise(4, 28, 28)[:, None],
        "emnist": noise(4, 28, 28).transpose(0, 2, 1)[:, None],
        "svhn": noise(4, 32, 32, 3).transpose(0, 3, 1, 2),
        "cifar100": noise(4, 3, 32, 32),
    }.items():
        on_disk(find_set(name))
        (images,) = made(find_set(name)).load(folders).train.inputs
        assert np.array_equal(images, wanted), name


@pytest.mark.parametrize("entry", SETS, ids=lambda entry: entry.name())
def test_names_and_sums_are_those_of_torchvision(entry: type[Packed]) -> None:
    (torch_name,) = entry.torch_names
    theirs_of_it = getattr(theirs, torch_name.rpartition(".")[2])
    text = Path(inspect.getfile(theirs_of_it)).read_text(encoding="utf-8")
    assert all(md5 in text for md5 in entry.bundle.files.values())
    names = getattr(theirs_of_it, "classes", None)
    if names is not None and entry.names != tuple("0123456789"):
        assert list(entry.names) == list(names)


def test_mnist_is_read_as_torchvision_reads_it(folders: DataFolders, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = folders.data / BUNDLE.folder
    folder.mkdir(parents=True)
    digits(folder)
    sums: dict[str, str] = {}
    for file in BUNDLE.files:
        content = gzip.decompress((folders.data / f"{file}.gz").read_bytes())
        (folders.data / file).write_bytes(content)
        sums[file] = hashlib.md5(content).hexdigest()
    monkeypatch.setattr(Mnist, "bundle", Bundle("mnist", BUNDLE.folder, sums, {}))
    loaded = Mnist(download=False).load(folders)
    for train, ours in ((True, loaded.train), (False, loaded.test)):
        split = theirs.MNIST(folders.data, train=train)
        assert ours is not None
        assert np.array_equal(ours.inputs[0], split.data[:, None]) and ours.inputs[0].dtype == np.uint8
        assert np.array_equal(ours.targets, split.targets) and ours.targets.dtype == np.int64


def test_the_parts_of_emnist_have_the_classes_of_torchvision() -> None:
    for name, part in PARTS.items():
        assert list(part.names) == theirs.EMNIST.classes_split_dict[name][name == "letters" :]


@pytest.mark.parametrize("entry", SETS, ids=lambda entry: entry.name())
def test_classes_are_different_from_each_other(entry: type[Packed], folders: DataFolders) -> None:
    target = made(entry).describe(folders).target
    assert isinstance(target, Classes) and len(set(target.names)) == target.count


def test_archives_that_nobody_may_write_beside_are_read_too(
    folders: DataFolders, on_disk: Callable[[type[Packed]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    on_disk(find_set("kmnist"))
    monkeypatch.setattr("os.access", lambda *_: False)
    assert made(find_set("kmnist")).load(folders).type.train == 4
