"""A table of readings as `mien predict` writes it, from formulas."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mien.facs import au_column, intensity_column

UNITS = (1, 12, 25)
THRESHOLDS = (0.5, 0.4, 0.6)
_BOX = {"left": 20.0, "top": 10.0, "right": 60.0, "bottom": 50.0}


def clip(
    source: str,
    *,
    seconds: float = 8.0,
    rate: float = 25.0,
    face: int = 0,
    gap: tuple[float, float] = (3.0, 4.0),
    units: tuple[int, ...] = UNITS,
) -> pa.Table:
    """A face that smiles every four seconds and is blurred in `gap`; one frame without a face."""
    time = np.arange(round(seconds * rate)) / rate
    scored = (time < gap[0]) | (time >= gap[1])
    found = np.ones(len(time), bool)
    found[-1] = False
    status = np.where(scored, "ok", "blurred").astype(object)
    status[-1] = "no face"
    columns: dict[str, object] = {
        "source": [source] * len(time),
        "frame": np.arange(len(time)),
        "time": time,
        "status": status.tolist(),
        "face": _where(np.full(len(time), face), found, pa.int32()),
    }
    for name, value in {**_BOX, "size": 80.0, "blur": 0.25, "frontal": 0.9}.items():
        columns[name] = _where(np.full(len(time), value), found)
    for place, name in enumerate(("yaw", "pitch", "roll")):
        columns[name] = _where(10 * np.sin(time + place), found)
    for place, unit in enumerate(units):
        wave = np.clip(0.5 - 0.5 * np.cos(np.pi * time / 2 + place), 0, 1)
        columns[au_column(unit)] = _where(wave, scored & found)
        columns[intensity_column(unit)] = _where(5 * wave, scored & found)
    return pa.table(columns)


def photo(
    source: str,
    *,
    values: tuple[float, ...] | None = (0.9, 0.1, 0.7),
    units: tuple[int, ...] = UNITS,
) -> pa.Table:
    """A photo with a face, or none."""
    row = {"source": source, "frame": 0, "time": None, "status": "no face", "face": None}
    if values is not None:
        scores = {au_column(unit): value for unit, value in zip(units, values, strict=True)}
        row |= {"status": "ok", "face": 0, **_BOX, **scores}
    return pa.Table.from_pylist([row])


def together(*tables: pa.Table) -> pa.Table:
    return pa.concat_tables(tables, promote_options="permissive")


def provenance(**changes: object) -> dict:
    return {
        "mien": "9.9",
        "created": "2030-01-02T03:04:05+00:00",
        "model": {
            "name": "tiny", "sha256": "ab" * 32, "licence": "Apache-2.0",
            "statement": "Not for hiring.", "units": list(UNITS), "thresholds": list(THRESHOLDS),
        },
        "template": {"name": "canonical", "digest": "cd" * 8},
        "settings": {"every": 1, "limits": {"size": 36.0}},
        "versions": {"python": "3.11"},
        "purpose": "",
        "sources": [],
        **changes,
    }  # fmt: skip


def write(folder: Path, table: pa.Table, said: dict | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, folder / "readings.parquet")
    if said is not None:
        (folder / "provenance.json").write_text(json.dumps(said))
    return folder


def _where(values: np.ndarray, known: np.ndarray, kind: pa.DataType | None = None) -> pa.Array:
    kind = pa.float32() if kind is None else kind
    return pa.array(values, type=kind, mask=~known)
