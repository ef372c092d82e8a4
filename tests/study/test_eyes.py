"""Blinks and closed eyes of a coder, held against a reading that sees shut eyes only."""

import numpy as np

from mien.study.agreement import Resampling, agree
from mien.study.coding import CodedEvent, EventCodes, RowCodes
from mien.study.eyes import comparable
from mien.study.pairing import pair

NAN = float("nan")
TIMES = np.arange(5) / 10


def read(units: tuple[int, ...] = (12, 43)) -> RowCodes:
    """A reading of shut eyes in frames 1 and 3."""
    curve = np.tile(np.array([0.1, 0.9, 0.1, 0.9, 0.1])[:, None], (1, len(units)))
    return RowCodes(
        source="a.mp4", subject="", units=units, frames=None, times=TIMES,
        present=(curve > 0.5).astype(np.float64), intensity=5 * curve, curve=curve,
        thresholds=np.full(len(units), 0.5),
    )  # fmt: skip


def coded(units: tuple[int, ...], *columns: list[float]) -> RowCodes:
    values = np.array(columns, np.float64).T
    return RowCodes(
        source="a.mp4", subject="", units=units, frames=None, times=TIMES,
        present=np.where(np.isnan(values), NAN, values > 0), intensity=values,
    )  # fmt: skip


def test_a_coder_s_blinks_are_shut_eyes_to_a_reading() -> None:
    person = coded((43, 45, 12), [0, 0, 0, 2, NAN], [0, 3, NAN, NAN, 0], [0, 0, 0, 0, 1])
    first, second = comparable(read(), person)
    assert first.units == (12, 43)
    assert isinstance(second, RowCodes)
    assert second.units == (12, 43)
    np.testing.assert_array_equal(second.present[:, 0], [0, 0, 0, 0, 1])
    np.testing.assert_array_equal(second.present[:, 1], [0, 1, NAN, 1, NAN])
    np.testing.assert_array_equal(second.intensity[:, 1], [0, 3, NAN, 2, NAN])
    turned, _ = comparable(person, read())
    assert turned.units == (12, 43)


def test_blinks_alone_are_enough() -> None:
    _, second = comparable(read(), coded((45,), [0, 1, 0, 1, 0]))
    assert isinstance(second, RowCodes)
    assert second.units == (43,)
    assert second.present[:, 0].tolist() == [0, 1, 0, 1, 0]
    found = agree(pair([read()], [coded((45,), [0, 1, 0, 1, 0])]), resampling=Resampling(draws=9))
    (row,) = found.table.to_pylist()
    assert (row["unit"], row["kappa"]) == (43, 1.0)
    assert found.about["blinks_as_shut_eyes"] is True


def test_events_of_both_are_shut_eyes() -> None:
    marked = tuple(CodedEvent(unit=unit, start=0.0, end=0.1, level=NAN) for unit in (45, 12, 43))
    person = EventCodes(source="a.mp4", subject="", units=(12, 43, 45), events=marked)
    _, second = comparable(read(), person)
    assert isinstance(second, EventCodes)
    assert second.units == (12, 43)
    assert [each.unit for each in second.events] == [43, 12, 43]


def test_people_and_readings_that_know_blinks_stay_as_they_are() -> None:
    person, other = coded((43, 45), [0] * 5, [1] * 5), coded((43,), [0] * 5)
    for one, two in (
        (person, other), (other, person), (read((43, 45)), person), (read(), other),
        (read(), read((43, 45))), (read((12,)), person),
    ):  # fmt: skip
        assert comparable(one, two) == (one, two)
        assert comparable(one, two)[0] is one
