"""Pretrained weights are downloaded once, checked by their hash, converted, and kept in the cache."""

from __future__ import annotations

import errno
import io
import json
import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import MappingProxyType
from typing import IO
from urllib.request import urlopen

import pytest
import torch
import torchvision
from safetensors.torch import load_file

from netspec import api, zoo
from netspec.api.weights import WeightsFacts
from netspec.memory import CACHE_FOLDER
from netspec.problems import NetspecError
from netspec.resources import resource
from netspec.weights import fetch as fetching
from netspec.weights import unpickle
from netspec.weights.convert import convert
from netspec.weights.fetch import fetch
from tests.runs import run_one
from tests.specs import check

NAME = "resnet18", "IMAGENET1K_V1"
SPEC = """data {
  source = synthetic(image=[3, 32, 32], classes=4)
  transform = normalize(pretrained)
}
model { body: zoo.resnet18(classes=4) }
train { init = [pretrained("body", except=["fc"])], epochs = 1, freeze = ["body", "!body.fc"] }
"""


class Server:
    """A local server in the place of torchvision's: `content` is what it answers, `asked` how often it was asked."""

    def __init__(self) -> None:
        self.content = b""
        self.asked = 0
        self.length: int | None = None
        self.status = 200

    def open(self, url: str) -> IO[bytes]:
        """Opens a URL of torchvision's on this server."""
        assert url.startswith("https://download.pytorch.org/models/")
        return urlopen(f"http://127.0.0.1:{self.port}/{url.rpartition('/')[2]}", timeout=10)

    @contextmanager
    def running(self) -> Generator[Server]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked += 1
                self.send_response(outer.status)
                self.send_header("Content-Length", str(outer.length or len(outer.content)))
                self.end_headers()
                with suppress(OSError):  # who asked may be gone
                    self.wfile.write(outer.content)

            def log_message(self, format: str, *args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = server.server_port
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


@pytest.fixture(scope="module")
def original() -> torch.nn.Module:
    torch.manual_seed(0)
    return torchvision.models.resnet18()


@pytest.fixture(scope="module")
def content(original: torch.nn.Module) -> bytes:
    file = io.BytesIO()
    torch.save(original.state_dict(), file)
    return file.getvalue()


@pytest.fixture
def server(content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server that has the weights, whose hash is the one that the zoo knows; and an empty cache."""
    monkeypatch.setenv(CACHE_FOLDER, str(tmp_path / "cache"))
    known = zoo.networks()["resnet18"]
    weights = replace(known.weights[NAME[1]], sha256_prefix=sha256(content).hexdigest()[:8])
    networks = {**zoo.networks(), "resnet18": replace(known, weights=MappingProxyType({NAME[1]: weights}))}
    monkeypatch.setattr(zoo, "networks", lambda: networks)
    with Server().running() as found:
        found.content = content
        monkeypatch.setattr(fetching, "open_url", found.open)
        yield found


@pytest.fixture(autouse=True)
def converted_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are converted in this process, which takes a fraction of the time of another one."""
    monkeypatch.setattr(fetching, "convert", lambda source, target: unpickle.convert(source, target, None))


@pytest.fixture
def converted_elsewhere(converted_here: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are converted in a process of its own, as they are outside of tests."""
    monkeypatch.setattr(fetching, "convert", convert)


def cache(tmp_path: Path) -> list[str]:
    folder = tmp_path / "cache" / "weights"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def refusal(*arguments: str, **settings: Path) -> str:
    with pytest.raises(NetspecError) as refused:
        fetch(*(arguments or NAME), **settings)
    (found,) = refused.value.diagnostics
    return f"{found.code} {found.message} {found.help}"


@pytest.mark.usefixtures("converted_elsewhere")
def test_they_are_downloaded_once_and_kept_as_safetensors(
    server: Server, tmp_path: Path, original: torch.nn.Module, content: bytes
) -> None:
    path = fetch(*NAME)
    assert fetch(*NAME) == path
    assert server.asked == 1
    found = load_file(path)
    assert all(torch.equal(found[name], tensor) for name, tensor in original.state_dict().items())
    assert cache(tmp_path) == ["resnet18-IMAGENET1K_V1.json", "resnet18-IMAGENET1K_V1.safetensors"]
    record = json.loads((path.parent / "resnet18-IMAGENET1K_V1.json").read_text())
    assert record["sha256"] == sha256(content).hexdigest()
    assert record["converted"] == sha256(path.read_bytes()).hexdigest()


def test_the_template_for_transfer_trains_its_new_layer_alone(
    server: Server, tmp_path: Path, original: torch.nn.Module
) -> None:
    text = resource("templates/transfer.net").read_text(encoding="utf-8")
    photos, epochs = "synthetic(image=[3, 64, 64], classes=37, samples=111)", "epochs    = 1\n"
    assert "oxford_pet(size=[224, 224])" in text and "epochs    = 10\n" in text
    (tmp_path / "a.net").write_text(
        text.replace("oxford_pet(size=[224, 224])", photos).replace("epochs    = 10\n", epochs)
    )
    run_one(tmp_path / "a.net", out=tmp_path / "run")
    found = load_file(next((tmp_path / "run" / "checkpoints").glob("*/model.safetensors")))
    assert found["body.fc.weight"].shape == (37, 512)
    theirs = {f"body.{name}": tensor for name, tensor in original.state_dict().items() if not name.startswith("fc.")}
    assert [name for name, tensor in theirs.items() if not torch.equal(found[name], tensor)] == []


def test_another_content_than_the_digits_say_is_refused(server: Server, tmp_path: Path) -> None:
    server.content += b"\0"
    assert refusal().startswith("NS546 https://download.pytorch.org/models/resnet18-f37072fd.pth has the SHA-256")
    assert cache(tmp_path) == []


def test_the_whole_hash_of_the_first_download_is_required_afterwards(server: Server, tmp_path: Path) -> None:
    fetch(*NAME)
    record = tmp_path / "cache" / "weights" / "resnet18-IMAGENET1K_V1.json"
    data = json.loads(record.read_text())
    api.remove_weights(*NAME)
    assert cache(tmp_path) == [record.name]
    # the digits that torchvision gives are the same, and the others aren't
    record.write_text(json.dumps(data | {"sha256": data["sha256"][:8] + "0" * 56}))
    assert "has another SHA-256 than when it was first downloaded" in refusal()
    record.write_text(json.dumps(data))
    assert fetch(*NAME).exists()


def test_an_answer_that_ends_early_is_refused(server: Server, tmp_path: Path) -> None:
    server.length, server.content = len(server.content), server.content[:-1000]
    assert refusal().startswith("NS546")
    assert cache(tmp_path) == []


@pytest.mark.parametrize("status", [404, 403, 500])
def test_a_server_that_has_nothing_is_said(server: Server, tmp_path: Path, status: int) -> None:
    server.status = status
    assert f"HTTP Error {status}" in refusal()
    assert cache(tmp_path) == []


def offline(url: str) -> IO[bytes]:
    raise OSError(errno.ENETUNREACH, "Network is unreachable")


def test_without_a_network_it_says_what_to_put_where(
    server: Server, tmp_path: Path, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "open_url", offline)
    message = refusal()
    assert "can't be downloaded: [Errno 101] Network is unreachable" in message
    assert "download https://download.pytorch.org/models/resnet18-f37072fd.pth elsewhere" in message
    assert "netspec weights fetch resnet18 IMAGENET1K_V1 --file resnet18-f37072fd.pth" in message
    file = tmp_path / "resnet18-f37072fd.pth"
    file.write_bytes(content)
    assert fetch(*NAME, file=file).exists()
    assert file.exists()
    assert server.asked == 0


def test_a_file_of_something_else_is_refused(server: Server, tmp_path: Path) -> None:
    (tmp_path / "other.pth").write_bytes(b"other")
    assert "other.pth has the SHA-256" in refusal(file=tmp_path / "other.pth")
    assert "there is no file" in refusal(file=tmp_path / "missing.pth")
    assert cache(tmp_path) == []


@pytest.mark.usefixtures("converted_elsewhere")
def test_a_download_that_runs_code_is_not_converted(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.security.hostile import pickles

    server.content = pickles()["torch"]
    known = zoo.networks()["resnet18"]
    weights = replace(known.weights[NAME[1]], sha256_prefix=sha256(server.content).hexdigest()[:8])
    networks = {**zoo.networks(), "resnet18": replace(known, weights=MappingProxyType({NAME[1]: weights}))}
    monkeypatch.setattr(zoo, "networks", lambda: networks)
    assert refusal().startswith("NS547")


def test_a_cache_that_is_a_file_is_said(server: Server, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("mine")
    assert refusal().startswith("NS549")
    assert "NETSPEC_CACHE" in refusal()
    assert (tmp_path / "cache").read_text() == "mine"


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.ENOSPC, errno.EDQUOT])
def test_a_cache_that_is_read_only_or_full_is_said(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def fail(path: Path, *_: object, **__: object) -> IO[bytes]:
        raise OSError(number, "said by the system", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", fail)
        message = refusal()
    assert message.startswith("NS549")
    assert "said by the system" in message
    assert cache(tmp_path) == []


@pytest.mark.usefixtures("converted_elsewhere")
def test_a_disk_that_fills_up_while_the_file_is_converted_leaves_nothing(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import resource

    ran = fetching.convert

    def limited(source: Path, target: Path) -> object:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, before[1]))  # the process that converts inherits it
        try:
            return ran(source, target)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    monkeypatch.setattr(fetching, "convert", limited)
    assert refusal().startswith(("NS549", "NS547"))
    assert cache(tmp_path) == []


@pytest.mark.parametrize("record", [b"", b"{oops", b"[]", b'{"format": 1, "url": 3}', b'{"format": 2}'], ids=repr)
def test_a_record_that_netspec_did_not_write_counts_for_nothing(server: Server, tmp_path: Path, record: bytes) -> None:
    path = fetch(*NAME)
    path.with_suffix(".json").write_bytes(record)
    assert fetch(*NAME) == path
    assert server.asked == 2


def test_cached_weights_that_were_changed_are_refused(server: Server, tmp_path: Path) -> None:
    path = fetch(*NAME)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(NetspecError, match="isn't what it was when it was checked or saved"):
        api.build(check(SPEC).require())
    path.write_bytes(data[:-1])
    (found,) = [item for item in check(SPEC).diagnostics if item.is_error]
    assert "the cached weights are damaged" in found.message
    assert found.help is not None
    assert "netspec weights remove resnet18" in found.help


def test_a_link_in_the_cache_leads_nowhere_else(server: Server, tmp_path: Path) -> None:
    path = fetch(*NAME)
    shutil.move(path.with_suffix(".json"), tmp_path / "record.json")
    path.with_suffix(".json").symlink_to(tmp_path / "record.json")
    assert fetch(*NAME) == path
    assert server.asked == 2


def test_a_run_downloads_what_it_needs_and_records_it(
    server: Server, tmp_path: Path, original: torch.nn.Module
) -> None:
    spec = tmp_path / "spec.net"
    spec.write_text(SPEC)
    result = run_one(spec, out=tmp_path / "run")
    assert server.asked == 1
    (loaded,) = result.loaded
    assert (loaded.file, loaded.note) == ("resnet18 IMAGENET1K_V1", "resnet18-f37072fd.pth")
    (path,) = (tmp_path / "run").glob("checkpoints/epoch-0001/model.safetensors")
    after = load_file(path)
    for name, tensor in original.state_dict().items():
        # a frozen body keeps its running statistics too
        assert name.startswith("fc.") or torch.equal(after[f"body.{name}"], tensor), name


def test_python_lists_fetches_and_removes_them(server: Server, tmp_path: Path) -> None:
    path = api.fetch_weights("zoo.resnet18")
    assert facts().path == path
    size = facts().size
    assert size == path.stat().st_size
    assert api.remove_weights("resnet18") == size
    assert not path.exists()
    assert facts().path is None
    assert facts().sha256 == sha256(server.content).hexdigest()
    assert api.remove_weights("resnet18") == 0


def facts() -> WeightsFacts:
    return next(item for item in api.list_weights() if item.network == "resnet18")
