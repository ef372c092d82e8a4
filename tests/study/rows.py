"""Small tables of readings."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq


def rows(given: list[dict]) -> pa.Table:
    names = list(dict.fromkeys(name for row in given for name in row))
    return pa.Table.from_pylist([{name: row.get(name) for name in names} for row in given])


def mixed() -> pa.Table:
    """A photo with two faces, a clip with two faces that come and go, a file unread."""
    nothing = {"AU01": None, "AU12": None, "AU12_intensity": None, "expression_neutral": None}

    def row(source: str, frame: int | None, time: float | None, status: str, *rest: object) -> dict:
        face, *values = rest or (None,)
        scores = dict(zip(nothing, values, strict=False)) if values else {}
        return {
            "source": source, "frame": frame, "time": time, "status": status, "face": face,
            **nothing, **scores,
        }  # fmt: skip

    return rows(
        [
            row("a.jpg", 0, None, "ok", 0, 0.1, 0.9, 4.5, 0.5),
            row("a.jpg", 0, None, "ok", 1, 0.7, 0.2, 0.5, 0.5),
            row("b.mp4", 0, 0.0, "blurred", 9) | {"face": 3, "status": "ok", "AU01": 0.5},
            row("b.mp4", 0, 0.0, "ok", 1, 0.25, 0.75, 1.0, 0.0),
            row("b.mp4", 1, 0.1, "no face"),
            row("b.mp4", 2, 0.3, "blurred", 3),
            row("b.mp4", 5, None, "damaged"),
            row("c.jpg", None, None, "unreadable"),
        ]
    )


def write(path: Path, table: pa.Table) -> Path:
    if path.suffix == ".parquet":
        pq.write_table(table, path)
    elif path.suffix == ".csv":
        pa_csv.write_csv(table, path)
    else:
        lines = (json.dumps(row) for row in table.to_pylist())
        path.write_text("".join(f"{line}\n" for line in lines))
    return path
