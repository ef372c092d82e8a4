"""Where a reading comes from and what may be done with it: the first and last part of a report."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any, Final

from mien.report.face import OK
from mien.report.page import Block, Details, Facts, Section, Table, Text
from mien.study.events import Rule
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


def method_section(rules: Mapping[int, Rule], *, pictures: bool) -> Section:
    """How events are found, and what the page holds of people."""
    rule = next(iter(rules.values()), Rule())
    keep = f"{rule.low / rule.high:.0%}" if rule.high else "0%"
    events = (
        "An event of a unit begins where its probability rises through a lower level "
        f"({keep} of the unit's threshold), reaches the threshold, and ends where it falls through "
        "the lower level again; the curve is taken to run straight between frames. Its apex is "
        f"its highest frame. Events less than {rule.join:g} s apart are one; shorter than "
        f"{rule.shortest:g} s, they are dropped. Frames that were not scored are bridged for up to "
        f"{rule.bridge:g} s; beyond that they end what is under way, and the event is marked as "
        "open at that end."
    )
    times = "Times are those of the frames themselves, in seconds from the clip's own zero."
    faces = (
        "This page holds pictures of faces. Whoever has the page has them: treat it as you treat "
        "the recording. “mien report --no-pictures” leaves them out."
    )
    privacy = faces if pictures else "This page holds no picture of anyone."
    return Section(
        title="How to read this page",
        blocks=(Text(paragraphs=(events, times)), Text(paragraphs=(privacy,), kind="note")),
    )


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
