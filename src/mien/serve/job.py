"""One clip on its way, and the process that reads it."""

import asyncio
import contextlib
import json
import os
import secrets
import shutil
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from mien.serve.points import FILE
from mien.serve.shapes import Problem
from mien.serve.watch import LOG
from mien.serve.worker import OUT, Task

State = Literal["waiting", "reading", "done", "failed"]
_LINE = 65_536


@dataclass(kw_only=True, eq=False)
class ClipJob:
    """A clip's state; its folder holds the clip until it is read, then the readings."""

    folder: Path
    task: Task
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    """Known only to who sent the clip: whoever knows it may see and delete the readings."""
    state: State = "waiting"
    frame: int = 0
    frames: int = 0
    rows: int = 0
    note: str = ""
    problem: Problem | None = None
    ended: float | None = None
    """When it was done or failed, on the monotonic clock."""
    _process: asyncio.subprocess.Process | None = None
    _stopped: bool = False

    @property
    def readings(self) -> Path:
        """The folder of the readings; there when the state is `done`."""
        return self.folder / OUT

    @property
    def points(self) -> Path:
        """The file of the landmarks; there when the state is `done`, if they were asked for."""
        return self.folder / FILE

    @property
    def open(self) -> bool:
        """Whether it still has to be read."""
        return self.state in {"waiting", "reading"}

    @property
    def progress(self) -> float:
        """0-1, of the frames that the file claims."""
        if self.state == "done":
            return 1.0
        return min(1.0, self.frame / self.frames) if self.frames else 0.0

    async def run(self, *, seconds: float) -> None:
        """Read the clip in its process; the clip is deleted whatever comes of it.

        A fault, such as a process that cannot be started, fails this clip and no other.

        Args:
            seconds: after which the process is killed.
        """
        self.state = "reading"
        try:
            async with asyncio.timeout(seconds):
                said, code = await self._read()
        except TimeoutError:
            said, code = {"error": "reading the clip took too long", "remedy": "cut it shorter"}, 0
        except Exception as problem:  # noqa: BLE001 - the clips after it must be read
            LOG.error("a fault: %s", type(problem).__name__)
            said, code = {"error": "the clip could not be read", "remedy": "send it again"}, 1
        finally:
            (self.folder / self.task.clip).unlink(missing_ok=True)
        self._end(said, code)

    def stop(self) -> None:
        """Kill the process and those it started, if it runs or is about to."""
        self._stopped = True
        process = self._process
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    def remove(self) -> None:
        """Delete all that is on disk."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    async def _read(self) -> tuple[dict[str, Any], int]:
        self._process = process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "mien.serve.worker",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=self.folder, start_new_session=True, limit=_LINE,
        )  # fmt: skip
        assert process.stdout is not None
        if self._stopped:  # while it was being started
            self.stop()
        try:
            await self._tell(process)
            return await self._hear(process.stdout), await process.wait()
        finally:  # however this ends, the process has ended before
            self.stop()
            await process.stdout.read()
            await process.wait()

    async def _tell(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            process.stdin.write(self.task.text().encode())
            await process.stdin.drain()
        process.stdin.close()

    async def _hear(self, stdout: asyncio.StreamReader) -> dict[str, Any]:
        """Note how far it is until it says no more; the last thing that it said."""
        said: dict[str, Any] = {}
        async for line in stdout:
            try:
                said = json.loads(line)
            except ValueError:
                continue
            self.frame = int(said.get("frame", self.frame))
            self.frames = int(said.get("frames", self.frames))
        return said

    def _end(self, said: dict[str, Any], code: int) -> None:
        self.ended = time.monotonic()
        if code == 0 and "rows" in said:
            self.state, self.rows, self.note = "done", said["rows"], said["note"]
            self.frame = self.frames
            return
        self.state = "failed"
        if "error" in said:
            self.problem = Problem(error=said["error"], remedy=said["remedy"])
        else:
            self.problem = Problem(
                error="the clip made its reader stop, or needed more memory or time than it may",
                remedy="export it again as MP4, smaller or shorter",
            )
