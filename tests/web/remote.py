"""Firefox and WebKit as the system installs them: addresses opened, scripts run, nothing else.

Playwright drives builds of its own of both, which no package of Debian carries. What Debian carries is spoken to
in its own tongue: Firefox by Marionette (JSON over TCP), WebKit by WebDriver (JSON over HTTP).
"""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.request import Request, urlopen

MINI_BROWSERS = "/usr/lib/*/webkit2gtk-4.*/MiniBrowser"
PATIENCE_S = 60.0


class Driver(Protocol):
    """What a browser is told."""

    def open(self, address: str) -> None:
        """Open an address and wait until it is loaded."""

    def run(self, script: str) -> Any:
        """Return what a script returns in the page."""


class Remote:
    """A browser that is waited for."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def open(self, address: str) -> None:
        """Open an address and wait until it is loaded."""
        self._driver.open(address)

    def run(self, expression: str) -> Any:
        """Return the value of an expression in the page."""
        return self._driver.run(f"return ({expression});")

    def wait(self, expression: str) -> Any:
        """Return the value of an expression once it is true; fail with what the page says otherwise."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            if found := self.run(expression):
                return found
            time.sleep(0.1)
        raise AssertionError(f"{expression}: {self.run('document.body.innerText')}")


def missing(name: str) -> str | None:
    """Return what is missing for a browser, in words; None where it is there."""
    if name == "firefox" and not shutil.which("firefox-esr"):
        return "Firefox is not installed (apt-get install firefox-esr)"
    if name == "webkit" and not (shutil.which("WebKitWebDriver") and _mini_browser()):
        return "WebKit is not installed (apt-get install webkit2gtk-driver)"
    if name == "webkit" and not (os.environ.get("DISPLAY") or shutil.which("Xvfb")):
        return "WebKit has no screen (apt-get install xvfb)"
    return None


@contextmanager
def browser(name: str, folder: Path) -> Iterator[Remote]:
    """Start a browser with a profile of its own in a folder; see `missing`."""
    with ExitStack() as stack:
        start = _firefox if name == "firefox" else _webkit
        yield Remote(stack.enter_context(start(folder)))


def _mini_browser() -> str | None:
    return next((str(one) for one in Path("/").glob(MINI_BROWSERS[1:])), None)


@contextmanager
def _process(*command: str, **more: Any) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, **more)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class _Marionette:
    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=2 * PATIENCE_S)
        self._file = self._socket.makefile("rb")
        self._number = 0
        self._answer()  # it greets first
        self.ask("WebDriver:NewSession")

    def close(self) -> None:
        self._file.close()
        self._socket.close()

    def _answer(self) -> Any:
        length = b""
        while (sign := self._file.read(1)) != b":":
            length += sign
        return json.loads(self._file.read(int(length)))

    def ask(self, command: str, **given: Any) -> Any:
        self._number += 1
        message = json.dumps([0, self._number, command, given]).encode()
        self._socket.sendall(b"%d:%b" % (len(message), message))
        _, _, error, found = self._answer()
        assert error is None, error
        return found

    def open(self, address: str) -> None:
        self.ask("WebDriver:Navigate", url=address)

    def run(self, script: str) -> Any:
        return self.ask("WebDriver:ExecuteScript", script=script, args=[], sandbox=None)["value"]


@contextmanager
def _firefox(folder: Path) -> Iterator[Driver]:
    (folder / "user.js").write_text(
        'user_pref("marionette.port", 0);\nuser_pref("intl.accept_languages", "zh-CN");\n'
        'user_pref("network.captive-portal-service.enabled", false);\n'
        'user_pref("network.connectivity-service.enabled", false);\n',
        encoding="utf-8",
    )
    ready = folder / "MarionetteActivePort"
    arguments = ["--headless", "--marionette", "--no-remote", "--profile", str(folder)]
    with _process("firefox-esr", *arguments, stdout=subprocess.DEVNULL, cwd=folder):
        end = time.monotonic() + PATIENCE_S
        while not (ready.exists() and ready.read_text()):
            assert time.monotonic() < end, "Firefox does not start"
            time.sleep(0.1)
        driver = _Marionette(int(ready.read_text()))
        try:
            yield driver
        finally:
            driver.close()


class _WebDriver:
    def __init__(self, address: str, browser_: str) -> None:
        self._address = address
        options = {"binary": browser_, "args": ["--automation"]}
        capabilities = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        found = self._ask("POST", "/session", {"capabilities": capabilities})
        self._session = f"/session/{found['sessionId']}"

    def _ask(self, method: str, path: str, given: dict[str, Any] | None = None) -> Any:
        body = None if given is None else json.dumps(given).encode()
        with urlopen(
            Request(self._address + path, body, method=method),
            timeout=2 * PATIENCE_S,
        ) as answer:
            return json.load(answer)["value"]

    def close(self) -> None:
        self._ask("DELETE", self._session)

    def open(self, address: str) -> None:
        self._ask("POST", f"{self._session}/url", {"url": address})

    def run(self, script: str) -> Any:
        return self._ask("POST", f"{self._session}/execute/sync", {"script": script, "args": []})


@contextmanager
def _screen() -> Iterator[str]:
    if shown := os.environ.get("DISPLAY"):
        yield shown
        return
    command = ["Xvfb", "-displayfd", "1", "-nolisten", "tcp", "-screen", "0", "1280x1024x24"]
    with _process(*command, stdout=subprocess.PIPE) as screen:
        assert screen.stdout is not None
        yield f":{int(screen.stdout.readline())}"
        screen.stdout.close()


@contextmanager
def _webkit(folder: Path) -> Iterator[Driver]:
    path = _mini_browser()
    assert path is not None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    homes = {"HOME": folder, "XDG_CACHE_HOME": folder / "cache", "XDG_DATA_HOME": folder / "data"}
    with _screen() as screen:
        environment = os.environ | {"DISPLAY": screen} | {k: str(v) for k, v in homes.items()}
        with _process(
            "WebKitWebDriver", f"--port={port}", stdout=subprocess.DEVNULL, env=environment
        ):
            end = time.monotonic() + PATIENCE_S
            while True:
                try:
                    driver = _WebDriver(f"http://127.0.0.1:{port}", path)
                    break
                except OSError:
                    assert time.monotonic() < end, "WebKit does not start"
                    time.sleep(0.1)
            try:
                yield driver
            finally:
                driver.close()
