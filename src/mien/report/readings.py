"""The report of a reading: what `mien predict` wrote as one page, however long the clips are."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from typing import Final

from mien import __version__, atomic
from mien.errors import MienError
from mien.report.event_tables import COLUMNS, event_rows
from mien.report.face import Face, Rules, face_of, fates
from mien.report.face_section import Room, face_section
from mien.report.origin import method_section, origin_section, source_section
from mien.report.page import Block, Page, Section, Text, Tile, Tiles
from mien.report.page import write as write_page
from mien.report.photos import photo_rows, photo_section
from mien.report.stills import Album, Moment, Stills, apexes, still_blocks
from mien.study.events import Rule, rule_for
from mien.study.tables import Floats, Readings, Source, load, sources, tracks

MOST_PICTURES: Final = 24
"""Pictures in a report by default."""
_FACES: Final = 6
_PHOTO_ROWS: Final = 150
_NUMBERS, _CELLS, _EVENTS = 60_000, 30_000, 240
"""What all faces together may draw and list; a page of two hours is no larger."""


def write(
    reading: Path | str,
    out: Path | str,
    *,
    stills: Stills | None = None,
    most: int = MOST_PICTURES,
    keep: float = 0.8,
    rise: float | None = None,
    events: Path | str | None = None,
) -> Path:
    """Write the report of a reading: one HTML file that needs nothing else.

    Args:
        reading: folder or file that `mien predict` wrote, in layout `mien`.
        out: the page.
        stills: gives pictures of faces at given moments (`mien.predict.illustrate`); none if None.
        most: pictures at most.
        keep: share of a unit's threshold that an event must keep.
        rise: odds that an event must reach, over those of the face's own level
            (`mien.study.events.rule_for`); None for the threshold alone.
        events: also write all events to this CSV file.

    Returns:
        The page's path.

    Raises:
        MienError: no reading there, or a number out of range.
        OSError: a file cannot be written.
    """
    if most < 0 or not 0 <= keep <= 1:
        raise MienError(
            f"{most} pictures and {keep} of the threshold make no report",
            remedy="give 0 or more pictures, and a share from 0 to 1",
        )
    readings = load(reading)
    if events is not None:
        atomic.write_text(Path(events), events_csv(readings, keep=keep, rise=rise))
    return write_page(page(readings, stills=stills, most=most, keep=keep, rise=rise), out)


def page(
    readings: Readings,
    *,
    stills: Stills | None = None,
    most: int = MOST_PICTURES,
    keep: float = 0.8,
    rise: float | None = None,
) -> Page:
    """The report of a reading; arguments as of `write`."""
    found = sources(readings)
    rules = _rules(readings, keep, rise)
    faces, more = _longest(list(_faces(readings, found, rules)))
    photos = [each for each in found if each.photo and each.faces]
    rows = photo_rows(readings, photos, most=_PHOTO_ROWS)
    quota = most // max(len(faces) + bool(rows), 1)
    moments = [at for face in faces for at, _ in apexes(face, most=quota)]
    moments += [row.moment for row in rows if row.moment is not None][: most - len(moments)]
    album = _album(moments, stills)
    sections = [_summary(found, faces, more), origin_section(readings)]
    sections += _face_sections(readings, faces, album, quota)
    if rows:
        total = sum(len(each.rows) for each in photos)
        sections.append(photo_section(readings, rows, album, total=total))
    sections += [
        source_section(readings, found),
        method_section(readings, keep, rise, pictures=bool(album)),
    ]
    return Page(
        title=_heading(found),
        lead=_lead(readings),
        sections=tuple(sections),
        footer=f"mien {__version__}, from {readings.path.name}",
    )


def events_csv(readings: Readings, *, keep: float = 0.8, rise: float | None = None) -> str:
    """All events of all faces of all clips as CSV; a cell is empty where nothing is known."""
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    table.writeheader()
    for face in _faces(readings, sources(readings), _rules(readings, keep, rise)):
        for row in event_rows(face):
            table.writerow(row)
    return text.getvalue()


def _rules(readings: Readings, keep: float, rise: float | None) -> Rules:
    levels = readings.thresholds()

    def rule(unit: int, values: Floats) -> Rule:
        return rule_for(levels[unit], keep=keep, rise=rise, values=values)

    return rule


def _faces(readings: Readings, found: Sequence[Source], rules: Rules) -> Iterator[Face]:
    for source in found:
        if source.photo or not source.faces:
            continue
        fate = fates(readings, source)
        for track in tracks(readings, source):
            if len(track.rows):
                yield face_of(readings, track, rules, fate)


def _longest(faces: list[Face]) -> tuple[list[Face], int]:
    """The faces scored longest, in the table's order, and how many are left out."""
    order = sorted(range(len(faces)), key=lambda place: -faces[place].scored_seconds)
    kept = [faces[place] for place in sorted(order[:_FACES])]
    return kept, len(faces) - len(kept)


def _album(moments: Sequence[Moment], stills: Stills | None) -> Album:
    """The pictures that could be had, by their moment."""
    if stills is None or not moments:
        return {}
    pictures = zip(moments, stills(moments), strict=True)
    return {moment: image for moment, image in pictures if image is not None}


def _face_sections(
    readings: Readings, faces: Sequence[Face], album: Album, quota: int
) -> list[Section]:
    count = max(len(faces), 1)
    lanes = count * max(2 * len(readings.units) + len(readings.expressions) + 5, 1)
    room = Room(
        buckets=min(max(_NUMBERS // (4 * lanes), 50), 1200),
        columns=min(max(_CELLS // (count * max(len(readings.units), 1)), 60), 600),
        events=max(_EVENTS // count, 20),
    )
    purpose = str(readings.provenance.get("purpose") or "")
    return [
        face_section(
            face, title=_title(face), group=f"face{number}", room=room, purpose=purpose,
            pictures=still_blocks(apexes(face, most=quota), album),
        )
        for number, face in enumerate(faces)
    ]  # fmt: skip


def _summary(found: Sequence[Source], faces: Sequence[Face], more: int) -> Section:
    photos = [each for each in found if each.photo]
    clips = [each for each in found if not each.photo]
    read = [each for each in clips if len(each.times)]
    seconds = sum(float(each.times[-1] - each.times[0]) + each.step for each in read)
    events = sum(len(each) for face in faces for each in face.events.values())
    tiles = [Tile(label="clips", value=f"{len(clips):,}", note=f"{seconds:.1f} s together")]
    tiles += [Tile(label="photos", value=f"{len(photos):,}")] if photos else []
    if faces:
        tiles += [
            Tile(label="faces followed", value=f"{len(faces) + more:,}"),
            Tile(
                label="events",
                value=f"{events:,}",
                note="" if not more else f"of {len(faces):,} faces",
            ),
        ]
    blocks: list[Block] = [Tiles(tiles=tuple(tiles))]
    if more:
        said = (
            f"The {len(faces)} faces that were scored longest have a section each; {more:,} others "
            "are in the table only. “mien report --events FILE” writes the events of all."
        )
        blocks.append(Text(paragraphs=(said,), kind="note"))
    return Section(title="In short", blocks=tuple(blocks))


def _title(face: Face) -> str:
    return f"{PurePath(face.track.source.name).name}, face {face.track.face}"


def _heading(found: Sequence[Source]) -> str:
    if len(found) == 1:
        return f"Reading of {PurePath(found[0].name).name}"
    return f"Reading of {len(found):,} files"


def _lead(readings: Readings) -> str:
    model = readings.provenance.get("model", {}).get("name")
    by = f"Read by {model}. " if model else ""
    return f"{by}Facial action units over time, with the moments at which they come and go."
