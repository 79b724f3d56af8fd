"""Download of pretrained weights into the cache: checked by their hash, and converted to safetensors."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from time import time
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from netspec import zoo
from netspec.files import TEMPORARY, as_json, file_record, sync_file, write_atomically
from netspec.formats.weights_cache import Download, record_path, recorded, weights_folder, weights_path
from netspec.problems import NetspecError
from netspec.problems.weights import CacheNotWritable, NotFetched
from netspec.weights.convert import convert

Opener = Callable[[str], IO[bytes]]
"""Opens a URL for reading; raises OSError."""

SECONDS = 60
"""The longest wait for an answer."""
BLOCK = 2**20
MOST_BYTES = 16 * 2**30
LEFT_SECONDS = 24 * 3600
"""The age of a half-written file whose process has ended."""


class _HttpsOnly(HTTPRedirectHandler):
    """A redirection to a connection that anybody may change is an error."""

    def redirect_request(self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Request | None:
        if not newurl.startswith("https://"):
            raise URLError(f"redirected to {newurl}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def open_url(url: str) -> IO[bytes]:
    """Open a URL for reading. Raises OSError."""
    return build_opener(_HttpsOnly).open(url, timeout=SECONDS)


def fetch(network: str, weights: str, *, opener: Opener | None = None, file: Path | None = None) -> Path:
    """The safetensors file of a network's weights: from the cache, else downloaded, or taken from a `file` that was
    downloaded elsewhere. Raises NetspecError."""
    path = weights_path(network, weights)
    if path.exists() and recorded(network, weights) is not None:
        return path
    known = zoo.networks()[network].weights[weights]
    with _cache() as folder:
        source = folder / f"{TEMPORARY}{token_hex(4)}-download"
        converted = folder / f"{TEMPORARY}{token_hex(4)}-converted"
        try:
            if file is None:
                _download(network, weights, source, opener or open_url)
            original = file or source
            digest = _checked(original, known.url if file is None else str(file), known.sha256_prefix, network, weights)
            convert(original, converted)
            record = file_record(converted)
            sync_file(converted)
            converted.replace(path)
            download = Download(known.url, digest, record["sha256"], record["bytes"])
            write_atomically(record_path(network, weights), as_json(download.to_json()))
        finally:
            for temporary in (source, converted):
                with suppress(OSError):
                    temporary.unlink(missing_ok=True)
    return path


def remove(network: str, weights: str) -> int:
    """Remove weights from the cache; returns the bytes that are free now. What is recorded of their download stays.
    Raises NetspecError."""
    path = weights_path(network, weights)
    try:
        size = path.stat().st_size
        path.unlink()
        return size
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise _not_writable(error) from error


def _download(network: str, weights: str, target: Path, opener: Opener) -> None:
    """Write what is at the URL of some weights to a file. Raises NetspecError if it doesn't come, and OSError if it
    can't be written."""
    url = zoo.networks()[network].weights[weights].url
    try:
        answer = opener(url)
    except OSError as error:  # URLError, timeouts and refused connections are OSErrors
        raise _unreachable(network, weights, url, error) from error
    with answer, target.open("xb") as file:
        size = 0
        while block := _block(answer, network, weights, url):
            size += len(block)
            if size > MOST_BYTES:
                raise NetspecError.of(NotFetched(None, f"{url} has more than {MOST_BYTES:_} bytes"))
            file.write(block)


def _block(answer: IO[bytes], network: str, weights: str, url: str) -> bytes:
    try:
        return answer.read(BLOCK)
    except OSError as error:
        raise _unreachable(network, weights, url, error) from error
    except Exception as error:  # http.client's own, for an answer that ends early
        raise _unreachable(network, weights, url, OSError(str(error))) from error


def _unreachable(network: str, weights: str, url: str, error: OSError) -> NetspecError:
    if isinstance(error, HTTPError):
        error.close()
    inner = error.reason if isinstance(error, URLError) and not isinstance(error, HTTPError) else error
    reason = f"the weights {weights} of `{network}` can't be downloaded: {inner}"
    name = url.rpartition("/")[2]
    help = f"download {url} elsewhere, and run: netspec weights fetch {network} {weights} --file {name}"
    return NetspecError.of(NotFetched(None, reason, help))


def _checked(path: Path, shown: str, prefix: str, network: str, weights: str) -> str:
    """The SHA-256 of a file. Raises NetspecError if it isn't that of the weights."""
    if not path.is_file():
        raise NetspecError.of(NotFetched(None, f"there is no file `{shown}`"))
    try:
        digest = str(file_record(path)["sha256"])
    except OSError as error:
        raise NetspecError.of(NotFetched(None, f"`{shown}` can't be read: {error.strerror}")) from error
    if not digest.startswith(prefix):
        reason = f"{shown} has the SHA-256 {digest[:16]}…, but {weights} of `{network}` begin with {prefix}"
        raise NetspecError.of(NotFetched(None, reason, "the file is incomplete or another one: get it again"))
    before = recorded(network, weights)
    if before is not None and before.sha256 != digest:
        reason = f"{shown} has another SHA-256 than when it was first downloaded: {digest}, not {before.sha256}"
        help = f"if the change is meant, delete the record `{record_path(network, weights)}`"
        raise NetspecError.of(NotFetched(None, reason, help))
    return digest


@contextmanager
def _cache() -> Generator[Path]:
    """The folder of the cache, made if it isn't there. Within it, errors of the system are those of the cache. Raises
    NetspecError."""
    folder = weights_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        yield folder
    except OSError as error:
        raise _not_writable(error) from error


def _sweep(folder: Path) -> None:
    """Remove what processes that were killed left half-written; what is newer may be another one's download."""
    for path in folder.glob(f"{TEMPORARY}*"):
        with suppress(OSError):
            if time() - path.stat().st_mtime > LEFT_SECONDS:
                path.unlink()


def _not_writable(error: OSError) -> NetspecError:
    reason = f"the cache `{weights_folder()}` can't be written: {error.strerror or error}"
    return NetspecError.of(CacheNotWritable(None, reason, "name another folder in NETSPEC_CACHE, or make room"))
