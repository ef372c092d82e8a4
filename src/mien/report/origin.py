"""Where a reading comes from and what may be done with it: the first and last part of a report."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any, Final

from mien.report.face import OK
from mien.report.page import Block, Details, Facts, Section, Table, Text
from mien.study.events import REST, Rule
from mien.study.tables import Readings, Source

WARNING: Final = (
    "Probabilities that units of facial movement are visible, as a model says. They are no "
    "measure of what somebody feels, thinks or intends, and nothing should be decided about "
    "anyone by them."
)
"""Stands in every report, whatever the model says of itself."""
_LISTED: Final = 100


def origin_section(readings: Readings) -> Section:
    """Model, settings, purpose and digests, and what the model must not be used for."""
    said = readings.provenance
    model = said.get("model", {})
    warning = [WARNING]
    if model.get("statement"):
        warning.append(f"The model's own statement: {model['statement']}")
    blocks: list[Block] = [Text(paragraphs=tuple(warning), kind="warning")]
    if not said:
        missing = "No provenance.json lies beside the table: what made it is not known here."
        return Section(
            title="What made this", blocks=(*blocks, Text(paragraphs=(missing,), kind="note"))
        )
    facts = [
        ("model", model.get("name")),
        ("licence of the model", model.get("licence")),
        ("purpose stated", said.get("purpose")),
        ("read at", said.get("created")),
        ("mien", said.get("mien")),
    ]
    more = [
        ("model's SHA-256", model.get("sha256")),
        ("its training run", model.get("run_digest")),
        ("table read", str(readings.path)),
        *_flat("template", said.get("template", {})),
        *_flat("landmarks", said.get("landmarker", {})),
        *_flat("setting", said.get("settings", {})),
        *_flat("version", said.get("versions", {})),
    ]
    blocks.append(Facts(facts=_known(facts)))
    blocks.append(
        Details(summary="Digests, settings, versions", blocks=(Facts(facts=_known(more)),))
    )
    return Section(title="What made this", blocks=tuple(blocks))


def source_section(readings: Readings, found: Sequence[Source]) -> Section:
    """Every photo and clip with what became of it."""
    records = {each.get("source"): each for each in readings.provenance.get("sources", ())}
    rows = [_source_row(readings, each, records.get(each.name, {})) for each in found[:_LISTED]]
    more = len(found) - len(rows)
    return Section(
        title="Sources",
        blocks=(
            Table(
                header=("file", "frames", "seconds", "faces", "rows by status", "SHA-256"),
                rows=tuple(rows),
                caption=f"{len(found):,} files" + (f"; {more:,} are left out here" if more else ""),
                prose=(4,),
            ),
        ),
    )


def method_section(
    readings: Readings, keep: float, rise: float | None, *, pictures: bool
) -> Section:
    """How events are found, how exact their times are, and what the page holds of people.

    Args:
        readings: the table.
        keep: share of the threshold that an event keeps.
        rise: odds that it reaches, over those of the face's own level.
        pictures: whether there are any.
    """
    rule = Rule()
    events = (
        "An event of a unit begins where its probability rises through a lower level "
        f"({keep:.0%} of the unit's threshold), reaches the threshold, and ends where it falls "
        "through the lower level again; the curve is taken to run straight between frames. Its "
        f"apex is its highest frame. Events less than {rule.join:g} s apart are one; shorter than "
        f"{rule.shortest:g} s, they are dropped. Frames that were not scored are bridged for up to "
        f"{rule.bridge:g} s; beyond that they end what is under way, and the event is marked as "
        "open at that end."
    )
    if rise is not None:
        events += (
            f" An event also reaches {rise:g} times the odds of the face's own level, the "
            f"{REST:.0%} quantile of its scores; the higher of both is shown as threshold."
        )
    faces = (
        "This page holds pictures of faces. Whoever has the page has them: treat it as you treat "
        "the recording. “mien report --no-pictures” leaves them out."
    )
    privacy = faces if pictures else "This page holds no picture of anyone."
    return Section(
        title="How to read this page",
        blocks=(
            Text(paragraphs=(events, " ".join(_times(readings)))),
            Text(paragraphs=(privacy,), kind="note"),
        ),
    )


def _times(readings: Readings) -> list[str]:
    """What the times are, and what makes them less exact than the frames are."""
    settings = readings.provenance.get("settings", {})
    said = ["Times are those of the frames themselves, in seconds from the clip's own zero."]
    every = settings.get("every")
    if isinstance(every, int) and every > 1:
        said.append(
            f"Only one frame of {every} was read: onset, apex and offset are as exact as those "
            "frames lie close, and what came and went between two of them is not here."
        )
    steady = settings.get("smoothing")
    if isinstance(steady, Mapping) and steady.get("delay_at_rest_s"):
        said.append(
            f"The scores were smoothed ({steady.get('name')}) by what went before alone: onsets, "
            f"apexes and offsets come late, slow ones by {steady['delay_at_rest_s']:.2f} s, and "
            "short peaks are lower."
        )
    return said


def _source_row(readings: Readings, source: Source, record: Mapping[str, Any]) -> tuple[str, ...]:
    counts: dict[str, int] = {}
    for status in readings.table["status"].take(source.rows).to_pylist():
        counts[status] = counts.get(status, 0) + 1
    statuses = ", ".join(
        f"{count:,} {'scored' if status == OK else status}" for status, count in counts.items()
    )
    problem = record.get("problem")
    seconds = float(source.times[-1] - source.times[0]) + source.step if len(source.times) else 0.0
    return (
        PurePath(source.name).name,
        "photo" if source.photo else f"{len(source.times):,}",
        "" if source.photo else f"{seconds:.2f}",
        f"{len(source.faces):,}",
        f"{statuses}. {problem}" if problem else statuses,
        str(record.get("sha256", ""))[:12],
    )


def _flat(name: str, value: object) -> list[tuple[str, object]]:
    """A nested entry as pairs of a dotted name and a plain value."""
    if isinstance(value, Mapping):
        return [pair for key, inner in value.items() for pair in _flat(f"{name} {key}", inner)]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [(name, ", ".join(map(str, value)))]
    return [(name, value)]


def _known(facts: Sequence[tuple[str, object]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(value)) for name, value in facts if value not in (None, ""))
