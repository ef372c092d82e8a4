"""ELAN files: tiers, slots without times, what is refused."""

from math import isnan
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.errors import MienError
from mien.study import elan
from mien.study.code_sheet import Habits
from mien.study.elan import codes_of_elan

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
MEDIA = '<MEDIA_DESCRIPTOR MEDIA_URL="file:///C:/films/my%20clip.mp4" MIME_TYPE="video/mp4"{}/>'


def annotation(first: str, last: str, value: str) -> str:
    return (
        f'<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a{first}" TIME_SLOT_REF1="{first}" '
        f'TIME_SLOT_REF2="{last}"><ANNOTATION_VALUE>{value}</ANNOTATION_VALUE>'
        "</ALIGNABLE_ANNOTATION></ANNOTATION>"
    )


def document(tiers: str, *, media: str = MEDIA.format(""), units: str = "milliseconds") -> str:
    slots = {"t1": "1000", "t2": "2000", "t3": None, "t4": "4000", "t5": "5000"}
    lines = "".join(
        f'<TIME_SLOT TIME_SLOT_ID="{name}"' + (f' TIME_VALUE="{v}"/>' if v else "/>")
        for name, v in slots.items()
    )
    return (
        f'{HEAD}<ANNOTATION_DOCUMENT><HEADER TIME_UNITS="{units}">{media}</HEADER>'
        f"<TIME_ORDER>{lines}</TIME_ORDER>{tiers}</ANNOTATION_DOCUMENT>"
    )


TIERS = (
    '<TIER TIER_ID="AU12" PARTICIPANT="P7">'
    + annotation("t1", "t2", " C ")
    + annotation("t2", "t3", "")
    + annotation("t4", "t5", "?")
    + '</TIER><TIER TIER_ID="speech">'
    + annotation("t1", "t5", "hello &amp; bye")
    + '</TIER><TIER TIER_ID="4@anna"/>'
)


def saved(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "coded.eaf"
    path.write_text(text, encoding="utf-8")
    return path


def test_tiers_become_events(tmp_path: Path) -> None:
    found = codes_of_elan(saved(tmp_path, document(TIERS)), Habits(shift=0.5))
    assert found.source == "my clip.mp4"
    assert found.subject == "P7"
    assert found.units == (4, 12)
    first, second, third = found.events
    assert (first.start, first.end, first.level) == (1.5, 2.5, 3.0)
    assert (second.start, second.end) == (2.5, 3.5)  # t3 lies halfway from t2 to t4
    assert isnan(second.level)
    assert second.codable
    assert not third.codable


def test_without_a_video_the_clip_is_called_as_the_file(tmp_path: Path) -> None:
    assert codes_of_elan(saved(tmp_path, document(TIERS, media="")), Habits()).source == "coded"


BILLION = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    "<ANNOTATION_DOCUMENT>&b;</ANNOTATION_DOCUMENT>"
)
OUTSIDE = (
    '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    "<ANNOTATION_DOCUMENT>&e;</ANNOTATION_DOCUMENT>"
)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (HEAD + BILLION, "document type"),
        (HEAD + OUTSIDE, "document type"),
        (HEAD + "<ANNOTATION_DOCUMENT>", "not readable"),
        (HEAD + "<html/>", "not an EAF"),
        (document(TIERS, units="NTSC-frames"), "milliseconds"),
        (document('<TIER TIER_ID="speech"/>'), "no tier"),
        (document(TIERS, media=MEDIA.format(' TIME_ORIGIN="500"')), "offset of 500"),
        (document('<TIER TIER_ID="12">' + annotation("t9", "t2", "") + "</TIER>"), "no time"),
        (document('<TIER TIER_ID="12">' + annotation("t2", "t1", "") + "</TIER>"), "ends before"),
        (document(TIERS).replace('"1000"', '"soon"'), "not readable"),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(MienError, match=problem) as raised:
        codes_of_elan(saved(tmp_path, text), Habits())
    assert raised.value.remedy


def test_a_time_beyond_all_clips_is_refused(tmp_path: Path) -> None:
    for time in ("1e400", "nan", "1e15"):
        with pytest.raises(MienError):
            codes_of_elan(saved(tmp_path, document(TIERS).replace('"1000"', f'"{time}"')), Habits())


def test_an_encoding_that_is_none_is_refused(tmp_path: Path) -> None:
    content = document(TIERS).replace("UTF-8", "U-TF-8")
    assert "U-TF-8" in content
    with pytest.raises(MienError, match="not readable as EAF"):
        codes_of_elan(saved(tmp_path, content), Habits())


@settings(max_examples=150)
@given(data=st.data())
def test_damage_anywhere_is_read_or_refused_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = bytearray(document(TIERS).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 6))] = data.draw(st.binary(max_size=6))
    path = tmp_path_factory.getbasetemp() / "damaged.eaf"
    path.write_bytes(bytes(content))
    try:
        found = codes_of_elan(path, Habits())
    except MienError:
        return
    assert all(event.start <= event.end for event in found.events)


def test_a_large_file_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elan, "LARGEST", 1 << 20)
    path = saved(tmp_path, document(TIERS) + " " * (1 << 20))
    with pytest.raises(MienError, match="larger than 1 MiB"):
        codes_of_elan(path, Habits())
