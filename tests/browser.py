"""A headless Chromium that tests drive as a person would: pages, scripts, windows and screenshots."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from base64 import b64decode
from pathlib import Path
from typing import Any, Self

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = ("background-networking", "component-update", "gpu", "quic", "sync")


def options(folder: Path) -> list[str]:
    """The command line of the browser, with its profile in a folder and nothing that it does by itself."""
    return [
        *(str(BROWSER), "--headless", "--no-sandbox", "--no-first-run"),
        *(f"--disable-{name}" for name in QUIET),
        f"--user-data-dir={folder / 'profile'}",
    ]


class Browser:
    """One window, driven by the DevTools protocol over a pipe. `problems` are the errors of its pages: of scripts, of
    the content security policy, and of files that weren't loaded."""

    def __init__(self, folder: Path) -> None:
        read, self._write = os.pipe()
        self._read, write = os.pipe()
        command = [*options(folder), "--remote-debugging-pipe", "about:blank"]
        shell = ["bash", "-c", f'exec "$@" 3<&{read} 4>&{write}', "bash", *command]
        self._process = subprocess.Popen(shell, pass_fds=(read, write), stderr=subprocess.DEVNULL)
        os.close(read)
        os.close(write)
        self._left, self._number, self._session = b"", 0, ""
        self.problems: list[str] = []
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._read)
        os.close(self._write)

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """The result of a command of the protocol."""
        self._number += 1
        session = {"sessionId": self._session} if self._session else {}
        message = {"id": self._number, "method": method, "params": params, **session}
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while (answer := self._message()).get("id") != self._number:
            self._note(answer)
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def window(self, width: int, height: int = 900, *, dark: bool = False) -> None:
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.send("Emulation.setScrollbarsHidden", hidden=True)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", features=[scheme])

    def open(self, url: str) -> None:
        self.send("Page.navigate", url="about:blank")  # the same page with another fragment would stay
        self.send("Page.navigate", url=url)
        self.run("new Promise(done => document.readyState === 'complete' ? done() : addEventListener('load', done))")

    def run(self, script: str) -> Any:
        """The value of an expression in the page, of a promise what it comes to."""
        done = self.send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=True)
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def wait(self, condition: str, seconds: float = 20) -> None:
        """Wait until an expression is true in the page."""
        poll = f"""new Promise((done, fail) => {{
          const ends = Date.now() + {1000 * seconds}
          const look = () => ({condition}) ? done() : Date.now() > ends ? fail("waited in vain") : setTimeout(look, 20)
          look()
        }})"""
        self.run(poll)

    def drag(self, *points: tuple[float, float]) -> None:
        """Press the mouse at the first point, move it along the others, and release it."""
        for kind, (x, y) in zip(
            ("mousePressed", *("mouseMoved",) * (len(points) - 2), "mouseReleased"), points, strict=True
        ):
            self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=1, clickCount=1)

    def choose(self, selector: str, *paths: Path) -> None:
        """Choose files in an input of the page."""
        root = self.send("DOM.getDocument")["root"]["nodeId"]
        node = self.send("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.send("DOM.setFileInputFiles", nodeId=node, files=[str(path) for path in paths])

    def screenshot(self, path: Path) -> None:
        """Write the page in its full height as a PNG file."""
        done = self.send("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(b64decode(done["data"]))

    def _message(self) -> dict[str, Any]:
        while b"\0" not in self._left:
            read = os.read(self._read, 2**20)
            assert read, "the browser has ended"
            self._left += read
        message, self._left = self._left.split(b"\0", 1)
        return json.loads(message)

    def _note(self, event: dict[str, Any]) -> None:
        params = event.get("params", {})
        match event.get("method"):
            case "Log.entryAdded" if params["entry"]["level"] == "error":
                self.problems.append(params["entry"]["text"])
            case "Runtime.exceptionThrown":
                self.problems.append(params["exceptionDetails"]["text"])
            case "Runtime.consoleAPICalled" if params["type"] == "error":
                self.problems.append(str(params["args"]))
            case _:
                pass
