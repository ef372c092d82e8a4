"""Headless Chromium driven by the DevTools protocol."""

import base64
import contextlib
import json
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from websockets.sync.client import connect

NAMES = ("chromium", "chromium-browser", "google-chrome")
REMEDY = "Chromium is not installed; remedy: apt-get install -y chromium (or `make chromium`)"


def executable() -> str:
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    if found is None:
        raise RuntimeError(REMEDY)
    return found


class Browser:
    """One Chromium with a fake camera and no way out."""

    def __init__(self, *flags: str) -> None:
        self._home = tempfile.TemporaryDirectory(prefix="mien-chromium-")
        self.process = subprocess.Popen(
            [
                executable(), "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
                "--no-default-browser-check", "--disable-extensions", "--disable-dev-shm-usage",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-features=Translate,OptimizationHints,MediaRouter",
                "--hide-scrollbars", "--mute-audio", "--force-color-profile=srgb",
                "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
                f"--user-data-dir={self._home.name}", "--remote-debugging-port=0", *flags,
                "about:blank",
            ],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._port = self._wait_for_port()

    def _wait_for_port(self) -> int:
        file = Path(self._home.name) / "DevToolsActivePort"
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if file.exists() and "\n" in file.read_text():
                return int(file.read_text().splitlines()[0])
            assert self.process.poll() is None, "Chromium ended at once"
            time.sleep(0.05)
        raise AssertionError("Chromium did not start")

    def page(self) -> "Page":
        """A new tab."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self._port}/json/new?about:blank", method="PUT"
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return Page(json.load(answer)["webSocketDebuggerUrl"])

    def close(self) -> None:
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        self.process.kill()
        self.process.wait(10)
        with contextlib.suppress(OSError):
            self._home.cleanup()


class Page:
    """A tab: commands go out, and what the page says and asks for is noted."""

    def __init__(self, address: str) -> None:
        self._open = contextlib.ExitStack()
        self._socket = self._open.enter_context(
            connect(address, max_size=None, proxy=None, compression=None)
        )
        self._number = 0
        self.said: list[str] = []
        """Console errors and warnings, exceptions, and what the browser refused."""
        self.asked: list[str] = []
        """Every address that was asked for."""
        for room in ("Page", "Runtime", "Network", "Log", "DOM"):
            self.call(f"{room}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        number = self._number
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv(timeout=60))
            if message.get("id") == number:
                assert "error" not in message, (method, message["error"])
                return message["result"]
            self._note(message)

    def _note(self, message: dict[str, Any]) -> None:
        kind, params = message.get("method"), message.get("params", {})
        if kind == "Network.requestWillBeSent":
            self.asked.append(params["request"]["url"])
        elif kind == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.said.append(details.get("exception", {}).get("description", details["text"]))
        elif kind == "Runtime.consoleAPICalled" and params["type"] in {"error", "warning"}:
            self.said.append(str([part.get("value") for part in params["args"]]))
        elif kind == "Log.entryAdded" and params["entry"]["level"] in {"error", "warning"}:
            entry = params["entry"]
            self.said.append(f"{entry['text']} {entry.get('url', '')}")

    def run(self, script: str) -> Any:
        """The value of an expression; promises are waited for."""
        found = self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True,
            userGesture=True,
        )  # fmt: skip
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def wait(self, script: str, seconds: float = 60.0) -> Any:
        """The value of an expression as soon as it is true."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = self.run(script)
            if found:
                return found
            time.sleep(0.05)
        state = self.run("document.body.innerText")
        raise AssertionError(f"never true: {script}\n{state}\n{self.said}")

    def open(self, address: str) -> None:
        self.call("Page.navigate", url=address)
        self.wait("document.body?.dataset.ready === 'yes'")

    def size(self, width: int, height: int, *, mobile: bool = False) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height,
            deviceScaleFactor=1, mobile=mobile,
        )  # fmt: skip

    def scheme(self, name: str) -> None:
        self.call(
            "Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}]
        )

    def choose(self, path: Path, selector: str = "#file") -> None:
        """Give a file to an input, as the file dialogue does."""
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.call("DOM.setFileInputFiles", files=[str(path)], nodeId=node)

    def key(self, name: str, *, code: int, text: str = "", shift: bool = False) -> None:
        common = {"key": name, "windowsVirtualKeyCode": code, "modifiers": 8 if shift else 0}
        kind = "keyDown" if text else "rawKeyDown"
        self.call("Input.dispatchKeyEvent", type=kind, text=text, **common)
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def tab(self) -> str:
        """Press Tab; the id (or tag) of what has the focus then."""
        self.key("Tab", code=9)
        return self.run("document.activeElement.id || document.activeElement.tagName")

    def picture(self, path: Path, *, whole: bool = True, kind: str = "png") -> Path:
        found = self.call(
            "Page.captureScreenshot", format=kind, captureBeyondViewport=whole,
            **({"quality": 82} if kind == "jpeg" else {}),
        )  # fmt: skip
        path.write_bytes(base64.b64decode(found["data"]))
        return path

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self.call("Page.close")
        self._open.close()
