"""Names of units and codes of coders."""

from math import isnan

import pytest

from mien.study.notation import read_code, read_heading, read_level


@pytest.mark.parametrize(
    ("text", "unit", "kind"),
    [
        ("AU12", 12, "any"), ("au04", 4, "any"), ("12", 12, "any"), ("AU 6", 6, "any"),
        ("L12", 12, "any"), ("AU12R", 12, "any"), ("AU12_left", 12, "any"), ("12@anna", 12, "any"),
        ("AU12_intensity", 12, "intensity"), ("AU01_r", 1, "intensity"), ("AU45_c", 45, "present"),
        ("AU12_left_intensity", 12, "intensity"),
    ],
)  # fmt: skip
def test_headings(text: str, unit: int, kind: str) -> None:
    found = read_heading(text)
    assert found is not None
    assert (found.unit, found.kind) == (unit, kind)


@pytest.mark.parametrize("text", ["frame", "AU99", "x12", "AU12_mean", "", "3", "t", "r", "0"])
def test_no_headings(text: str) -> None:
    assert read_heading(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", [(12, None)]), ("AU12", [(12, None)]), ("12C", [(12, 3.0)]), ("L12e", [(12, 5.0)]),
        ("6B+12C", [(6, 2.0), (12, 3.0)]), ("1 + 2A", [(1, None), (2, 1.0)]),
    ],
)  # fmt: skip
def test_codes(text: str, expected: list[tuple[int, float | None]]) -> None:
    found = read_code(text)
    assert found is not None
    assert [(unit, None if isnan(level) else level) for unit, level in found] == expected


@pytest.mark.parametrize("text", ["smile", "12F", "99", "6+", ""])
def test_no_codes(text: str) -> None:
    assert read_code(text) is None


@pytest.mark.parametrize(("text", "level"), [("A", 1.0), ("e", 5.0), ("0", 0.0), ("2,5", 2.5)])
def test_levels(text: str, level: float) -> None:
    assert read_level(text) == level


@pytest.mark.parametrize("text", ["", "9", "9.0", "n/a", "NaN", "?"])
def test_not_coded_is_unknown_and_never_zero(text: str) -> None:
    assert isnan(read_level(text))


@pytest.mark.parametrize("text", ["F", "6", "-1", "yes"])
def test_no_levels(text: str) -> None:
    with pytest.raises(ValueError, match=r"intensity|convert"):
        read_level(text)
