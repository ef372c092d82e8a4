"""Lists of one's own: right ones are read, wrong ones are explained line by line."""

import math
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.conftest import smooth_image
from mien.data.cells import limits, parser
from mien.data.ingest import ingest
from mien.data.listing import read_listing
from mien.data.order import natural
from mien.data.store import Store
from mien.errors import MienError
from mien.facs import EXPRESSIONS_8

HEADER = "path,subject,clip,frame,split,AU12,AU12_intensity,expression,valence"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "img").mkdir()
    for name in ("a1", "a2", "a10", "b1"):
        image = smooth_image(np.random.default_rng(0))
        cv2.imwrite(str(tmp_path / "img" / f"{name}.png"), image)
    return tmp_path


def listing(folder: Path, *lines: str, header: str = HEADER) -> Path:
    path = folder / "list.csv"
    path.write_text("\n".join((header, *lines)) + "\n")
    return path


def problem(path: Path, **options: Any) -> str:
    with pytest.raises(MienError) as caught:
        read_listing(path, **options)
    assert caught.value.path == str(path)
    assert caught.value.remedy
    return caught.value.problem


def test_a_good_list_becomes_a_store(folder: Path) -> None:
    path = listing(
        folder,
        "img/b1.png,B,,,test,,,,",
        "img/a10.png,A,one,10,train,0,2.5,,-0.5",
        "img/a2.png,A,one,2,train,1,,happiness,",
        '"img/a1.png",A,one,1,train,nan,5,neutral,1',
    )
    store = Store(ingest(read_listing(path), folder / "store", size=16, align=False).path)
    assert store.column("sample_id").tolist() == [
        "img/a1.png",
        "img/a2.png",
        "img/a10.png",
        "img/b1.png",
    ]
    assert store.column("frame").tolist() == [1, 2, 10, -1]
    assert store.column("clip").tolist() == ["one", "one", "one", ""]
    assert store.column("expression").tolist() == ["neutral", "happiness", "", ""]
    np.testing.assert_array_equal(store.column("AU12"), [math.nan, 1, 0, math.nan])
    np.testing.assert_array_equal(store.column("AU12_intensity"), [5, math.nan, 2.5, math.nan])
    np.testing.assert_array_equal(store.column("valence"), [1, math.nan, -0.5, math.nan])
    assert np.isnan(store.column("AU04")).all()


def test_parquet_reads_like_csv(folder: Path) -> None:
    table = pa.table(
        {
            "path": ["img/a1.png", "img/a2.png"],
            "subject": ["A", None],
            "clip": pa.nulls(2),
            "frame": pa.array([3, None], pa.int16()),
            "split": ["train", ""],
            "AU12": pa.array([1.0, math.nan]),
            "AU12_intensity": pa.array([None, 4], pa.int8()),
        }
    )
    pq.write_table(table, folder / "list.parquet")
    first, second = sorted(read_listing(folder / "list.parquet"), key=lambda each: each.path.name)
    assert first.path.name == "a1.png"
    assert (first.labels["frame"], first.labels["AU12"], first.labels["clip"]) == (3, 1.0, None)
    assert (second.labels["AU12"], second.labels["AU12_intensity"]) == (None, 4.0)
    odd = table.set_column(5, "AU12", pa.array([[1], [2]]))
    pq.write_table(odd, folder / "odd.parquet")
    assert "line 1: AU12 is [1], not a number" in problem(folder / "odd.parquet")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("img/a1.png,A,,,train,9,,,", "AU12 is 9, outside 0 to 1"),
        ("img/a1.png,A,,,train,-1,,,", "AU12 is -1, outside 0 to 1"),
        ("img/a1.png,A,,,train,,999,,", "AU12_intensity is 999, outside 0 to 5"),
        ("img/a1.png,A,,,train,0.5,,,", "AU12 is 0.5, neither 0 nor 1"),
        ("img/a1.png,A,,,train,yes,,,", "AU12 is 'yes', not a number"),
        ("img/a1.png,A,,,train,,inf,,", "AU12_intensity is inf, outside 0 to 5"),
        ("img/a1.png,A,,,train,,,,-2", "valence is -2, outside -1 to 1"),
        ("img/a1.png,A,,1.5,train,,,,", "frame is 1.5, not a whole number"),
        ("img/a1.png,A,,-4,train,,,,", "frame is -4, outside"),
        ("img/a1.png,A,,,train,,,happy,", "did you mean 'happiness'"),
        ("img/a1.png,A,,,train,,,boredom,", "'boredom', not an expression"),
        ("img/none.png,A,,,train,,,,", "no such file"),
        ("img,A,,,train,,,,", "no such file"),
        (",A,,,train,,,,", "path is empty"),
        ("../x.png,A,,,train,,,,", "leads out of"),
        ("/etc/passwd,A,,,train,,,,", "leads out of"),
        ("img/../../x.png,A,,,train,,,,", "leads out of"),
    ],
)
def test_wrong_cells_are_named_with_their_line(folder: Path, line: str, expected: str) -> None:
    text = problem(listing(folder, "img/b1.png,B,,,test,,,,", line))
    assert "1 problem:\n  line 3: " in text
    assert expected in text


