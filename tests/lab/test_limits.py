"""Settings out of range: one error, which names the field and the remedy."""

import pytest

from mien.cli.main import main
from mien.errors import MienError
from mien.facs import EXPRESSIONS_8
from mien.lab.corpus.make import make
from mien.lab.interview import Interview
from mien.lab.shows.clip_video import write_clip
from mien.lab.shows.preview import preview
from mien.lab.talking import Talking
from mien.lab.wild import Wild

NAN = float("nan")
EQUAL = (1.0,) * len(EXPRESSIONS_8)
COMMON = [
    *[("hardness", value) for value in (-0.1, 1.1, NAN)],
    ("threshold", 1.1),
    ("variety", -1.0),
    ("resting", float("inf")),
    ("framing", -0.5),
]
CLIPS = [("frames", 0), ("seconds", 0.0), ("fps", -25.0), ("fps", NAN), ("seconds", float("inf"))]
BAD = [
    *[(kind, *each) for kind in (Interview, Wild, Talking) for each in COMMON],
    *[(kind, *each) for kind in (Interview, Talking) for each in CLIPS],
    *[(kind, "strength", value) for kind in (Interview, Talking) for value in (-0.1, 1.5)],
    *[(kind, name, 2.0) for kind in (Interview, Talking) for name in ("smiling", "calm")],
    *[(Interview, name, -1.0) for name in ("damage", "elicitation", "speech", "fidget")],
    *[(Interview, name, -1.0) for name in ("posture", "change")],
    (Interview, "subjects", 0),
    (Talking, "people", 0),
    (Talking, "clips_each", -1),
    (Talking, "speech", 1.1),
    (Wild, "people", -3),
    (Wild, "talking", 1.5),
    (Wild, "fidget", -1.0),
    (Wild, "strength", (0.5, 1.2)),
    (Wild, "strength", (0.9, 0.1)),
    (Wild, "shares", (1.0,)),
    (Wild, "shares", (*EQUAL[1:], -1.0)),
    (Wild, "shares", (*EQUAL[1:], NAN)),
    (Wild, "shares", (0.0,) * len(EQUAL)),
]


@pytest.mark.parametrize(("kind", "name", "value"), BAD, ids=str)
def test_a_bad_field_is_named(kind, name, value):
    with pytest.raises(MienError, match=name.removesuffix("s")) as caught:
        kind(**{name: value})
    assert caught.value.remedy


@pytest.mark.parametrize(
    "scenario",
    [
        Interview(
            subjects=1, frames=1, seconds=0.02, fps=0.5, strength=0.0, smiling=0.0, elicitation=0.0,
            variety=0.0, resting=0.0, framing=0.0, hardness=0.0, damage=0.0, threshold=0.0,
        ),
        Interview(
            subjects=1, frames=3, seconds=3.0, strength=1.0, smiling=1.0, elicitation=1.0, calm=0.0,
            hardness=1.0, damage=1.0, threshold=1.0, speech=9.0,
        ),
        Talking(people=1, clips_each=1, frames=2, seconds=2.0, speech=0.0, calm=0.0, smiling=0.0),
        Talking(people=1, clips_each=1, frames=2, seconds=2.0, speech=1.0, calm=1.0, strength=0.0),
        Wild(people=3, strength=(0.0, 0.0), talking=1.0, fidget=0.0, hardness=0.0),
        Wild(people=3, strength=(1.0, 1.0), talking=0.0, hardness=1.0, shares=(0.0, *EQUAL[1:])),
    ],
)  # fmt: skip
def test_the_ends_of_the_ranges_work(scenario):
    for clip in scenario.clips(0):
        labels = scenario.frame(clip, clip.frames - 1).labels
        assert -1.0 <= labels["valence"] <= 1.0


def test_pictures_have_a_least_size(tmp_path):
    with pytest.raises(MienError, match="size cannot be 15"):
        make(Wild(people=1), tmp_path / "store", size=15)
    with pytest.raises(MienError, match="size cannot be 0"):
        preview(tmp_path / "sheets", size=0)
    assert list(tmp_path.iterdir()) == []
    assert make(Wild(people=2, hardness=1.0), tmp_path / "store", size=16, jobs=1).finished


@pytest.mark.parametrize(
    ("measures", "problem"),
    [
        ({"width": 8}, "width cannot be 8"),
        ({"height": 33}, "height must be even"),
        ({"seconds": 0.0}, "seconds cannot be 0"),
        ({"start": -1.0}, "start cannot be -1"),
    ],
)
def test_a_clip_has_measures(tmp_path, measures, problem):
    scenario = Talking(people=1, frames=1, seconds=1.0)
    with pytest.raises(MienError, match=problem):
        write_clip(scenario, scenario.clips(0)[0], tmp_path / "clip.mp4", **measures)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["describe", "interview", "--subjects", "0"], "subjects cannot be 0"),
        (["describe", "wild", "--shares", "1", "2"], "there are 2 shares for 8 names"),
        (["describe", "talking", "--hardness", "2"], "hardness cannot be 2.0"),
        (["preview", "--out", "sheets", "--size", "4"], "size cannot be 4"),
        (["make", "--out", "store", "--size", "4", "wild"], "size cannot be 4"),
    ],
)
def test_the_command_line_says_so(words, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["lab", *words]) == 2
    complaint = capsys.readouterr().err
    assert said in complaint
    assert "remedy: " in complaint
    assert "Traceback" not in complaint
    assert list(tmp_path.iterdir()) == []
