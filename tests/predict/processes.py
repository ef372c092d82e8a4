"""Children of this process, by the module they run."""

import os
from pathlib import Path


def children(module: str) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            words = (folder / "cmdline").read_bytes()
        except OSError:  # it ended meanwhile
            continue
        if parent == os.getpid() and module.encode() in words:
            found.append(int(folder.name))
    return found
