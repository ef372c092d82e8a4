"""Human codes from ELAN's annotation files (.eaf): a tier a unit, an annotation an event.

The format is ELAN's EAF (Max Planck Institute for Psycholinguistics), of which this reads time
slots, tiers, time-aligned annotations and the name of the first video. No entity is expanded: a
file that declares a document type is refused.
"""

from dataclasses import dataclass, field
from math import nan
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlparse
from xml.parsers import expat

import numpy as np

from mien.errors import MienError
from mien.study.code_sheet import LATEST, Habits
from mien.study.coding import CodedEvent, EventCodes
from mien.study.notation import UNKNOWN, read_code, read_heading, read_level

LARGEST = 64 << 20
"""Bytes beyond which a file is not opened; hours of coding are a few megabytes."""
_REMEDY = "save the file again in ELAN"


@dataclass(frozen=True, kw_only=True)
class _Mark:
    tier: str
    first: str
    last: str
    value: str


@dataclass(kw_only=True)
class _Document:
    """What is gathered while the file is read from top to bottom."""

    slots: dict[str, float | None] = field(default_factory=dict)
    tiers: dict[str, str] = field(default_factory=dict)
    marks: list[_Mark] = field(default_factory=list)
    media: list[tuple[str, str]] = field(default_factory=list)
    root: str = ""
    unit: str = "milliseconds"
    tier: str = ""
    slot: tuple[str, str] | None = None
    text: list[str] | None = None

    def start(self, name: str, about: dict[str, str]) -> None:
        self.root = self.root or name
        if name == "HEADER":
            self.unit = about.get("TIME_UNITS", self.unit)
        elif name == "MEDIA_DESCRIPTOR":
            address = about.get("MEDIA_URL", "") or about.get("RELATIVE_MEDIA_URL", "")
            self.media.append((address, about.get("TIME_ORIGIN", "0")))
        elif name == "TIME_SLOT":
            value = about.get("TIME_VALUE")
            self.slots[about.get("TIME_SLOT_ID", "")] = None if value is None else float(value)
        elif name == "TIER":
            self.tier = about.get("TIER_ID", "")
            self.tiers[self.tier] = about.get("PARTICIPANT", "")
        elif name == "ALIGNABLE_ANNOTATION":
            self.slot = (about.get("TIME_SLOT_REF1", ""), about.get("TIME_SLOT_REF2", ""))
        elif name == "ANNOTATION_VALUE":
            self.text = []

    def characters(self, text: str) -> None:
        if self.text is not None:
            self.text.append(text)

    def end(self, name: str) -> None:
        if name == "ANNOTATION_VALUE" and self.slot is not None and self.text is not None:
            value = "".join(self.text).strip()
            self.marks.append(
                _Mark(tier=self.tier, first=self.slot[0], last=self.slot[1], value=value)
            )
        if name == "ANNOTATION_VALUE":
            self.text = None
        elif name == "ALIGNABLE_ANNOTATION":
            self.slot = None


def codes_of_elan(path: Path | str, habits: Habits) -> EventCodes:
    """Read the unit tiers of one file; tiers not named by a unit are left out.

    An annotation's value is an intensity (A to E, 1 to 5), a code ("12C"), "?" or 9 for "could not
    be coded", or anything else, which says no more than that the unit is present. A tier without
    annotations says that its unit never occurs. The clip is the first video's file name, else the
    file's own.

    Raises:
        MienError: too large, not EAF, a document type in it, a video with an offset, or no tier
            named by a unit.
    """
    file = Path(path)
    document = _parse(file)
    slots = _filled(document.slots)
    units = {
        tier: heading.unit for tier in document.tiers if (heading := read_heading(tier)) is not None
    }
    if not units:
        raise MienError(
            "no tier is named by a unit", remedy="name tiers AU12 or 12, one a unit", path=file
        )
    events = tuple(
        _event(file, mark, units[mark.tier], slots, habits.shift)
        for mark in document.marks
        if mark.tier in units
    )
    people = {document.tiers[tier] for tier in units if document.tiers[tier]}
    return EventCodes(
        source=_clip(file, document),
        subject=people.pop() if len(people) == 1 else "",
        units=tuple(sorted(set(units.values()) | set(habits.units))),
        events=events,
    )


def _parse(file: Path) -> _Document:
    if not file.is_file():
        raise MienError("there is no such file", remedy="check the path", path=file)
    if file.stat().st_size > LARGEST:
        raise MienError(
            f"the file is larger than {LARGEST >> 20} MiB",
            remedy="split it by tiers; a file of hours of codes is far smaller",
            path=file,
        )
    document = _Document()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = document.start
    parser.EndElementHandler = document.end
    parser.CharacterDataHandler = document.characters
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(file.read_bytes(), True)
    except _DocumentTypeError:
        raise MienError(
            "the file declares a document type, which ELAN's files do not",
            remedy=_REMEDY,
            path=file,
        ) from None
    except (expat.ExpatError, LookupError, ValueError) as problem:  # an encoding that is none
        raise MienError(f"not readable as EAF: {problem}", remedy=_REMEDY, path=file) from None
    if document.root != "ANNOTATION_DOCUMENT" or document.unit != "milliseconds":
        raise MienError("not an EAF file with times in milliseconds", remedy=_REMEDY, path=file)
    return document


class _DocumentTypeError(Exception):
    """A document type was declared."""


def _refuse(*_: object) -> None:
    raise _DocumentTypeError


def _filled(slots: dict[str, float | None]) -> dict[str, float]:
    """Seconds of every slot; those without a time lie evenly between their neighbours."""
    known = [at for at, value in enumerate(slots.values()) if value is not None]
    if not known:
        return {}
    given = [value for value in slots.values() if value is not None]
    names = list(slots)[known[0] : known[-1] + 1]
    seconds = np.interp(np.arange(known[0], known[-1] + 1), known, given) / 1000
    return dict(zip(names, seconds.tolist(), strict=True))


def _event(file: Path, mark: _Mark, unit: int, slots: dict[str, float], shift: float) -> CodedEvent:
    start, end = slots.get(mark.first, nan), slots.get(mark.last, nan)
    if not -LATEST < start <= end < LATEST:  # NaN too
        raise MienError(
            f"an annotation of tier {mark.tier} has no time, ends before it starts, or "
            "is beyond all clips",
            remedy=_REMEDY,
            path=file,
        )
    unsure = mark.value.lower() in UNKNOWN - {"", "-"}
    return CodedEvent(
        unit=unit, start=start + shift, end=end + shift,
        level=nan if unsure else _level(mark.value, unit), codable=not unsure,
    )  # fmt: skip


def _level(value: str, unit: int) -> float:
    try:
        return read_level(value)
    except ValueError:
        return dict(read_code(value) or ()).get(unit, nan)


def _clip(file: Path, document: _Document) -> str:
    if not document.media:
        return file.stem
    address, origin = document.media[0]
    if origin.strip() not in {"", "0"}:
        raise MienError(
            f"the video has an offset of {origin} ms against the annotations",
            remedy="save the file without a media offset, and give the shift in seconds instead",
            path=file,
        )
    return PurePosixPath(unquote(urlparse(address).path).replace("\\", "/")).name or file.stem
