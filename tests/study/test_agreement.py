"""Agreement of two coders: scores recounted, events by hand, what is left out."""

import json
from pathlib import Path

import numpy as np
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from mien.errors import MienError
from mien.metrics.icc import icc
from mien.metrics.kappa import kappa_of
from mien.study.agreement import Resampling, agree, write
from mien.study.alignment import Matching
from mien.study.code_sheet import Habits
from mien.study.coding import CodedEvent, Codes, EventCodes, RowCodes, spans
from mien.study.pairing import is_reading, load_codes, load_reading, pair
from study.reading import bumps, clip_rows
from study.reading import write as write_reading

FEW = Resampling(draws=50, seed=1)


def coded(source: str, seed: int, *, noise: float, subject: str = "") -> RowCodes:
    """60 rows of units 4 and 12 with intensities; the same seed has the same truth."""
    generator = np.random.default_rng(seed)
    truth = np.clip(np.cumsum(generator.normal(size=(60, 2)), axis=0), 0, 5)
    own = np.random.default_rng(seed + round(1000 * noise))
    levels = np.clip(truth + noise * own.normal(size=truth.shape), 0, 5)
    levels[own.random(levels.shape) < 0.1] = np.nan
    present = np.where(np.isnan(levels), np.nan, levels >= 1)
    return RowCodes(
        source=source, subject=subject, units=(4, 12), frames=None, times=np.arange(60) / 10,
        present=present.astype(np.float64), intensity=levels,
    )  # fmt: skip


def rows_of(first: list[Codes], second: list[Codes], **options: object) -> dict[int, dict]:
    found = agree(pair(first, second), resampling=FEW, **options)
    return {row["unit"]: row for row in found.table.to_pylist()}


def test_scores_of_frames_are_those_of_all_clips_together() -> None:
    first: list[Codes] = [coded(name, at, noise=0.0) for at, name in enumerate("abc")]
    second: list[Codes] = [coded(name, at, noise=0.8) for at, name in enumerate("abc")]
    found = rows_of(first, second)
    for column, unit in enumerate((4, 12)):
        one, two = (
            np.concatenate([c.present[:, column] for c in codes if isinstance(c, RowCodes)])
            for codes in (first, second)
        )
        known = ~np.isnan(one) & ~np.isnan(two)
        a, b = one[known] == 1, two[known] == 1
        cells = np.array([[(a & b).sum()], [(a & ~b).sum()], [(~a & b).sum()], [(~a & ~b).sum()]])
        row = found[unit]
        assert row["samples"] == known.sum()
        assert row["kappa"] == pytest.approx(kappa_of(cells.astype(np.float64))[0])
        assert row["kappa_adjusted"] == pytest.approx(2 * (a == b).mean() - 1)
        assert row["f1"] == pytest.approx(2 * (a & b).sum() / (a.sum() + b.sum()))
        assert row["prevalence_first"] == pytest.approx(a.mean())
        assert row["kappa_low"] <= row["kappa"] <= row["kappa_high"]


def test_intensities_are_correlated_where_both_have_one() -> None:
    first, second = coded("a", 3, noise=0.0), coded("a", 3, noise=0.5)
    row = rows_of([first], [second])[12]
    pairs = np.stack([first.intensity[:, 1], second.intensity[:, 1]], axis=1)
    pairs = pairs[~np.isnan(pairs).any(axis=1)]
    assert row["icc_3_1"] == pytest.approx(icc(pairs, "3,1"))
    assert row["icc_2_1"] == pytest.approx(icc(pairs, "2,1"))
    assert row["intensity_samples"] == len(pairs)
    assert np.isnan(row["icc_3_1_low"])  # one person says nothing about the next


def test_the_same_codes_agree_wholly() -> None:
    codes = coded("a", 3, noise=0.3)
    row = rows_of([codes], [codes])[12]
    assert row["kappa"] == row["f1"] == row["event_f1"] == 1
    assert row["icc_2_1"] == pytest.approx(1)
    assert row["onset_difference"] == row["offset_abs_difference"] == 0


