"""The child that `mien.predict.limited` decodes in: `python -m mien.predict.limited_child`.

`photos`: on the input, again and again, a length (8 bytes, little-endian) and an image file.
`clip`: one line of JSON with a path and what to read of it.
Either way it answers with lines of JSON, those with a `shape` followed by that many pixels.
"""

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any, BinaryIO

import cv2

from mien.errors import MienError
from mien.faces.image import decode_image
from mien.faces.warp import Image
from mien.predict.clip import Clip


def main(words: list[str]) -> int:
    """Decode what is sent, within limits; the exit code."""
    kind, allowed = words[0], json.loads(words[1])
    cv2.setNumThreads(1)
    confine(allowed["memory"])
    out = sys.stdout.buffer
    _say(out, {"ready": True})
    try:
        if kind == "photos":
            _photos(sys.stdin.buffer, out, allowed)
        else:
            _clip(sys.stdin.buffer, out, allowed)
    except BrokenPipeError:  # nobody listens any more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def confine(memory: int) -> None:
    """Let this process map so many bytes more, write no file, dump no core, start nothing."""
    pages = int(Path("/proc/self/statm").read_text().split()[0]) if _LINUX else 1 << 20
    most = pages * resource.getpagesize() + memory
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def grant(seconds: float) -> None:
    """Let it use so much more of the processor; the kernel ends it after that."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = used.ru_utime + used.ru_stime
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(spent + seconds) + 1, most))


def _photos(asked: BinaryIO, out: BinaryIO, allowed: dict[str, Any]) -> None:
    while len(length := asked.read(8)) == 8:
        content = asked.read(int.from_bytes(length, "little"))
        grant(allowed["seconds"])
        try:
            image = decode_image(content)
            _check(image, allowed["pixels"])
        except MienError as problem:
            _refuse(out, problem)
        except MemoryError:
            _refuse(out, MienError("the image needs more memory than it may", remedy="shrink it"))
        else:
            _show(out, {}, image)


def _clip(asked: BinaryIO, out: BinaryIO, allowed: dict[str, Any]) -> None:
    told = json.loads(asked.readline())
    seconds = float(told["seconds"])
    grant(seconds)
    try:
        clip = Clip(told["path"])
        clip.threads = _THREADS
        facts = {"declared": clip.declared, "duration": clip.duration, "width": clip.width}
        ratio = [clip.rate.numerator, clip.rate.denominator]
        _say(out, {**facts, "height": clip.height, "rate": ratio})
        if not told["frames"]:
            return
        for frame in clip.frames(**told["frames"]):
            counts = {"decoded": clip.decoded, "damaged": clip.damaged}
            said = {"index": frame.index, "time": frame.time, **counts}
            if frame.image is None:
                _say(out, said)
            else:
                _check(frame.image, allowed["pixels"])
                _show(out, said, frame.image)
            grant(seconds)
        counts = {"decoded": clip.decoded, "damaged": clip.damaged}
        _say(out, {"end": True, "problem": clip.problem, **counts})
    except MienError as problem:
        _refuse(out, problem)
    except MemoryError:
        _refuse(out, MienError("the clip needs more memory than it may", remedy="shrink it"))


def _check(image: Image, most: int) -> None:
    if image.shape[0] * image.shape[1] > most:
        raise MienError(
            f"it has {image.shape[1]} x {image.shape[0]} px; the limit is {most}",
            remedy="shrink it",
        )


def _show(out: BinaryIO, said: dict[str, Any], image: Image) -> None:
    _say(out, {**said, "shape": image.shape[:2]})
    out.write(image.data)
    out.flush()


def _say(out: BinaryIO, said: dict[str, Any]) -> None:
    out.write(json.dumps(said).encode() + b"\n")
    out.flush()


def _refuse(out: BinaryIO, problem: MienError) -> None:
    _say(out, {"refusal": {"problem": problem.problem, "remedy": problem.remedy}})


_LINUX = sys.platform == "linux"
_THREADS = 2
"""Of the video decoder: each takes memory of its own, and a large machine would start many."""

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
