"""Our own way from rows to Arrow gives what `from_pylist` gives."""

import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest

from mien.predict.arrow import batch_of

SCHEMA = pa.schema(
    [
        ("source", pa.string()),
        ("frame", pa.int64()),
        ("face", pa.int32()),
        ("time", pa.float64()),
        ("AU12", pa.float32()),
    ]
)


def rows(count, *, seed):
    """Rows with cells that are missing, None or NaN, and text of more than one byte a letter."""
    generator = np.random.default_rng(seed)
    made = []
    for number in range(count):
        row = {
            "source": f"Gesicht {'ä' * (number % 3)}.mp4",
            "frame": number * 2**33,
            "face": number,
            "time": float(generator.normal()),
            "AU12": float(np.float32(generator.random())),
        }
        for name in row:
            chance = generator.random()
            if chance < 0.2:
                row[name] = None
        made.append({name: cell for name, cell in row.items() if generator.random() < 0.9})
        if number % 4 == 0:
            made[-1]["AU12"] = float("nan")
    return made


@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 200])
def test_it_equals_arrows_own_way(count):
    made = rows(count, seed=count)
    ours = batch_of(made, SCHEMA)
    ours.validate(full=True)
    slow = pa.RecordBatch.from_pylist(made, schema=SCHEMA)
    assert ours.schema == slow.schema
    for name in SCHEMA.names:
        assert ours[name].null_count == slow[name].null_count
        assert repr(ours[name].to_pylist()) == repr(slow[name].to_pylist())  # NaN is not itself


def test_columns_without_a_gap_carry_no_mask():
    assert batch_of([{"face": 1}, {"face": 2}], SCHEMA)["face"].buffers()[0] is None


def test_a_type_that_no_table_of_ours_has_is_refused():
    with pytest.raises(KeyError):
        batch_of([{"when": 1}], pa.schema([("when", pa.timestamp("us"))]))


def test_writing_a_table_does_not_import_pandas(tmp_path):
    pytest.importorskip("pandas")
    code = (
        "import sys, pyarrow as pa\n"
        "from pathlib import Path\n"
        "from mien.predict.writer import TableWriter\n"
        "schema = pa.schema([('source', pa.string()), ('AU12', pa.float32())])\n"
        "paths = [Path(sys.argv[1]) / name for name in ('t.parquet', 't.csv', 't.jsonl')]\n"
        "with TableWriter(paths, schema) as writer:\n"
        "    writer.add({'source': 'a.png', 'AU12': 0.5})\n"
        "assert 'pandas' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
