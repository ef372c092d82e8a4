"""Results as they are committed: the figures with date, commit, machine, versions and command."""

import json
import os
import platform
import resource
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from mien import __version__, atomic

Table = tuple[str, Sequence[str], Sequence[Sequence[str]]]
"""Caption, header and rows."""


def circumstances(command: str) -> dict[str, str]:
    """When, from which commit, on what machine and with which versions figures were measured."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "commit": commit_of(Path(__file__).parent),
        "command": command,
        "machine": f"{os.cpu_count()} cores, {_processor()}, {platform.system()}",
        "python": platform.python_version(),
        "mien": __version__,
        "torch": version("torch"),
        "numpy": version("numpy"),
    }


def write_record(
    folder: Path,
    name: str,
    *,
    title: str,
    command: str,
    figures: Mapping[str, Any],
    tables: Sequence[Table],
    notes: Sequence[str] = (),
) -> Path:
    """Write `NAME.json` (everything) and `NAME.md` (tables to read) to a folder of results.

    Args:
        folder: such as docs/results.
        name: file name without ending.
        title: of the page.
        command: what measured them; anyone can type it.
        figures: the measurements, as JSON.
        tables: of the page.
        notes: sentences under the tables.

    Returns:
        The page.
    """
    when = circumstances(command)
    atomic.write_text(
        folder / f"{name}.json", json.dumps({**when, "figures": figures}, indent=1) + "\n"
    )
    lines = [f"# {title}", ""]
    lines += [f"{key}: {value}  " for key, value in when.items() if key != "command"]
    lines += ["", "```bash", command, "```", ""]
    for caption, header, rows in tables:
        lines += [f"**{caption}**", "", _row(header), _row(["---"] * len(header))]
        lines += [*map(_row, rows), ""]
    lines += [f"- {note}" for note in notes]
    page = folder / f"{name}.md"
    atomic.write_text(page, "\n".join(lines).rstrip() + "\n")
    return page


def spread(values: Sequence[float]) -> str:
    """Mean and standard deviation of some seeds."""
    if len(values) < 2:
        return f"{mean(values):.3f}"
    return f"{mean(values):.3f} ± {stdev(values):.3f}"


def peak_memory() -> float:
    """Largest resident size of this process and of any child it has waited for, in MB."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    unit = 1.0 if platform.system() == "Darwin" else 1024.0
    return max(own, children) * unit / 1e6


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def commit_of(folder: Path) -> str:
    """The commit of a checkout, and "-dirty" where files that results rest on have changed.

    Pages and records (`docs/`) are not among them: a bench that writes its own record would else
    call itself dirty.

    Args:
        folder: anywhere in the checkout.
    """
    changed = ("git", "status", "--porcelain", "--untracked-files=no", ":/", ":(top,exclude)docs")
    try:
        name, dirty = (
            subprocess.run(  # noqa: S603  git as the user has it
                words,
                capture_output=True,
                text=True,
                check=True,
                cwd=folder,
            ).stdout.strip()
            for words in (("git", "describe", "--always"), changed)
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{name}-dirty" if dirty else name


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
