"""Codes asked for at moments, and the events of codes."""

import numpy as np
import pytest

from mien.study.coding import CodedEvent, EventCodes, RowCodes, at, spans

NAN = float("nan")


def rows(
    values: list[float], *, times: list[float] | None = None, frames: bool = False
) -> RowCodes:
    said = np.array(values, np.float64)[:, None]
    return RowCodes(
        source="a", subject="", units=(12,),
        frames=np.arange(len(values), dtype=np.int64) if frames else None,
        times=None if times is None else np.array(times, np.float64),
        present=said, intensity=3 * said,
    )  # fmt: skip


def marked(*events: tuple[float, float, float], codable: bool = True) -> EventCodes:
    coded = [
        CodedEvent(unit=12, start=a, end=b, level=level, codable=codable) for a, b, level in events
    ]
    return EventCodes(source="a", subject="", units=(12,), events=tuple(coded))


def test_rows_are_found_by_the_nearest_time_within_a_step() -> None:
    codes = rows([0.0, 1.0, NAN, 1.0], times=[0.0, 0.2, 0.4, 0.6])
    asked = np.array([-0.2, -0.1, 0.09, 0.12, 0.41, 0.7, 0.8])
    present, intensity = at(codes, None, asked)
    np.testing.assert_array_equal(present[:, 0], [NAN, 0, 0, 1, NAN, 1, NAN])
    np.testing.assert_array_equal(intensity[:, 0], [NAN, 0, 0, 3, NAN, 3, NAN])


def test_rows_are_found_by_frame_where_a_coder_has_no_times() -> None:
    present, _ = at(rows([0.0, 1.0], frames=True), np.array([1, 2, 0]), None)
    np.testing.assert_array_equal(present[:, 0], [1, NAN, 0])
    with pytest.raises(ValueError, match="frames"):
        at(rows([0.0], frames=True), None, np.array([0.0]))


def test_events_at_moments_end_before_their_end() -> None:
    codes = marked((1.0, 2.0, 3.0), (1.5, 3.0, 1.0))
    present, intensity = at(codes, None, np.array([0.9, 1.0, 1.6, 2.0, 3.0]))
    assert present[:, 0].tolist() == [0, 1, 1, 1, 0]
    assert intensity[:, 0].tolist() == [0, 3, 3, 1, 0]
    strict, _ = at(codes, None, np.array([1.6, 2.5]), level=2.0)
    assert strict[:, 0].tolist() == [1, 0]


def test_where_a_coder_could_not_code_nothing_is_known() -> None:
    codes = marked((1.0, 2.0, NAN), codable=False)
    present, intensity = at(codes, None, np.array([0.5, 1.5]))
    np.testing.assert_array_equal(present[:, 0], [0, NAN])
    assert np.isnan(intensity).all()


def test_a_unit_with_an_event_without_a_letter_has_no_intensities() -> None:
    codes = marked((1.0, 2.0, NAN), (3.0, 4.0, 2.0))
    present, intensity = at(codes, None, np.array([0.5, 1.5, 3.5]))
    assert present[:, 0].tolist() == [0, 1, 1]
    assert np.isnan(intensity).all()


def test_spans_of_events_are_merged_and_held_to_the_level() -> None:
    codes = marked((5.0, 6.0, 2.0), (1.0, 2.0, 3.0), (1.5, 3.0, NAN), (8.0, 9.0, 1.0))
    assert spans(codes, 12).tolist() == [[1.0, 3.0], [5.0, 6.0], [8.0, 9.0]]
    assert spans(codes, 12, level=2.0).tolist() == [[1.0, 3.0], [5.0, 6.0]]
    assert spans(codes, 4).shape == (0, 2)


def test_spans_of_rows_run_from_halfway_to_halfway() -> None:
    codes = rows([0.0, 1.0, 1.0, 0.0, 1.0], times=[0.0, 1.0, 2.0, 3.0, 4.0])
    assert spans(codes, 12).tolist() == [[0.5, 2.5], [3.5, 4.0]]


def test_spans_of_rows_break_where_nothing_was_coded() -> None:
    codes = rows([1.0, 1.0, NAN, 1.0], times=[0.0, 1.0, 2.0, 3.0])
    assert spans(codes, 12).tolist() == [[0.0, 1.0], [3.0, 3.0]]