def events(source: str, *spans: tuple[float, float], subject: str = "") -> EventCodes:
    marked = [CodedEvent(unit=12, start=a, end=b, level=np.nan) for a, b in spans]
    return EventCodes(source=source, subject=subject, units=(12,), events=tuple(marked))


def test_events_within_the_tolerance_are_one() -> None:
    first = events("a", (1.0, 2.0), (5.0, 6.0), (9.0, 9.5))
    second = events("a", (1.25, 2.5), (7.0, 8.0), (8.75, 10.0))
    row = rows_of([first], [second])[12]
    assert (row["events_first"], row["events_second"], row["events_matched"]) == (3, 3, 2)
    assert row["event_precision"] == row["event_recall"] == pytest.approx(2 / 3)
    assert row["onset_difference"] == pytest.approx(0.0)
    assert row["onset_abs_difference"] == pytest.approx(0.25)
    assert row["offset_difference"] == pytest.approx(-0.5)
    both = rows_of([first], [second], how=Matching(tolerance=0.4, rule="both"))[12]
    assert both["events_matched"] == 0
    assert np.isnan(both["onset_difference"])


def test_a_subject_with_two_clips_is_resampled_as_one() -> None:
    first: list[Codes] = [coded(n, at, noise=0.0) for at, n in enumerate("abcd")]
    second: list[Codes] = [
        coded(n, at, noise=0.5, subject=s)
        for at, (n, s) in enumerate(zip("abcd", "xxyy", strict=True))
    ]
    found = agree(pair(first, second), resampling=FEW)
    assert found.about["resampled"] == 2
    row = found.table.to_pylist()[0]
    halves = [rows_of(first[part], second[part])[4]["kappa"] for part in (slice(0, 2), slice(2, 4))]
    assert row["kappa_low"] == pytest.approx(min(halves))
    assert row["kappa_high"] == pytest.approx(max(halves))


def reading(tmp_path: Path, *, lost: dict[int, str] | None = None) -> Path:
    curves = np.stack([bumps(60), bumps(60, (10, 20), (40, 50))], axis=1)
    rows = clip_rows("films/a.mp4", curves, lost=lost) + clip_rows("films/b.mp4", curves)
    return write_reading(tmp_path / "reading", rows)


def test_a_reading_against_events(tmp_path: Path) -> None:
    codes = tmp_path / "codes.csv"
    codes.write_text("source,unit,start,end\na,12C,1,2\na,12A,4,5\nz,12,1,2\n")
    pairs = pair(load_reading(reading(tmp_path)), load_codes(codes))
    assert pairs.only_first == ("films/b.mp4",)
    assert pairs.only_second == ("z",)
    (row,) = agree(pairs, resampling=FEW).table.to_pylist()
    assert row["unit"] == 12
    assert row["kappa"] == 1
    assert row["events_matched"] == 2
    assert abs(row["onset_difference"]) < 0.1
    assert row["intensity_samples"] == 60
    pairs_of_levels = [[0.5, 0.0]] * 40 + [[4.5, 3.0]] * 10 + [[4.5, 1.0]] * 10
    assert row["icc_3_1"] == pytest.approx(icc(np.array(pairs_of_levels), "3,1"))


def test_a_rise_counts_from_the_face_s_own_level(tmp_path: Path) -> None:
    curve = np.where((np.arange(100) >= 80) & (np.arange(100) < 90), 0.9, 0.45)
    rows = clip_rows("a.mp4", np.stack([curve, curve], axis=1))
    (read,) = load_reading(write_reading(tmp_path / "r", rows))
    assert spans(read, 12).tolist() == [[0.0, 9.9]]  # above its threshold, 0.4, throughout
    ((onset, offset),) = spans(read, 12, rise=3.0).tolist()
    assert 7.9 <= onset <= 8.0
    assert 8.9 <= offset <= 9.0