def test_all_problems_are_told_at_once(folder: Path) -> None:
    path = listing(
        folder,
        "img/a1.png,A,,,train,7,,,",
        "img/a1.png,A,,,train,,,,",
        "img/a2.png,A,,,test,,,,",
        "img/a10.png,B,,x,test,,,cheerful,",
    )
    text = problem(path)
    assert "5 problems" in text
    assert "line 2: AU12 is 7" in text
    assert "line 3: path 'img/a1.png' is listed in line 2 already" in text
    assert "line 4: subject 'A' is in split 'test', in line 2 in 'train'" in text
    assert "line 5: expression is 'cheerful'" in text
    assert "line 5: frame is 'x'" in text


def test_a_duplicate_by_another_name_is_found(folder: Path) -> None:
    path = listing(folder, "img/a1.png,A,,,,,,,", "img/../img/a1.png,A,,,,,,,")
    assert "listed in line 2 already" in problem(path)


def test_long_reports_are_cut(folder: Path) -> None:
    text = problem(listing(folder, *(f"img/x{place}.png,A,,,,,,," for place in range(40))))
    assert "40 problems" in text
    assert "and 28 more" in text


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("path,subject,clip,frame", "no column split"),
        ("", "no column path, subject"),
        (HEADER + ",AU1", "column 'AU1' is not known"),
        (HEADER + ",landmarks", "column 'landmarks' is not known"),
        (HEADER + ",AU12", "column 'AU12' occurs twice"),
    ],
)
def test_wrong_headers(folder: Path, header: str, expected: str) -> None:
    assert expected in problem(listing(folder, header=header))


def test_a_misspelt_column_is_recognised(folder: Path) -> None:
    with pytest.raises(MienError, match="did you mean 'AU12_intensity'"):
        read_listing(listing(folder, header=HEADER.replace("AU12_intensity", "AU12_intensty")))


def test_files_that_are_no_lists(folder: Path) -> None:
    assert "cannot be read" in problem(folder / "none.csv")
    (folder / "binary.csv").write_bytes(b"\xff\xfe\x00\x01")
    assert "cannot be read" in problem(folder / "binary.csv")
    (folder / "bad.parquet").write_bytes(b"PAR1")
    assert "cannot be read" in problem(folder / "bad.parquet")
    assert "the list has no rows" in problem(listing(folder))
    assert "line 2 has 2 cells, the header 9" in problem(listing(folder, "img/a1.png,A"))
    assert "cannot be read" in problem(listing(folder, 'img/a1.png,"A'))


def test_images_may_lie_under_another_root(folder: Path, tmp_path: Path) -> None:
    (folder / "lists").mkdir()
    path = listing(folder / "lists", "a1.png,A,,,,,,,")
    assert "no such file" in problem(path)
    assert read_listing(path, root=folder / "img")[0].path == (folder / "img/a1.png").resolve()


def test_a_link_out_of_the_root_is_refused(folder: Path) -> None:
    outside = folder.parent / f"{folder.name}-outside.png"
    outside.write_bytes((folder / "img/a1.png").read_bytes())
    (folder / "img/link.png").symlink_to(outside)
    assert "leads out of" in problem(listing(folder, "img/link.png,A,,,,,,,"))


def test_other_expressions_on_request(folder: Path) -> None:
    path = listing(folder, "img/a1.png,A,,,,,,pain,")
    assert "not an expression" in problem(path)
    assert read_listing(path, expressions=("pain",))[0].labels["expression"] == "pain"


@given(value=st.floats(-1e4, 1e4))
def test_limits_hold(value: float) -> None:
    for name in ("AU01_left_intensity", "arousal", "yaw", "light_ratio"):
        low, high = limits(name)
        parse = parser(name, expressions=EXPRESSIONS_8)
        if low <= value <= high:
            assert parse(str(value)) == value
        else:
            with pytest.raises(ValueError, match="outside"):
                parse(value)


def test_natural_order() -> None:
    names = ["b1", "a10", "a9", "a", "10", "9", "a10b2", "a010"]
    assert sorted(names, key=natural) == ["a", "a9", "a010", "a10", "a10b2", "b1", "9", "10"]
