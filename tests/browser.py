"""Chromium without a window, spoken to over a pipe (the DevTools protocol): what a page does when it is opened."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import tempfile
from base64 import b64decode
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.tools import find, needs

needs_a_browser = needs("chromium")

_FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --remote-debugging-pipe"
).split()


class Browser:
    """A context manager; each page is opened in a tab of its own."""

    def __enter__(self) -> Browser:
        chromium = find("chromium")
        assert chromium is not None
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        to_read, self._write = os.pipe()
        self._read, to_write = os.pipe()
        flags = [*_FLAGS, f"--user-data-dir={self._folder.name}", "about:blank"]
        self._process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{to_read} 4>&{to_write}', "bash", chromium, *flags],
            pass_fds=(to_read, to_write),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(to_write)
        self._numbers = itertools.count(1)
        self._rest = b""
        self.events: list[dict[str, Any]] = []
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._read)
        os.close(self._write)
        self._folder.cleanup()

    def call(self, method: str, session: str | None = None, **params: Any) -> Any:
        """A command and its result; events that come before it are kept."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": params} | ({"sessionId": session} if session else {})
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == number:
                assert "error" not in answer, answer
                return answer["result"]
            self.events.append(answer)

    def wait(self, method: str) -> None:
        """Until an event of this kind has come."""
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self._next())

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            block = os.read(self._read, 1 << 20)
            assert block, "the browser is gone"
            self._rest += block
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)  # type: ignore[no-any-return]

    def open(
        self, path: Path, *, width: int = 1280, height: int = 800, dark: bool = False, mobile: bool = False
    ) -> Tab:
        """The page of a file, when it has loaded."""
        self.events.clear()
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable", session)
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.call("Emulation.setEmulatedMedia", session, features=scheme)
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile}
        self.call("Emulation.setDeviceMetricsOverride", session, **metrics)
        self.events.clear()
        self.call("Page.navigate", session, url=path.resolve().as_uri())
        self.wait("Page.loadEventFired")
        return Tab(self, session)


class Tab:
    """An open page."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser = browser
        self._session = session

    def run(self, script: str) -> Any:
        """The value of an expression of JavaScript."""
        result = self._browser.call(
            "Runtime.evaluate", self._session, expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def press(self, key: str) -> None:
        """A key, as a person presses it."""
        for kind in ("keyDown", "keyUp"):
            self._browser.call("Input.dispatchKeyEvent", self._session, type=kind, key=key)

    def mouse(self, kind: str, x: float, y: float, **more: Any) -> None:
        """A movement, a press or a turn of the wheel."""
        self._browser.call("Input.dispatchMouseEvent", self._session, type=kind, x=x, y=y, **more)

    def screenshot(self) -> bytes:
        """The page as it looks, as PNG."""
        return b64decode(self._browser.call("Page.captureScreenshot", self._session)["data"])

    def complaints(self) -> list[str]:
        """What the console says: errors, warnings, exceptions, refusals of the policy."""
        kinds = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")
        return [json.dumps(event["params"]) for event in self._browser.events if event.get("method") in kinds]

    def requests(self) -> list[str]:
        """The addresses that the page asked for, but for data within itself."""
        sent = [
            e["params"]["request"]["url"]
            for e in self._browser.events
            if e.get("method") == "Network.requestWillBeSent"
        ]
        return [url for url in sent if not url.startswith("data:")]
