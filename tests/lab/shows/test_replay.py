"""Replay: times kept, gaps shown, another's face, nothing of the source in the files."""

import json
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from mien.errors import MienError
from mien.facs import LAB_AUS
from mien.lab.conditions.world import World
from mien.lab.expression import FaceState
from mien.lab.render import Rendered
from mien.lab.shows.replay import LABEL, intensities, nobody, smoothed, write_replay
from mien.study.follow import Followed

SIDE = 64


def followed(
    *, frames: int = 4, lost: dict[int, str] | None = None, times: list[float] | None = None,
    intensity: bool = True,
) -> Followed:  # fmt: skip
    """Unit 12 grows, unit 11 (which the lab does not render) is up; the head turns."""
    probability = np.stack([np.linspace(0.1, 0.9, frames), np.full(frames, 0.7)], axis=1)
    status = np.full(frames, "ok", dtype="<U12")
    for frame, why in (lost or {}).items():
        status[frame] = why
        probability[frame] = np.nan
    return Followed(
        source="secret-name.mp4", units=(12, 11), thresholds=np.array([0.5, 0.5]),
        frames=np.arange(frames), times=np.array(times or [0.1 * at for at in range(frames)]),
        status=status, probability=probability,
        intensity=5 * probability if intensity else None,
        pose=np.where(np.isnan(probability[:, :1]), np.nan, [[10.0, 5.0, -5.0]]),
    )  # fmt: skip


class Noting:
    """A renderer that notes what it is asked for and gives flat pictures."""

    def __init__(self) -> None:
        self.asked: list[tuple[FaceState, World]] = []

    def render(self, person, face, world, *, size, seed) -> Rendered:
        raise NotImplementedError

    def render_scene(self, person, face, world, *, width, height, centre, scale, seed) -> Rendered:
        self.asked.append((face, world))
        image = np.full((height, width, 3), (180, 60, 60), np.uint8)
        return Rendered(image=image, landmarks=np.zeros((478, 2), np.float32), pose=(0.0, 0.0, 0.0))


def decoded(path: Path) -> tuple[list[np.ndarray], list[float]]:
    with av.open(str(path)) as container:
        seen = [(f.to_ndarray(format="rgb24"), float(f.time)) for f in container.decode(video=0)]
    return [image for image, _ in seen], [time for _, time in seen]


def test_the_head_does_what_was_read(tmp_path: Path) -> None:
    renderer = Noting()
    seen = followed()
    write_replay(seen, tmp_path / "r.mp4", width=SIDE, height=SIDE, smooth=0.0, renderer=renderer)
    assert len(renderer.asked) == 4
    for at, (face, world) in enumerate(renderer.asked):
        assert seen.intensity is not None
        row = face.intensity[LAB_AUS.index(12)]
        assert row.tolist() == pytest.approx([seen.intensity[at, 0]] * 2, rel=1e-6)
        assert np.count_nonzero(face.intensity) == 2
        assert (world.yaw, world.pitch, world.roll) == (10.0, 5.0, -5.0)


def test_a_blink_is_not_smoothed_away(tmp_path: Path) -> None:
    spike = np.zeros((9, 2))
    spike[4] = 1.0
    seen = replace(followed(frames=9), units=(12, 45), probability=spike, intensity=5 * spike)
    renderer = Noting()
    write_replay(seen, tmp_path / "r.mp4", width=SIDE, height=SIDE, smooth=0.1, renderer=renderer)
    smile, blink = (
        [float(face.intensity[LAB_AUS.index(unit), 0]) for face, _ in renderer.asked]
        for unit in (12, 45)
    )
    assert blink == [0, 0, 0, 0, 5, 0, 0, 0, 0]
    assert 0 < smile[3] < smile[4] < 4


def test_times_are_kept_and_gaps_are_grey_with_their_reason(tmp_path: Path) -> None:
    times = [0.5, 0.6, 0.75, 0.8, 0.9]
    seen = followed(frames=5, times=times, lost={1: "no face", 3: "blurred"})
    files = write_replay(seen, tmp_path / "r.mp4", width=SIDE, height=SIDE, renderer=Noting())
    assert (files.frames, files.gaps) == (3, {"no face": 1, "blurred": 1})
    images, stamps = decoded(files.video)
    assert stamps == pytest.approx([time - 0.5 for time in times], abs=1e-4)
    colours = [image[:20].reshape(-1, 3).mean(axis=0) for image in images]
    for at, colour in enumerate(colours):
        grey = np.ptp(colour) < 12
        assert grey == (at in {1, 3})


