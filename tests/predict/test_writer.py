import csv
import json
import math

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mien.errors import MienError
from mien.predict.writer import TableWriter

SCHEMA = pa.schema(
    [("source", pa.string()), ("frame", pa.int64()), ("time", pa.float64()), ("a", pa.float32())]
)
ROWS = [
    {"source": "x, y", "frame": 0, "time": 7200.033333, "a": 0.1},
    {"source": "z", "frame": 1, "time": None, "a": math.nan},
    {"source": "z"},
]


def write(folder, rows, *, missing=""):
    paths = [folder / f"t{suffix}" for suffix in (".parquet", ".csv", ".jsonl")]
    with TableWriter(paths, SCHEMA, missing=missing) as writer:
        for row in rows:
            writer.add(row)
    return paths, writer


def test_three_files_hold_the_same(tmp_path):
    (parquet, comma, lines), writer = write(tmp_path, ROWS)
    assert writer.count == 3
    found = pq.read_table(parquet)
    assert found.schema == SCHEMA
    assert found["a"].to_pylist()[0] == pytest.approx(0.1)
    assert math.isnan(found["a"].to_pylist()[1])
    with comma.open(newline="") as handle:
        assert list(csv.reader(handle)) == [
            ["source", "frame", "time", "a"],
            ["x, y", "0", "7200.033333", "0.1"],
            ["z", "1", "", ""],
            ["z", "", "", ""],
        ]
    assert [json.loads(line) for line in lines.read_text().splitlines()] == [
        {"source": "x, y", "frame": 0, "time": 7200.033333, "a": pytest.approx(0.1)},
        {"source": "z", "frame": 1, "time": None, "a": None},
        {"source": "z", "frame": None, "time": None, "a": None},
    ]


def test_missing_is_said_as_other_tools_expect(tmp_path):
    (_, comma, _), _ = write(tmp_path, ROWS, missing="nan")
    assert comma.read_text().splitlines()[2:] == ["z,1,nan,nan", "z,nan,nan,nan"]


def test_tables_and_rows_keep_their_order_beyond_one_batch(tmp_path):
    path = tmp_path / "t.parquet"
    part = pa.Table.from_pylist([{"frame": n} for n in range(1, 3001)], schema=SCHEMA)
    with TableWriter([path], SCHEMA) as writer:
        writer.add({"frame": 0})
        writer.add_table(part)
        for frame in range(3001, 6000):
            writer.add({"frame": frame})
    assert writer.count == 6000
    assert pq.read_table(path)["frame"].to_pylist() == list(range(6000))


def test_wide_rows_do_not_wait_as_python_objects(tmp_path):
    wide = pa.schema([(f"c{n}", pa.float32()) for n in range(2000)])
    row = dict.fromkeys(wide.names, 0.5)
    with TableWriter([tmp_path / "t.parquet"], wide) as writer:
        for _ in range(250):
            writer.add(row)
        assert len(writer._rows) <= 100
    assert pq.read_metadata(tmp_path / "t.parquet").num_row_groups == 1


def test_an_unknown_ending_is_refused(tmp_path):
    with pytest.raises(MienError, match=r"'\.xlsx'"):
        TableWriter([tmp_path / "a.csv", tmp_path / "t.xlsx"], SCHEMA)
