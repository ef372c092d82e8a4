"""Freeze lab-1: render its small size whole and a sample of every part, and keep what came out.

Done once for each number. A changed lab is refused here: it needs a new number.

    python scripts/freeze_lab.py --work /tmp/lab-1 --jobs 2
"""

import argparse
import subprocess
import sys
from pathlib import Path

from mien import atomic, lab
from mien.data import jpeg
from mien.lab.corpus.frozen import record_path, write_record
from mien.lab.corpus.reference import compare, keep, sample
from mien.lab.corpus.release import SIZES, Release, ReleasePart, Size, make_release
from mien.lab.lab_1 import NAME, lab_1
from mien.lab.shows.preview import grid_sheet

CODE = Path(lab.__file__).parent
PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
REFERENCE = Path(__file__).parent.parent / "tests" / "lab" / NAME


def main() -> int:
    """Render, keep the sample, write the record."""
    parser = argparse.ArgumentParser(description="Freeze lab-1.")
    parser.add_argument("--work", type=Path, required=True, help="folder of the rendered stores")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    options = parser.parse_args()
    if record_path(NAME).exists():
        print(f"{NAME} is frozen already: {record_path(NAME)}", file=sys.stderr)
        return 2
    if _git("status", "--short", "--", str(CODE)):
        print(f"{CODE} differs from what is committed: commit it first", file=sys.stderr)
        return 2
    releases: dict[Size, Release] = {size: lab_1(size) for size in SIZES}
    made = make_release(
        releases["small"],
        options.work,
        jobs=options.jobs,
        progress=lambda done, planned: print(f"\r{done}/{planned}", end="", flush=True),
    )
    print()
    keep(sample(releases["small"]), REFERENCE)
    agreement = compare(releases["small"], REFERENCE)
    if not agreement.holds:
        print(f"two renderings of the sample differ: {agreement}", file=sys.stderr)
        return 1
    commit = _git("log", "-1", "--format=%h", "--", str(CODE))
    print(write_record(releases, {"small": made.contents}, commit=commit))
    print(REFERENCE)
    for part in releases["small"].parts:
        print(_sheet(part))
    return 0


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], capture_output=True, text=True, check=True, cwd=CODE)
    return done.stdout.strip()


def _sheet(part: ReleasePart) -> Path:
    """A page of a part's first clips for the docs, as a JPEG."""
    columns = 8 if part.name.startswith("interview") else 12
    sheet = grid_sheet(part.scenario, seed=part.seed, columns=columns, lines=48 // columns, size=80)
    path = PICTURES / f"{NAME}-{part.name}.jpg"
    atomic.write_bytes(path, jpeg.encode(sheet, quality=85))
    return path


if __name__ == "__main__":
    sys.exit(main())
