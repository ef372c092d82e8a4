"""What kind of machine pictures are rendered on: on one kind they are the same to the last bit."""

import hashlib
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Final

PACKAGES: Final = ("numpy", "numba", "opencv-python-headless", "simplejpeg")
"""Packages whose arithmetic ends up in the pixels, or in the files."""


def machine_kind() -> dict[str, str]:
    """Processor, its abilities and the versions of the packages that make pixels.

    Two machines of one kind render the same bytes. Others may round differently here and there.
    """
    facts = {"python": ".".join(platform.python_version_tuple()[:2]), **_processor()}
    return facts | {name: version(name) for name in PACKAGES}


def _processor() -> dict[str, str]:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return {"processor": platform.processor() or platform.machine(), "abilities": ""}
    said = {line.partition(":")[0].strip(): line.partition(":")[2].strip() for line in lines}
    flags = " ".join(sorted(said.get("flags", said.get("Features", "")).split()))
    return {
        "processor": said.get("model name", platform.machine()),
        "abilities": hashlib.sha256(flags.encode()).hexdigest()[:12],
    }
