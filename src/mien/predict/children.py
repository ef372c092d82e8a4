"""How a process of this very Python and this very mien is started."""

import os
import sys
from pathlib import Path

import mien


def command(module: str, *words: str) -> list[str]:
    """What runs a module of ours; the folder one happens to be in is not searched for others."""
    return [sys.executable, "-P", "-m", module, *words]


def environment(**more: str) -> dict[str, str]:
    """Our environment, in which a child finds the mien that is running."""
    root = str(Path(mien.__file__).parent.parent)
    known = os.environ.get("PYTHONPATH")
    path = root if not known else f"{root}{os.pathsep}{known}"
    return {**os.environ, "PYTHONPATH": path, **more}
