"""The server for pages on this machine: who gets an answer, and what is refused with which status."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection
from typing import Any, NamedTuple

import pytest

from netspec.loopback import HEADERS, TOKEN, Asset, Loopback, RefusedError

MOST = 1000


class Answer(NamedTuple):
    status: int
    content: Any
    headers: dict[str, str]


def double(given: Any) -> Any:
    return {"twice": 2 * given["number"]}


def refuse(given: Any) -> Any:
    raise RefusedError("a <b>reason</b>")


def fail(given: Any) -> Any:
    raise RuntimeError("a mistake of ours")


@pytest.fixture
def page() -> Iterator[Loopback]:
    routes = {("POST", "/double"): double, ("GET", "/facts"): lambda given: [given], ("POST", "/refuse"): refuse}
    assets = {"/": Asset(b"<!doctype html>", "text/html; charset=utf-8")}
    with Loopback({**routes, ("POST", "/fail"): fail}, assets, most_bytes=MOST) as found:
        yield found


def ask(
    page: Loopback, method: str, path: str, body: bytes | None = None, changed: Mapping[str, str | None] = {}
) -> Answer:
    """The answer to a request with the right token and host, unless they are `changed` or left out with None."""
    headers: dict[str, str | None] = {"Host": f"127.0.0.1:{page.port}", TOKEN: page.token}
    headers |= changed
    connection = HTTPConnection("127.0.0.1", page.port, timeout=10)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    if body is not None:
        headers.setdefault("Content-Length", str(len(body)))
    for name, value in headers.items():
        if value is not None:
            connection.putheader(name, value)
    connection.endheaders(body)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    is_json = answer.headers["Content-Type"].startswith("application/json")
    return Answer(answer.status, json.loads(content) if is_json else content, dict(answer.headers))


def test_a_route_is_a_function_from_json_to_json(page: Loopback) -> None:
    assert ask(page, "POST", "/double", b'{"number": 21}')[:2] == (200, {"twice": 42})
    assert ask(page, "GET", "/facts?ignored")[:2] == (200, [None])


def test_the_page_itself_needs_no_token_because_its_address_has_it_where_no_server_sees_it(page: Loopback) -> None:
    assert ask(page, "GET", "/", changed={TOKEN: None})[:2] == (200, b"<!doctype html>")
    assert page.url == f"http://127.0.0.1:{page.port}/#{page.token}" and len(page.token) >= 32


@pytest.mark.parametrize("token", [None, "", "wrong", "Ä"])
def test_without_the_token_nothing_is_answered(page: Loopback, token: str | None) -> None:
    given = {TOKEN: token}
    answer = ask(page, "POST", "/double", b'{"number": 1}', changed=given)
    assert answer.status == 403 and "lacks the token" in answer.content["error"]
    assert ask(page, "GET", "/nothing", changed=given).status == 403, "nor is it said which addresses there are"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "", None])
@pytest.mark.parametrize("path", ["/", "/facts"])
def test_another_host_is_refused_even_with_the_token(page: Loopback, host: str | None, path: str) -> None:
    """A name of the web that is pointed at this machine would make its page one of the same origin."""
    answer = ask(page, "GET", path, changed={"Host": host and host.format(port=page.port)})
    assert answer.status == 403 and answer.content == {"error": "the request is for another host"}


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1:{port}", "http://127.0.0.1"])
def test_a_page_of_another_origin_is_refused_even_with_the_token(page: Loopback, origin: str) -> None:
    answer = ask(page, "POST", "/double", b'{"number": 1}', changed={"Origin": origin.format(port=page.port)})
    assert answer.status == 403 and answer.content == {"error": "the request is from another page"}


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_its_own_page_is_answered_by_either_name(page: Loopback, name: str) -> None:
    host = f"{name}:{page.port}"
    assert (
        ask(page, "POST", "/double", b'{"number": 1}', changed={"Host": host, "Origin": f"http://{host}"}).status == 200
    )


@pytest.mark.parametrize("size", [MOST + 1, 10 * 2**20])
def test_a_body_that_is_too_large_is_refused_with_both_sizes(page: Loopback, size: int) -> None:
    answer = ask(page, "POST", "/double", b"x" * size)
    assert answer.status == 413
    assert answer.content == {"error": f"the request has {size:_} bytes, but at most 1_000 are accepted"}
    assert answer.headers["Connection"] == "close"
    assert ask(page, "POST", "/double", json.dumps({"number": 1}).ljust(MOST).encode()).status == 200


@pytest.mark.parametrize(
    ("headers", "status", "said"),
    [
        ({"Content-Length": "-1"}, 400, "the length of the body is no number"),
        ({"Content-Length": "²"}, 400, "the length of the body is no number"),
        ({"Content-Length": "9" * 400}, 400, "the length of the body is no number"),
        ({"Transfer-Encoding": "chunked"}, 411, "the body has no length"),
    ],
)
def test_a_body_without_a_length_is_refused(
    page: Loopback, headers: Mapping[str, str | None], status: int, said: str
) -> None:
    assert ask(page, "POST", "/double", b"", changed=headers)[:2] == (status, {"error": said})


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 900])
def test_what_is_no_json_is_refused(page: Loopback, body: bytes) -> None:
    assert ask(page, "POST", "/double", body)[:2] == (400, {"error": "the body of the request is no JSON"})


def test_the_reason_of_a_refusal_is_the_answer(page: Loopback) -> None:
    assert ask(page, "POST", "/refuse", b"{}")[:2] == (400, {"error": "a <b>reason</b>"})


@pytest.mark.parametrize(("method", "path"), [("GET", "/double"), ("POST", "/"), ("GET", "/../etc/passwd")])
def test_an_address_without_a_route_is_not_found(page: Loopback, method: str, path: str) -> None:
    assert ask(page, method, path).status == 404


def test_another_method_is_refused_as_json(page: Loopback) -> None:
    answer = ask(page, "DELETE", "/")
    assert answer.status == 501 and "error" in answer.content


def test_a_mistake_of_ours_is_said_and_the_server_goes_on(page: Loopback, capfd: pytest.CaptureFixture[str]) -> None:
    assert ask(page, "POST", "/fail", b"{}")[:2] == (500, {"error": "the server failed; its terminal shows why"})
    assert ask(page, "GET", "/facts").status == 200
    assert "RuntimeError: a mistake of ours" in capfd.readouterr().err


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("GET", "/facts"), ("GET", "/nothing"), ("PUT", "/")])
def test_every_answer_forbids_the_browser_what_the_page_does_not_do(page: Loopback, method: str, path: str) -> None:
    headers = ask(page, method, path).headers
    assert {name: headers[name] for name in HEADERS} == HEADERS
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "Python" not in headers["Server"]


def test_only_this_machine_reaches_it(page: Loopback) -> None:
    others = {str(found[4][0]) for found in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    for address in others - {"127.0.0.1"}:
        if not address.startswith("127."):
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection((address, page.port), timeout=5)


def test_requests_of_one_connection_are_answered_at_once(page: Loopback) -> None:
    """An answer in two packets would wait 40 ms for the acknowledgement of the first."""
    connection = HTTPConnection("127.0.0.1", page.port, timeout=10)
    times: list[float] = []
    for _ in range(40):
        began = time.perf_counter()
        connection.request("POST", "/double", b'{"number": 1}', {TOKEN: page.token})
        connection.getresponse().read()
        times.append(time.perf_counter() - began)
    connection.close()
    assert sorted(times)[len(times) // 4] < 0.02


def test_who_leaves_in_the_middle_of_a_request_disturbs_nobody(
    page: Loopback, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.create_connection(("127.0.0.1", page.port)) as left:
        head = f"POST /double HTTP/1.1\r\nHost: 127.0.0.1:{page.port}\r\nContent-Length: 500\r\n\r\n"
        left.sendall(head.encode())
    assert ask(page, "GET", "/facts").status == 200
    assert capfd.readouterr().err == ""


def test_a_closed_server_answers_no_connection_that_was_kept_open() -> None:
    with Loopback({("GET", "/facts"): lambda given: 1}, {}) as page:
        connection = HTTPConnection("127.0.0.1", page.port, timeout=10)
        connection.request("GET", "/facts", headers={TOKEN: page.token})
        assert connection.getresponse().read() == b"1"
    with pytest.raises(ConnectionError):
        connection.request("GET", "/facts", headers={TOKEN: page.token})
        connection.getresponse()


def test_a_closed_server_gives_its_port_back() -> None:
    with Loopback({}, {}) as first, pytest.raises(OSError):
        Loopback({}, {}, port=first.port)
    with Loopback({}, {}, port=first.port) as second:
        assert second.port == first.port and second.token != first.token
