"""Tables of readings from disk, and their rows as curves: a source, its frames, its faces."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.json as pa_json
import pyarrow.parquet as pq

from mien.errors import MienError

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

NAMES: Final = ("readings.parquet", "readings.csv", "readings.jsonl")
"""What a table is called in a folder of readings, the first found is read."""
REQUIRED: Final[Mapping[str, pa.DataType]] = MappingProxyType(
    {
        "source": pa.string(),
        "frame": pa.int64(),
        "time": pa.float64(),
        "status": pa.string(),
        "face": pa.int64(),
    }
)
"""Columns without which a table is none of layout `mien`."""
_UNIT = re.compile(r"AU(\d{2,})\Z")
_INTENSITY = re.compile(r"AU(\d{2,})_intensity\Z")
_REMEDY = "give the folder or file that `mien predict` wrote, in layout mien"


@dataclass(frozen=True, kw_only=True, eq=False)
class Readings:
    """A table of readings with what made it."""

    path: Path
    """The file it came from."""
    table: pa.Table = field(repr=False)
    """A row a face a frame, as `docs/predict.md` describes; numbers are float64."""
    provenance: Mapping[str, Any] = field(repr=False)
    """The content of `provenance.json`; empty if there is none."""

    def __repr__(self) -> str:
        return f"Readings({self.path}, {self.table.num_rows} rows)"

    @property
    def units(self) -> tuple[int, ...]:
        """Units with a probability, in the order of the columns."""
        return _numbers(_UNIT, self.table.column_names)

    @property
    def intensities(self) -> tuple[int, ...]:
        """Units with an intensity, in the order of the columns."""
        return _numbers(_INTENSITY, self.table.column_names)

    @property
    def expressions(self) -> tuple[str, ...]:
        """Names of the expressions, in the order of the columns."""
        found = (name.partition("expression_") for name in self.table.column_names)
        return tuple(name for before, mark, name in found if mark and not before)

    def thresholds(self) -> dict[int, float]:
        """Threshold of each unit: the model's, or 0.5 where the provenance says none."""
        model = self.provenance.get("model", {})
        said = dict(zip(model.get("units", ()), model.get("thresholds", ()), strict=False))
        return {unit: float(said.get(unit, 0.5)) for unit in self.units}


@dataclass(frozen=True, kw_only=True, eq=False)
class Source:
    """One photo or clip of a table."""

    name: str
    """As the table has it."""
    photo: bool
    """Whether the provenance says so; where it does not, whether no row has a time."""
    rows: Whole = field(repr=False)
    """(rows,) places of its rows in the table."""
    times: Floats = field(repr=False)
    """(frames,) seconds of its frames, rising; empty for a photo and for what was not read."""
    place: Whole = field(repr=False)
    """(rows,) frame of each row as a place in `times`; -1 where its frame has no rising time."""
    faces: tuple[int, ...]
    """Numbers of its faces, in order of appearance."""
    step: float
    """Typical seconds between frames; 0 for fewer than two."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Track:
    """One face of a clip, on every frame of the clip."""

    source: Source
    face: int
    rows: Whole = field(repr=False)
    """(rows,) places of its rows in the table."""
    place: Whole = field(repr=False)
    """(rows,) frame of each row as a place in the source's `times`."""
    status: npt.NDArray[np.object_] = field(repr=False)
    """(frames,) status of the face; empty where it was not found."""

    def values(self, readings: Readings, column: str) -> Floats:
        """(frames,) one column on every frame of the clip; NaN where there is none."""
        found = np.full(len(self.source.times), np.nan)
        found[self.place] = _floats(readings.table[column])[self.rows]
        return found


def load(path: Path | str) -> Readings:
    """Read a folder that `mien predict` wrote, or one Parquet, CSV or JSONL file of it.

    The provenance is taken from the folder; of a file `x.csv` from `x.provenance.json`, or
    `provenance.json` beside it.

    Raises:
        MienError: nothing there, damaged, or not of layout `mien`.
    """
    named = Path(path)
    file = _find(named) if named.is_dir() else named
    if not file.is_file():
        raise MienError("there is no such table of readings", remedy=_REMEDY, path=file)
    try:
        table = _read(file)
    except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeDecodeError) as problem:
        raise MienError(f"no table can be read: {problem}", remedy=_REMEDY, path=file) from None
    missing = [name for name in REQUIRED if name not in table.column_names]
    if missing:
        raise MienError(f"the table has no column {', '.join(missing)}", remedy=_REMEDY, path=file)
    return Readings(path=file, table=_typed(table, file), provenance=_provenance(file))


