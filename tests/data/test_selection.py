"""Selections against a filter written as a loop."""

import numpy as np
import pytest

from data.conftest import Rows
from mien.data.selection import Selection, subjects_of
from mien.data.store import Store
from mien.errors import MienError


def _loop(rows: Rows, keep: object) -> list[int]:
    return [row for row, (_, labels) in enumerate(rows) if keep(labels)]  # type: ignore[operator]


def test_the_default_takes_all(store: Store) -> None:
    assert Selection().rows(store).tolist() == list(range(24))
    assert Selection(every=5).rows(store).tolist() == list(range(0, 24, 5))


def test_filters_agree_with_loops(store: Store, rows: Rows) -> None:
    for selection, keep in (
        (Selection(subjects=("S01", "S03")), lambda each: each["subject"] in ("S01", "S03")),
        (Selection(without_subjects=("S01",)), lambda each: each["subject"] != "S01"),
        (Selection(splits=("test",)), lambda each: each["split"] == "test"),
        (Selection(activities=("talk",)), lambda each: each["activity"] == "talk"),
        (Selection(needs=("activity",)), lambda each: each["activity"] is not None),
        (Selection(needs=("expression",)), lambda each: each["expression"] is not None),
        (Selection(needs=("affect", "subject")), lambda each: each["valence"] is not None),
        (Selection(needs=("units",), aus=(4, 12)), lambda _: True),
        (
            Selection(subjects=("S00", "S01"), splits=("train",), activities=("laugh",)),
            lambda each: each["subject"] in ("S00", "S01") and each["activity"] == "laugh",
        ),
    ):
        assert selection.rows(store).tolist() == _loop(rows, keep)


def test_nothing_left_is_an_error(store: Store) -> None:
    with pytest.raises(MienError, match="no row passes"):
        Selection(needs=("units",), aus=(4,)).rows(store)
    with pytest.raises(MienError, match="no subject 'S9'"):
        Selection(without_subjects=("S9",)).rows(store)


def test_subjects_are_sorted(store: Store) -> None:
    assert subjects_of(store) == ("S00", "S01", "S02", "S03")
    assert subjects_of(store, np.array([20, 3])) == ("S00", "S03")
