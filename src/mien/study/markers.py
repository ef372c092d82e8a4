"""What was shown to whom and when: stimulus markers from CSV or BIDS, as windows of clips."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf, isnan
from pathlib import Path

from mien.errors import MienError
from mien.study import sheet
from mien.study.code_sheet import DURATION, END, SOURCE, START, SUBJECT
from mien.study.pairing import find_clip, stem

CONDITION = ("condition", "trial_type", "stimulus", "phase", "label", "event")
"""Plain names of the column; the first that is there is read."""
_TRIAL = ("trial", "trial_number", "trial_index", "trial_no")
_BIDS = "_events"
"""End of the stem of a BIDS file of events; what stands before it names the clip."""


@dataclass(frozen=True, kw_only=True)
class Marker:
    """One window of one clip."""

    source: str
    """The clip, by its name in the table of readings."""
    subject: str
    condition: str
    trial: int
    """Number of the trial among those of its subject and condition, from 1, unless the sheet
    says."""
    start: float
    """Seconds; minus infinity for a whole clip."""
    end: float
    """Seconds; infinity for a whole clip."""


def load_markers(
    path: Path | str, sources: Sequence[str], *, window: tuple[float, float] | None = None
) -> list[Marker]:
    """Read markers and find their clips.

    Args:
        path: a CSV, TSV or Parquet file, or a folder of BIDS files `*_events.tsv`.
        sources: names of the clips that there are.
        window: seconds from each start to the window's two ends; by default the marker's own.

    Raises:
        MienError: nothing there, no condition, a clip that is not in the reading, or a window that
            ends before it starts.
    """
    named = Path(path)
    if window is not None and not window[0] < window[1]:
        raise MienError(
            f"the window from {window[0]} to {window[1]} s holds no time",
            remedy="give its start before its end, in seconds from each marker",
        )
    files = [named]
    if named.is_dir():
        files = sorted(named.rglob(f"*{_BIDS}.tsv"))
        if not files:
            raise MienError(
                "no *_events.tsv is in the folder", remedy="name a CSV file of markers", path=named
            )
    found = [marker for file in files for marker in _of_file(file, sources, window)]
    if not found:
        raise MienError("there is not one marker", remedy="give a row a window", path=named)
    return _numbered(found)


def _of_file(
    file: Path, sources: Sequence[str], window: tuple[float, float] | None
) -> list[Marker]:
    page = sheet.read(file)
    column = page.find(*CONDITION)
    if column is None:
        raise MienError("no column says the condition", remedy="add a column condition", path=file)
    starts, ends = page.seconds(*START), page.seconds(*END)
    lengths, trials = page.seconds(*DURATION), page.numbers(page.find(*_TRIAL))
    named, people = page.text(page.find(*SOURCE)), page.text(page.find(*SUBJECT))
    found = []
    for row, condition in enumerate(page.text(column)):
        if condition.lower() in {"", "n/a"}:
            continue
        source = _source(file, named[row], sources)
        start = -inf if starts is None or isnan(starts[row]) else starts[row]
        end = inf
        if ends is not None and not isnan(ends[row]):
            end = ends[row]
        elif lengths is not None and not isnan(lengths[row]):
            end = start + lengths[row]
        if window is not None:
            start, end = start + window[0], start + window[1]
        if not start < end:
            raise MienError(
                f"row {row + 1}: the window ends where it starts, or before",
                remedy="mend the row, or give every marker a window with --window",
                path=file,
            )
        found.append(
            Marker(
                source=source, subject=people[row] or _person(file) or stem(source),
                condition=condition, trial=0 if isnan(trials[row]) else int(trials[row]),
                start=start, end=end,
            )
        )  # fmt: skip
    return found


def _source(file: Path, name: str, sources: Sequence[str]) -> str:
    """The clip of a row: the one it names, the one the BIDS file is about, or the only one."""
    if name.lower() not in {"", "n/a"}:
        at = find_clip(name, sources)
    elif file.stem.endswith(_BIDS):
        prefix = file.stem.removesuffix(_BIDS).lower()
        fitting = [
            at for at, each in enumerate(sources)
            if stem(each) == prefix or stem(each).startswith(f"{prefix}_")
        ]  # fmt: skip
        at, name = (fitting[0] if len(fitting) == 1 else None), prefix
    elif len(sources) == 1:
        at = 0
    else:
        raise MienError(
            "no column says which clip a marker belongs to",
            remedy="add a column source with the clip's file name",
            path=file,
        )
    if at is None:
        raise MienError(
            f"the reading holds no clip {name}, or several",
            remedy="let the column source name one file that was read",
            path=file,
        )
    return sources[at]


def _person(file: Path) -> str:
    """The subject that a BIDS file's name states: `sub-01_...` is "01"."""
    found = re.match(r"sub-([A-Za-z0-9]+)_", file.name)
    return found[1] if found and file.stem.endswith(_BIDS) else ""


def _numbered(markers: list[Marker]) -> list[Marker]:
    seen: Counter[tuple[str, str]] = Counter()
    numbered = []
    for marker in markers:
        key = (marker.subject, marker.condition)
        seen[key] += 1
        numbered.append(marker if marker.trial else replace(marker, trial=seen[key]))
    return numbered