def test_events_that_the_camera_lost_are_not_held_against_anybody(tmp_path: Path) -> None:
    codes = tmp_path / "a.csv"
    codes.write_text("unit,start,end\n12,1,2\n12,4,5\n")
    lost = dict.fromkeys(range(8, 22), "turned away")
    pairs = pair(load_reading(reading(tmp_path, lost=lost)), load_codes(codes))
    (row,) = agree(pairs, resampling=FEW).table.to_pylist()
    assert row["events_second_unseen"] == 1
    assert (row["events_second"], row["events_matched"]) == (1, 1)
    assert row["samples"] == 46


def test_frames_are_given_the_times_of_the_reading(tmp_path: Path) -> None:
    codes = tmp_path / "a.csv"
    cells = bumps(60, (10, 20), (40, 50), high=1, low=0).astype(int)
    codes.write_text("frame,12\n" + "".join(f"{at + 1},{v}\n" for at, v in enumerate(cells)))
    first = load_reading(reading(tmp_path))
    row = agree(pair(first, load_codes(codes, Habits(first_frame=1)))).table.to_pylist()[0]
    assert row["kappa"] == 1
    assert row["event_f1"] == 1
    with pytest.raises(MienError, match="none of the coded frames"):
        agree(pair(first, load_codes(codes, Habits(first_frame=100_000))))


def test_what_is_a_reading(tmp_path: Path) -> None:
    folder = reading(tmp_path)
    codes = tmp_path / "codes.csv"
    codes.write_text("frame,12\n0,1\n")
    assert is_reading(folder)
    assert is_reading(folder / "readings.parquet")
    assert not is_reading(codes)
    assert not is_reading(tmp_path)


@pytest.mark.parametrize("ending", ["json", "csv", "parquet"])
def test_the_table_is_written_as_its_ending_says(tmp_path: Path, ending: str) -> None:
    found = agree(pair([coded("a", 1, noise=0.0)], [coded("a", 1, noise=0.5)]), resampling=FEW)
    out = tmp_path / f"agreement.{ending}"
    write(found, out)
    if ending == "json":
        content = json.loads(out.read_text())
        assert content["units"][0]["kappa_low"] is None
        assert content["clips"] == [["a", "a"]]
    else:
        table = pa_csv.read_csv(out) if ending == "csv" else pq.read_table(out)
        assert table.column_names == found.table.column_names
        assert table["kappa"].to_pylist() == pytest.approx(found.table["kappa"].to_pylist())
    with pytest.raises(MienError, match="json"):
        write(found, tmp_path / "agreement.txt")


def test_what_cannot_be_paired_is_said() -> None:
    one, two, other = (coded(name, 1, noise=0.0) for name in ("x/a.mp4", "y/a.mp4", "b"))
    with pytest.raises(MienError, match="several"):
        pair([one, two], [coded("a.mp4", 1, noise=0.0)])
    with pytest.raises(MienError, match="twice"):
        pair([one, other], [coded("a", 1, noise=0.0), coded("A.MP4", 1, noise=0.0)])
    with pytest.raises(MienError, match="in both"):
        pair([one, other], [coded("c", 1, noise=0.0)])
    with pytest.raises(MienError, match="no unit"):
        agree(
            pair(
                [coded("a", 1, noise=0.0)],
                [EventCodes(source="a", subject="", units=(1,), events=())],
            )
        )


def test_milliseconds_taken_for_seconds_are_noticed() -> None:
    far = events("a", (600_000.0, 901_000.0))
    with pytest.raises(MienError, match="seconds") as raised:
        agree(pair([far], [far]))
    assert raised.value.remedy


def test_a_folder_of_sheets_and_elan_files(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("unit,start,end\n12,1,2\n")
    (tmp_path / "b.eaf").write_text(
        '<ANNOTATION_DOCUMENT><TIER TIER_ID="12"/></ANNOTATION_DOCUMENT>', encoding="utf-8"
    )
    found = load_codes(tmp_path)
    assert [(each.source, each.units) for each in found] == [("a", (12,)), ("b", (12,))]
    with pytest.raises(MienError, match="no file of codes"):
        load_codes(Path(__file__).parent)


def test_a_tolerance_of_nothing_is_refused() -> None:
    with pytest.raises(MienError, match="tolerance"):
        Matching(tolerance=0.0)
