"""The reader end to end: frames a second, memory over time, the cold start, and where time goes."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import av
import cv2
import numpy as np

from mien.faces.landmarker import Landmarker
from mien.faces.networks import RunnerName
from mien.faces.template import CANONICAL
from mien.faces.threads import one_opencv_thread
from mien.lab.interview import Interview
from mien.lab.shows.clip_video import write_clip
from mien.predict.clip import Clip
from mien.predict.following import Follower
from mien.predict.layouts import Where, columns_of, layout
from mien.predict.model import Model
from mien.predict.predictor import TOGETHER
from mien.predict.quality import Limits
from mien.predict.scoring import Scorer, Seen

DECODE: Final = "decoding, to RGB"
FACES: Final = "landmarks, cuts and numbers"
CROP: Final = "crop"
NET: Final = "AU net"
REST: Final = "pose, quality, rows"
PARTS: Final[tuple[str, ...]] = (DECODE, FACES, CROP, NET, REST)
"""What a frame costs, in turn."""


@dataclass(frozen=True, kw_only=True)
class Spread:
    """A figure over its repeats."""

    median: float
    lowest: float
    highest: float

    @staticmethod
    def of(values: Sequence[float]) -> "Spread":
        """Of at least one value."""
        return Spread(median=statistics.median(values), lowest=min(values), highest=max(values))


@dataclass(frozen=True, kw_only=True)
class ReaderBench:
    """What `measure` found."""

    frames: int
    """Of the clip that was timed."""
    size: tuple[int, int]
    """Its width and height, px."""
    runner: str
    """What ran the landmark networks."""
    rate: Spread
    """Frames a second from the first frame's row to the last, by the clock; one process."""
    cores_used: Spread
    """Seconds of the processor, all threads, for a second by the clock."""
    cold: Spread
    """Seconds for one photo by a new process, from start to end."""
    memory_mb: tuple[float, ...]
    """Resident memory at even steps through the long clip, after its first tenth."""
    peak_mb: float
    """The most memory that reading the long clip took, of the process that reads."""
    parts: dict[str, Spread] = field(default_factory=dict)
    """Milliseconds of one core for a frame, by part."""

    @property
    def floor(self) -> float:
        """Frames a second of all cores, if they did nothing but decode, find and score."""
        cost = sum(self.parts[name].median for name in (DECODE, FACES, NET))
        return 1000 * _cores() / cost

    @property
    def drift(self) -> float:
        """Largest change of the memory, as a share of what it was after the first tenth."""
        first = self.memory_mb[0]
        return max(abs(one / first - 1) for one in self.memory_mb)


