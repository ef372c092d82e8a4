"""Targets against labels read one by one."""

import math

import numpy as np
import pyarrow as pa
import pytest

from data.conftest import Rows
from mien.data.codes import Codes, codes
from mien.data.manifest import rows_to_table
from mien.data.store import Store
from mien.data.targets import Targets, affect, columns, intensity, occurrence, sided_intensity

NAN = math.nan


@pytest.mark.parametrize(
    ("coded", "whole", "left", "right", "threshold", "expected", "graded"),
    [
        (None, None, None, None, 1, NAN, NAN),
        (1.0, None, None, None, 1, 1.0, NAN),
        (0.0, 5.0, None, None, 1, 0.0, 5.0),
        (None, 1.0, None, None, 1, 1.0, 1.0),
        (None, 1.0, None, None, 2, 0.0, 1.0),
        (None, None, 3.0, 1.0, 2, 1.0, 3.0),
        (None, None, 3.0, None, 2, NAN, NAN),
        (None, 0.0, 3.0, 3.0, 1, 0.0, 0.0),
        (NAN, NAN, NAN, 3.0, 1, NAN, NAN),
    ],
)
def test_one_unit(
    coded: float | None,
    whole: float | None,
    left: float | None,
    right: float | None,
    threshold: int,
    expected: float,
    graded: float,
) -> None:
    row = {
        "AU12": coded,
        "AU12_intensity": whole,
        "AU12_left_intensity": left,
        "AU12_right_intensity": right,
    }
    table = rows_to_table([row])
    found = occurrence(table, (12,), threshold=threshold)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, [[expected]])
    np.testing.assert_array_equal(intensity(table, (12,)), [[graded]])
    sides = [NAN if side is None else side for side in (left, right)]
    np.testing.assert_array_equal(sided_intensity(table, (12,)), [[sides]])


def test_a_whole_table(store: Store, rows: Rows) -> None:
    names = ("neutral", "happiness")
    table = store.select(columns((1, 12, 4)))
    targets = Targets.from_table(table, aus=(1, 12, 4), expressions=names)
    assert len(targets) == 24
    for row, (_, labels) in enumerate(rows):
        assert targets.subjects[targets.subject[row]] == labels["subject"]
        assert targets.clips[targets.clip[row]] == labels["clip"]
        activity = targets.activity[row]
        assert (targets.activities[activity] if activity >= 0 else None) == labels["activity"]
        assert targets.expression[row] == (1 if labels["expression"] else -1)
        graded = max(labels["AU12_left_intensity"], labels["AU12_right_intensity"])
        assert targets.intensity[row, 1] == graded
        sides = [labels["AU12_left_intensity"], labels["AU12_right_intensity"]]
        assert targets.sided[row, 1].tolist() == sides
        assert np.isnan(targets.sided[row, 0]).all()
        assert targets.occurrence[row, 0] == labels["AU01"]
        assert targets.occurrence[row, 1] == (graded >= 1)
        assert np.isnan(targets.occurrence[row, 2])
        assert np.isnan(targets.affect[row]).all() == (labels["valence"] is None)
    assert repr(targets) == "Targets(24 rows, 3 units, 2 expressions)"
    assert affect(table).shape == (24, 2)


def test_codes_may_be_fixed(store: Store) -> None:
    table = store.select(["activity"])
    indices, names = codes(table, "activity", names=("laugh", "cry"))
    assert names == ("laugh", "cry")
    expected = [0 if value == "laugh" else -1 for value in store.column("activity")]
    assert indices.tolist() == expected
    fixed = Targets.from_table(store.table, activities=("talk", "laugh"))
    assert fixed.activities == ("talk", "laugh")
    assert fixed.occurrence.shape == (24, 0)
    assert fixed.sided.shape == (24, 0, 2)


def test_codes_of_chunked_and_empty_columns() -> None:
    chunked = pa.table({"subject": pa.chunked_array([["b", None], ["a", "", "b"]])})
    indices, names = codes(chunked, "subject")
    assert (indices.tolist(), names) == ([1, -1, 0, -1, 1], ("a", "b"))
    empty = pa.table({"subject": pa.array([], pa.string())})
    assert codes(empty, "subject")[0].tolist() == []


def test_codes_of_a_table(store: Store) -> None:
    table = Codes.from_table(store.select(["subject", "clip", "activity", "frame"]))
    assert len(table) == 24
    assert table.frame.tolist() == store.column("frame").tolist()
    assert repr(table) == "Codes(24 rows)"
