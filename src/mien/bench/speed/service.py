"""`mien serve` under load: its rate, its delay at 70 % of that, and what it does with too much."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
import cv2

from mien.bench.speed.service_load import Load, Target, at_rate, at_will, until_calm
from mien.errors import MienError
from mien.lab.interview import Interview
from mien.lab.shows.clip_video import write_clip

_EDGE = b"mien-bench-edge"
_CALM = 0.25


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """One part of the bench."""

    name: str
    load: Load
    cpu_seconds: float
    """CPU time of the service and its decoders meanwhile."""
    load_seconds: float
    """CPU time that sending took, in this process."""


@dataclass(frozen=True, kw_only=True)
class ServiceBench:
    """What `measure` found."""

    stretches: tuple[Stretch, ...]
    """As many as it can; 70 % of that; five times that."""
    recovery: float
    """Seconds after the overload until ten photos in a row were each read within 250 ms."""
    idle_mb: float
    """Resident memory of the service before the first photo."""
    peak_mb: float
    """Its largest."""
    photo_bytes: int


def measure(
    bundle: Path | None, *, photo: Path | None, clients: int, seconds: float, over: float = 5.0
) -> ServiceBench:
    """Start the service, put load on it, and stop it.

    Args:
        bundle: the model; the shipped one by default.
        photo: what is posted; by default one face of the lab, 640 x 480, JPEG.
        clients: of the first part.
        seconds: of each part.
        over: how many times its rate the last part sends.

    Raises:
        MienError: the service does not start, or reads nothing.
    """
    content = lab_photo() if photo is None else photo.read_bytes()
    with running(bundle) as (process, port):
        target = Target(port=port, request=request(content))
        idle = _memory(process.pid, "VmRSS")
        stretches = _stretches(target, process.pid, clients=clients, seconds=seconds, over=over)
        recovery = asyncio.run(until_calm(target, within=_CALM, most=60.0))
        peak = _memory(process.pid, "VmHWM")
    return ServiceBench(
        stretches=stretches, recovery=recovery, idle_mb=idle, peak_mb=peak,
        photo_bytes=len(content),
    )  # fmt: skip


def _stretches(
    target: Target, pid: int, *, clients: int, seconds: float, over: float
) -> tuple[Stretch, ...]:
    """The three parts, one after the other."""
    asyncio.run(at_will(target, clients=2, seconds=min(2.0, seconds)))  # warm
    most = _stretch("as many as it can", pid, at_will(target, clients=clients, seconds=seconds))
    rate = most.load.read_a_second
    if rate == 0:
        raise MienError(
            f"the service read nothing (answers by status: {dict(most.load.statuses)})",
            remedy="name another --photo, or read it with `mien predict` to see why",
        )
    calm = _stretch("70 % of that", pid, at_rate(target, rate=0.7 * rate, seconds=seconds))
    name = f"{over:g} times that"
    much = _stretch(name, pid, at_rate(target, rate=over * rate, seconds=seconds))
    return most, calm, much


@contextmanager
def running(bundle: Path | None) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The service in a process of its own, and its port.

    Raises:
        MienError: it does not start.
    """
    command = [sys.executable, "-m", "mien.cli.main", "serve", "--port", "0", "--quiet"]
    command += [] if bundle is None else ["--bundle", str(bundle)]
    process = subprocess.Popen(  # noqa: S603 - our own command
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if "http://127.0.0.1:" not in line:
            raise MienError(
                "the service did not start", remedy="run `mien serve` by itself to see why"
            )
        yield process, int(line.split("127.0.0.1:")[1].split("/")[0])
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(30)
        if process.stdout is not None:
            process.stdout.close()


def request(photo: bytes) -> bytes:
    """POST /read of one photo."""
    body = (
        b"--" + _EDGE + b'\r\nContent-Disposition: form-data; name="image"; filename="f"\r\n\r\n'
        + photo + b"\r\n--" + _EDGE + b"--\r\n"
    )  # fmt: skip
    head = (
        b"POST /read HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary="
        + _EDGE + b"\r\nContent-Length: " + str(len(body)).encode() + b"\r\n\r\n"
    )  # fmt: skip
    return head + body


def lab_photo(width: int = 640, height: int = 480) -> bytes:
    """One face of the lab as JPEG."""
    scenario = Interview(subjects=2)
    clip = scenario.clips(0)[0]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "face.mp4"
        write_clip(scenario, clip, path, width=width, height=height, seconds=1 / clip.fps)
        with av.open(str(path)) as container:
            image = next(container.decode(video=0)).to_ndarray(format="bgr24")
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()


def _stretch(name: str, pid: int, sending: Coroutine[None, None, Load]) -> Stretch:
    before, own = _cpu(pid), time.process_time()
    load = asyncio.run(sending)
    own = time.process_time() - own
    return Stretch(name=name, load=load, cpu_seconds=_cpu(pid) - before, load_seconds=own)


def _cpu(pid: int) -> float:
    """CPU seconds so far of a process and of its children that live (Linux)."""
    ticks = 0
    for one in _family(pid):
        fields = Path(f"/proc/{one}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _memory(pid: int, name: str) -> float:
    """A line of /proc/PID/status, of a process and its children together, MB."""
    kilobytes = 0
    for one in _family(pid):
        for line in Path(f"/proc/{one}/status").read_text(encoding="ascii").splitlines():
            kilobytes += int(line.split()[1]) if line.startswith(f"{name}:") else 0
    return kilobytes / 1000


def _family(pid: int) -> list[int]:
    """A process and its children: here those that decode photos."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [pid, *(int(one) for each in lists for one in each.read_text(encoding="ascii").split())]