def measure(
    folder: Path,
    bundle: Path,
    *,
    width: int = 1280,
    height: int = 720,
    seconds: float = 12.0,
    loops: int = 5,
    long_loops: int = 60,
    repeats: int = 5,
    runner: RunnerName = "auto",
) -> ReaderBench:
    """Film a person of the lab and read the clip again and again.

    Args:
        folder: where clips and readings go.
        bundle: the model.
        width: of the clip, px.
        height: of the clip, px.
        seconds: that are filmed; the clip repeats them.
        loops: times the film stands in the clip that is timed.
        long_loops: times it stands in the one whose memory is watched.
        repeats: readings that count; one more goes before.
        runner: of the landmark networks.
    """
    film = folder / "film.mp4"
    scenario = Interview(subjects=1, frames=1, seconds=max(seconds, 1.0))
    write_clip(scenario, scenario.clips(0)[0], film, width=width, height=height, seconds=seconds)
    clip, long = repeat(film, folder / "clip.mp4", loops), folder / "long.mp4"
    photo = folder / "photo.png"
    first = next(iter(Clip(film).frames())).image
    assert first is not None
    cv2.imwrite(str(photo), np.ascontiguousarray(first[..., ::-1]))
    runs = [_read(clip, bundle, folder / f"out-{number}", runner) for number in range(repeats + 1)][
        1:
    ]
    watched = _read(repeat(film, long, long_loops), bundle, folder / "out-long", runner)
    cold = [_cold(photo, bundle, folder / f"photo-{n}", runner) for n in range(repeats + 1)][1:]
    found = [_parts(film, bundle, runner) for _ in range(repeats + 1)][1:]
    memory = [one / 1e6 for one in watched["memory"]]
    return ReaderBench(
        frames=int(runs[0]["frames"]),
        size=(width, height),
        runner=str(runs[0]["runner"]),
        rate=Spread.of([(one["frames"] - 1) / one["wall"] for one in runs]),
        cores_used=Spread.of([one["cpu"] / one["wall"] for one in runs]),
        cold=Spread.of(cold),
        memory_mb=tuple(memory[len(memory) // 10 :]),
        peak_mb=float(watched["peak"]) / 1e6,
        parts={name: Spread.of([one[name] for one in found]) for name in PARTS},
    )


def repeat(film: Path, out: Path, times: int) -> Path:
    """The same coded pictures, so many times on end; nothing is coded again."""
    with av.open(str(out), "w") as target:
        stream, shift = None, 0
        for _ in range(times):
            with av.open(str(film)) as source:
                video = source.streams.video[0]
                stream = target.add_stream_from_template(video) if stream is None else stream
                end = 0
                for packet in source.demux(video):
                    if packet.dts is None or packet.pts is None:
                        continue
                    end = max(end, packet.pts + (packet.duration or 1))
                    packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                    packet.stream = stream
                    target.mux(packet)
                shift += end
    return out


def _read(clip: Path, bundle: Path, out: Path, runner: str) -> dict[str, Any]:
    """One reading by a process of its own: what it says of its clock and memory."""
    words = [str(clip), str(bundle), str(out), runner]
    done = subprocess.run(  # noqa: S603 - this Python, our own module
        [sys.executable, "-P", "-m", "mien.bench.speed.reader_child", *words],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def _cold(photo: Path, bundle: Path, out: Path, runner: str) -> float:
    """Seconds that `mien predict` takes for one photo, Python's own start included."""
    words = ["predict", str(photo), "--bundle", str(bundle), "--out", str(out), "--runner", runner]
    began = time.monotonic()
    subprocess.run(  # noqa: S603 - this Python, our own module
        [sys.executable, "-P", "-m", "mien.cli.main", *words], capture_output=True, check=True
    )
    return time.monotonic() - began


def _parts(film: Path, bundle: Path, runner: RunnerName) -> dict[str, float]:
    """Milliseconds of one core for each part of a frame, one after the other in one thread."""
    spent: dict[str, float] = dict.fromkeys(PARTS, 0.0)
    with one_opencv_thread():
        landmarker = Landmarker(runner=runner)
        follower, model = Follower(landmarker, None), Model(bundle, threads=1)
        scorer = Scorer(model, landmarker, limits=Limits(), expressions=False)
        clip, group = Clip(film), list[Seen]()
        clip.threads = 1
        images = clip.frames()
        while True:
            with _timed(spent, DECODE):
                frame = next(images, None)
            if frame is not None and frame.image is not None:
                with _timed(spent, FACES):
                    faces, numbers = follower.find(frame.image, frame.time)
                group.append(Seen(image=frame.image, faces=faces, numbers=numbers))
            if frame is None or len(group) == TOGETHER:
                _score(group, model, scorer, spent)
                group = []
            if frame is None:
                break
    spent[REST] = max(spent[REST] - spent[CROP] - spent[NET], 0.0)  # it crops and scores as well
    return {name: 1000 * one / max(clip.decoded, 1) for name, one in spent.items()}


def _score(group: list[Seen], model: Model, scorer: Scorer, spent: dict[str, float]) -> None:
    """Time what is done to frames whose faces are known."""
    size, rows = model.bundle.size, layout("mien", columns_of(model.bundle))
    with _timed(spent, CROP):
        crops = [
            CANONICAL.crop(seen.image, one.landmarks, size) for seen in group for one in seen.faces
        ]
    with _timed(spent, NET):
        model.score(np.array(crops, np.uint8).reshape(-1, size, size, 3))
    with _timed(spent, REST):
        for readings in scorer.read_all(group):
            rows.rows(Where(source="", frame=0, time=0.0), readings, status="no face")


@contextmanager
def _timed(spent: dict[str, float], name: str) -> Iterator[None]:
    began = time.process_time()
    yield
    spent[name] += time.process_time() - began


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
