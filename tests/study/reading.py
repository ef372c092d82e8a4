"""A small folder of readings as `mien predict` writes it: units 4 and 12, with intensities."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

UNITS = (4, 12)
THRESHOLDS = (0.5, 0.4)


def clip_rows(
    name: str, curves: np.ndarray, *, rate: float = 10.0, lost: dict[int, str] | None = None
) -> list[dict]:
    """A row a frame; `curves` (frames, 2) are probabilities, intensities are five times them."""
    rows = []
    for frame, values in enumerate(curves.tolist()):
        row = {"source": name, "frame": frame, "time": frame / rate, "status": "ok", "face": 0}
        row |= {"size": 80.0, "yaw": 1.0, "pitch": 2.0, "roll": 3.0}
        for unit, value in zip(UNITS, values, strict=True):
            row |= {f"AU{unit:02d}": value, f"AU{unit:02d}_intensity": 5 * value}
        if lost and frame in lost:
            row = {"source": name, "frame": frame, "time": frame / rate, "status": lost[frame]}
        rows.append(row)
    return rows


def write(folder: Path, rows: list[dict]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = pa.Table.from_pylist([{name: row.get(name) for name in names} for row in rows])
    pq.write_table(table, folder / "readings.parquet")
    model = {"name": "tiny", "units": list(UNITS), "thresholds": list(THRESHOLDS)}
    (folder / "provenance.json").write_text(json.dumps({"model": model}))
    return folder


def bumps(frames: int, *spans: tuple[int, int], high: float = 0.9, low: float = 0.1) -> np.ndarray:
    """A curve that is high from the first to before the second frame of each span."""
    curve = np.full(frames, low)
    for first, last in spans:
        curve[first:last] = high
    return curve