def sources(readings: Readings) -> list[Source]:
    """Photos and clips of a table, in order of appearance."""
    coded = readings.table["source"].fill_null("").dictionary_encode().unify_dictionaries()
    coded = coded.combine_chunks()
    numbers = coded.indices.to_numpy(zero_copy_only=False)
    order = np.argsort(numbers, kind="stable")
    edges = np.searchsorted(numbers[order], np.arange(len(coded.dictionary) + 1))
    columns = {name: _floats(readings.table[name]) for name in ("frame", "time", "face")}
    records = readings.provenance.get("sources", ())
    kinds = {each.get("source"): each.get("kind") for each in records}
    return [
        _source(
            str(name), np.sort(order[edges[i] : edges[i + 1]]).astype(np.int64), columns,
            kind=kinds.get(name),
        )
        for i, name in enumerate(coded.dictionary.to_pylist())
    ]  # fmt: skip


def tracks(readings: Readings, source: Source) -> list[Track]:
    """Faces of a clip, in order of appearance, each on every frame of the clip."""
    face = _floats(readings.table["face"])[source.rows]
    status = np.array(readings.table["status"].take(pa.array(source.rows)).to_pylist(), object)
    found = []
    for number in source.faces:
        mine = (face == number) & (source.place >= 0)
        placed = np.full(len(source.times), "", dtype=object)
        placed[source.place[mine]] = status[mine]
        found.append(
            Track(
                source=source, face=number, rows=source.rows[mine],
                place=source.place[mine], status=placed,
            )
        )  # fmt: skip
    return found


def _source(name: str, rows: Whole, columns: Mapping[str, Floats], *, kind: str | None) -> Source:
    frame, time, face = (columns[key][rows] for key in ("frame", "time", "face"))
    known = face[np.isfinite(face)].astype(np.int64)
    _, first = np.unique(known, return_index=True)
    faces = tuple(int(known[at]) for at in np.sort(first))
    timed = np.isfinite(time) & np.isfinite(frame)
    numbers, at, inverse = np.unique(frame[timed], return_index=True, return_inverse=True)
    stamps = time[timed][at]
    # a clip with broken timestamps may repeat some: such a frame has no place on the axis
    before = np.concatenate([[-np.inf], np.maximum.accumulate(stamps)[:-1]])[: len(numbers)]
    rising = stamps > before
    places = np.where(rising, np.cumsum(rising) - 1, -1)
    place = np.full(len(rows), -1, np.int64)
    place[timed] = places[inverse]
    times = stamps[rising]
    step = float(np.median(np.diff(times))) if len(times) > 1 else 0.0
    return Source(
        name=name,
        photo=kind == "photo" if kind else not timed.any(),
        rows=rows,
        times=times,
        place=place,
        faces=faces,
        step=step,
    )


def _find(folder: Path) -> Path:
    for name in NAMES:
        if (folder / name).is_file():
            return folder / name
    raise MienError(f"the folder holds no {NAMES[0]}", remedy=_REMEDY, path=folder)


def _read(file: Path) -> pa.Table:
    kind = file.suffix.lower()
    if kind == ".parquet":
        return pq.read_table(file)
    if kind == ".csv":
        options = pa_csv.ConvertOptions(
            column_types=dict(REQUIRED), null_values=["", "nan", "NaN"], strings_can_be_null=True
        )
        return pa_csv.read_csv(file, convert_options=options)
    if kind in (".jsonl", ".ndjson"):
        return pa_json.read_json(file)
    raise MienError(
        f"a table ends in .parquet, .csv or .jsonl, not {kind or 'nothing'}",
        remedy=_REMEDY,
        path=file,
    )


def _typed(table: pa.Table, file: Path) -> pa.Table:
    columns = []
    for name in table.column_names:
        column = table[name]
        kind = REQUIRED.get(name)
        number = pa.types.is_integer(column.type) or pa.types.is_floating(column.type)
        if kind is None and (number or pa.types.is_null(column.type)):
            kind = pa.float64()
        try:
            columns.append(column if kind is None else column.cast(kind))
        except pa.ArrowInvalid as problem:
            raise MienError(
                f"column {name} is not of its kind: {problem}", remedy=_REMEDY, path=file
            ) from None
    return pa.table(columns, names=table.column_names)


def _provenance(file: Path) -> Mapping[str, Any]:
    for name in (f"{file.stem}.provenance.json", "provenance.json"):
        beside = file.with_name(name)
        if not beside.is_file():
            continue
        try:
            loaded = json.loads(beside.read_text(encoding="utf-8"))
        except (json.JSONDecodeError, UnicodeDecodeError) as problem:
            raise MienError(
                f"not readable as JSON: {problem}", remedy="copy the reading again", path=beside
            ) from None
        return loaded if isinstance(loaded, dict) else {}
    return {}


def _floats(column: pa.ChunkedArray) -> Floats:
    """Values as float64, null as NaN."""
    return column.cast(pa.float64()).to_numpy().astype(np.float64)


def _numbers(pattern: re.Pattern[str], names: list[str]) -> tuple[int, ...]:
    found = (pattern.match(name) for name in names)
    return tuple(int(match.group(1)) for match in found if match)
