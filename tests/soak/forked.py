"""One case, one child: forked from a server that has done the imports, limited, and outlived."""

import os
import resource
import signal
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path

from engine import children  # sets its own list of imports, which the one below replaces
from mien.errors import MienError

# Arrow's own allocator maps more than a gigabyte at its first request.
os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"
_CONTEXT = children._CONTEXT
# One server for all of pytest: what `engine.children` wants, and what `soak.cases` imports.
_CONTEXT.set_forkserver_preload(
    [
        "mien.engine.train",
        "torch._dynamo",
        "mien.data.verify",
        "mien.faces.image",
        "mien.predict.batch",
        "pytest",
    ]
)

CPU_SECONDS = 20
EXTRA_MEMORY = 2**30
"""Bytes a child may map beyond what it has mapped when it begins."""


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How a child ended."""

    kind: str
    """"returned", "refused" (MienError), "os error", "raised", "died" or "hung"."""
    said: object = None
    """What it returned, or the error in words."""


def run(function, *args, seconds=60.0, file_bytes=None) -> Ending:
    """Call a function of `soak.cases` in a child.

    Args:
        function: what to call, by reference.
        args: its arguments.
        seconds: by the clock, after which the child is killed.
        file_bytes: the largest file it may write, as on a disk that is full.
    """
    ours, theirs = _CONTEXT.Pipe(duplex=False)
    child = _CONTEXT.Process(target=_call, args=(theirs, function, args, file_bytes), daemon=True)
    child.start()
    theirs.close()
    try:
        if not ours.poll(seconds):
            return Ending(kind="hung")
        try:
            kind, said = ours.recv()
        except EOFError:
            child.join(10)
            return Ending(kind="died", said=child.exitcode)
        child.join(10)
        if child.exitcode != 0:
            return Ending(kind="died", said=(child.exitcode, kind, said))
        return Ending(kind=kind, said=said)
    finally:
        child.kill()
        child.join()
        ours.close()


def _call(pipe, function, args, file_bytes) -> None:
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (mapped + EXTRA_MEMORY, mapped + EXTRA_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if file_bytes is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    silence = os.open(os.devnull, os.O_WRONLY)  # decoders complain on stderr
    os.dup2(silence, sys.stderr.fileno())
    pipe.send(_outcome(function, args))
    pipe.close()


def _outcome(function, args):
    try:
        return "returned", function(*args)
    except MienError as error:
        return "refused", str(error)
    except OSError as error:
        return "os error", str(error)
    except Exception:  # noqa: BLE001  whatever else comes is what the proof looks for
        return "raised", traceback.format_exc()
