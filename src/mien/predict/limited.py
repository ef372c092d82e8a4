"""Media from strangers, decoded in a child process of little memory and time."""

import contextlib
import json
import os
import subprocess
import threading
import time as clocks
from collections.abc import Generator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from select import select
from types import TracebackType
from typing import Any, Final

import numpy as np

from mien.errors import MienError
from mien.faces.image import MAX_BYTES
from mien.faces.warp import Image
from mien.predict.children import command, environment
from mien.predict.frames import ClipFrame

_MODULE: Final = "mien.predict.limited_child"
_REMEDY: Final = "export it again, smaller or in another format"
_START: Final = 60.0
"""Seconds that a child may take to start on a busy machine."""
_PIPE: Final = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """What a child may use."""

    seconds: float = 10.0
    """Of the clock and, apart from it, of the processor: for one photo, or for one frame."""
    memory: int = 1 << 30
    """Bytes that decoding may map beyond what the child needs to run at all."""
    pixels: int = 100_000_000
    """Of a photo or frame; more are refused before a byte of them is taken."""

    def words(self) -> str:
        """For the child's command line."""
        return json.dumps({"seconds": self.seconds, "memory": self.memory, "pixels": self.pixels})


class _Child:
    """A process that decodes, and what it says: lines of JSON, some followed by pixels."""

    def __init__(self, allowed: Allowance, *, kind: str) -> None:
        self._allowed = allowed
        self._process = subprocess.Popen(  # noqa: S603 - this Python, our own module
            command(_MODULE, kind, allowed.words()),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=environment(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1"),
        )  # fmt: skip
        self._held = bytearray()
        self._read_line(_START)

    def tell(self, content: bytes) -> None:
        """Send bytes; a child that is gone is noticed when it should answer."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(content)
            self._process.stdin.flush()
        except BrokenPipeError:
            return

    def listen(
        self, path: str | None, *, seconds: float | None = None
    ) -> tuple[dict[str, Any], Image | None]:
        """The next thing it says, with the pixels that come with it.

        Args:
            path: what messages call the file.
            seconds: to wait at most; as allowed by default.

        Raises:
            MienError: it refused, died, or took too long.
        """
        patience = self._allowed.seconds if seconds is None else seconds
        said = json.loads(self._read_line(patience, path))
        if "refusal" in said:
            refusal = said["refusal"]
            raise MienError(refusal["problem"], remedy=refusal["remedy"], path=path)
        if "shape" not in said:
            return said, None
        height, width = (int(side) for side in said["shape"])
        if height < 1 or width < 1 or height * width > self._allowed.pixels:
            raise self._failure("claims more pixels than are allowed", path)
        pixels = np.empty((height, width, 3), np.uint8)
        self._read_into(pixels.data.cast("B"), path)
        return said, pixels

    def end(self) -> None:
        """Kill it, whatever it does."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    @property
    def alive(self) -> bool:
        """Whether it can be told more."""
        return self._process.poll() is None

    def _read_line(self, seconds: float, path: str | None = None) -> bytes:
        until = clocks.monotonic() + seconds
        while (end := self._held.find(b"\n")) < 0:
            self._held += self._some(until, path)
            if len(self._held) > _PIPE and b"\n" not in self._held:
                raise self._failure("says what nobody understands", path)
        line = bytes(self._held[:end])
        del self._held[: end + 1]
        return line

    def _read_into(self, target: memoryview, path: str | None) -> None:
        until = clocks.monotonic() + self._allowed.seconds
        filled = min(len(self._held), len(target))
        target[:filled] = self._held[:filled]
        del self._held[:filled]
        while filled < len(target):
            part = self._some(until, path, most=len(target) - filled)
            target[filled : filled + len(part)] = part
            filled += len(part)

    def _some(self, until: float, path: str | None, *, most: int = _PIPE) -> bytes:
        """Some bytes of what it writes."""
        assert self._process.stdout is not None
        handle = self._process.stdout.fileno()
        ready, _, _ = select([handle], [], [], max(until - clocks.monotonic(), 0))
        if not ready:
            raise self._failure("takes longer to decode than it may", path)
        part = os.read(handle, min(most, _PIPE))
        if not part:
            raise self._failure("makes the decoder fail, or need more than it may use", path)
        return part

    def _failure(self, problem: str, path: str | None) -> MienError:
        self.end()
        return MienError(f"the file {problem}", remedy=_REMEDY, path=path)


class Decoder:
    """Decodes photos of strangers in one child, which is replaced when it dies; a context manager.

    Photos are decoded one at a time; several threads may share a decoder, or have one each.

    Args:
        seconds: for a photo, of the clock and of the processor.
        memory: bytes that decoding may map; a photo of n pixels needs about 8 n.
        pixels: larger photos are refused.
    """

    def __init__(
        self, *, seconds: float = 10.0, memory: int = 1 << 30, pixels: int = 100_000_000
    ) -> None:
        self._allowed = Allowance(seconds=seconds, memory=memory, pixels=pixels)
        self._child: _Child | None = None
        self._lock = threading.Lock()

    def photo(self, content: bytes, *, name: str | None = None) -> Image:
        """RGB pixels (height, width, 3) uint8 of an image file's bytes, as of `decode_image`.

        Args:
            content: the file.
            name: what messages call it.

        Raises:
            MienError: no sound image, or one that needs more than is allowed.
        """
        if len(content) > MAX_BYTES:
            raise MienError("the file is larger than 512 MB", remedy="shrink it", path=name)
        with self._lock:
            if self._child is None or not self._child.alive:
                self._replace()
            assert self._child is not None
            self._child.tell(len(content).to_bytes(8, "little") + content)
            _, pixels = self._child.listen(name)
        assert pixels is not None
        return pixels

    def close(self) -> None:
        """End the child."""
        with self._lock:
            if self._child is not None:
                self._child.end()
                self._child = None

    def __enter__(self) -> "Decoder":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _replace(self) -> None:
        if self._child is not None:
            self._child.end()
        self._child = _Child(self._allowed, kind="photos")


class LimitedClip:
    """A stranger's clip, decoded in a child that waits when its frames are not taken.

    In everything else like `mien.predict.clip.Clip`.

    Args:
        path: the file.
        seconds: for each frame, of the clock and of the processor.
        memory: bytes that decoding may map.

    Raises:
        MienError: it cannot be opened as a clip, or needs more than is allowed.
    """

    def __init__(self, path: Path | str, *, seconds: float = 10.0, memory: int = 1 << 30) -> None:
        self.path = Path(path)
        self.read_ahead = 2
        """Frames to take from the child before they are used."""
        self.decoded = 0
        """Frames decoded so far in the last pass."""
        self.damaged = 0
        """Frames that could not be decoded in the last pass."""
        self.problem = ""
        """Why the last pass ended early; empty if it did not."""
        self._allowed = Allowance(seconds=seconds, memory=memory)
        child = self._start({})
        try:
            facts, _ = child.listen(str(self.path))
        finally:
            child.end()
        self.rate = Fraction(*(int(part) for part in facts["rate"]))
        """Mean frames a second."""
        self.declared: int = int(facts["declared"])
        """Frames the file claims; 0 where it does not say."""
        self.duration: float = float(facts["duration"])
        """Seconds the file claims; 0 where it does not say."""
        self.width: int = int(facts["width"])
        """Of the frames as stored, px."""
        self.height: int = int(facts["height"])

    def frames(
        self,
        *,
        every: int = 1,
        start: float | None = None,
        end: float | None = None,
        first: int = 0,
    ) -> Generator[ClipFrame, None, None]:
        """Frames in order, as of `Clip.frames`.

        A child that dies or takes too long ends the iteration, and `problem` says so.

        Raises:
            MienError: no frame at all could be decoded.
        """
        self.decoded = self.damaged = 0
        self.problem = ""
        # what is skipped is decoded, too: at least as fast as it plays, or as 25 frames a second
        skipped = max(start or 0.0, 0.0) + (first + every) / 25
        asked = {"every": every, "start": start, "end": end, "first": first}
        child = self._start(asked, skipped=skipped)
        try:
            child.listen(str(self.path))
            while True:
                patience = self._allowed.seconds + skipped
                said, pixels = child.listen(str(self.path), seconds=patience)
                self.decoded, self.damaged = int(said["decoded"]), int(said["damaged"])
                if said.get("end"):
                    self.problem = str(said["problem"])
                    return
                yield ClipFrame(index=int(said["index"]), time=float(said["time"]), image=pixels)
        except MienError as problem:
            if self.decoded == 0:
                raise
            self.problem = problem.problem
        finally:
            child.end()

    def _start(self, asked: dict[str, Any], *, skipped: float = 0.0) -> _Child:
        child = _Child(self._allowed, kind="clip")
        seconds = self._allowed.seconds + skipped
        wanted = {"path": str(self.path.absolute()), "frames": asked, "seconds": seconds}
        child.tell(json.dumps(wanted).encode() + b"\n")
        return child