def test_a_hole_in_time_is_a_gap_too(tmp_path: Path) -> None:
    seen = followed(frames=5, times=[0.0, 0.1, 0.2, 2.0, 2.1])
    files = write_replay(seen, tmp_path / "r.mp4", width=SIDE, height=SIDE, renderer=Noting())
    images, stamps = decoded(files.video)
    assert stamps == pytest.approx([0.0, 0.1, 0.2, 0.3, 2.0, 2.1], abs=1e-4)
    assert np.ptp(images[3][:20].reshape(-1, 3).mean(axis=0)) < 12


def test_neither_file_names_the_recording(tmp_path: Path) -> None:
    files = write_replay(
        followed(), tmp_path / "r.mp4", seed=4, width=SIDE, height=SIDE, renderer=Noting()
    )
    assert b"secret" not in files.video.read_bytes()
    about = json.loads(files.about.read_text())
    assert "secret" not in files.about.read_text()
    assert about["units"] == ["AU12"]
    assert about["units_left_out"] == ["AU11"]
    assert about["person"]["seed"] == 4
    assert about["frames"] == 4
    assert "recognise" in about["tells"]


def test_the_seed_is_the_person_and_nothing_hides_the_face() -> None:
    assert nobody(1) == nobody(1)
    assert nobody(1) != nobody(2)
    for seed in range(12):
        assert nobody(seed).cover.kind == "none"
        assert nobody(seed).glasses.frame == "none"


def test_probabilities_stand_in_for_intensities() -> None:
    seen = followed(frames=3, intensity=False)
    column = intensities(seen)[:, LAB_AUS.index(12)]
    assert column.tolist() == pytest.approx([0.2, 1.0, 1 + 4 * 0.8])
    lost = intensities(followed(lost={2: "no face"}))
    assert np.isnan(lost[2]).all()
    assert not np.isnan(lost[[0, 1, 3]]).any()


def slow(values: np.ndarray, times: np.ndarray, sigma: float) -> np.ndarray:
    """Every pair of known frames without an unknown one between them."""
    known = ~np.isnan(values).any(axis=1)
    out = np.full(values.shape, np.nan)
    for i in np.flatnonzero(known):
        total, weight = np.zeros(values.shape[1]), 0.0
        for j in np.flatnonzero(known):
            low, high = min(i, j), max(i, j)
            if known[low : high + 1].all() and abs(times[i] - times[j]) <= 4 * sigma:
                share = np.exp(-0.5 * ((times[i] - times[j]) / sigma) ** 2)
                total, weight = total + share * values[j], weight + share
        out[i] = total / weight
    return out


@pytest.mark.parametrize("seed", range(4))
def test_smoothing_equals_the_slow_way_and_crosses_no_gap(seed: int) -> None:
    generator = np.random.default_rng(seed)
    times = np.cumsum(generator.uniform(0.02, 0.06, 40))
    values = generator.normal(size=(40, 3))
    values[generator.random(40) < 0.15] = np.nan
    fast = smoothed(values, times, 0.05)
    # The fast way may go on a little beyond four standard deviations, where shares are below 4e-4.
    np.testing.assert_allclose(fast, slow(values, times, 0.05), atol=5e-3)
    assert np.array_equal(np.isnan(fast), np.isnan(values))
    assert smoothed(values, times, 0.0) is values


def test_a_constant_stays_constant() -> None:
    values = np.full((9, 2), 2.5)
    assert smoothed(values, np.arange(9) / 25, 0.08) == pytest.approx(values)


def test_a_real_picture_moves_with_the_unit(tmp_path: Path) -> None:
    files = write_replay(followed(frames=2), tmp_path / "r.mp4", width=96, height=96, smooth=0.0)
    images, _ = decoded(files.video)
    mouth = [image[40:70, 30:66].astype(np.int64) for image in images]
    assert np.abs(mouth[0] - mouth[1]).mean() > 2
    strip = images[0][-3:].mean()
    assert strip < images[0][-12:-6].mean()
    assert LABEL


@pytest.mark.parametrize(
    ("change", "problem"),
    [({"width": 63}, "even"), ({"height": 8}, "height"), ({"smooth": -1.0}, "smooth")],
)
def test_measures_out_of_range_are_refused(tmp_path: Path, change: dict, problem: str) -> None:
    options = {"width": SIDE, "height": SIDE, "smooth": 0.0} | change
    with pytest.raises(MienError, match=problem):
        write_replay(followed(), tmp_path / "r.mp4", renderer=Noting(), **options)
    assert not (tmp_path / "r.mp4").exists()


def test_nothing_to_show_is_said(tmp_path: Path) -> None:
    lost = followed(frames=2, lost={0: "no face", 1: "no face"})
    with pytest.raises(MienError, match="not one frame"):
        write_replay(lost, tmp_path / "r.mp4", width=SIDE, height=SIDE, renderer=Noting())
