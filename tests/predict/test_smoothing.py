import math
from dataclasses import replace

import numpy as np
import pytest

from mien.errors import MienError
from mien.faces.pose import Pose
from mien.predict.reading import FaceReading, FrameReading, Quality
from mien.predict.smoothing import Smoother, Smoothing, chance, logit, smoothing


def face(chances, *, number=0, status="ok", **more):
    return FaceReading(
        face=number, status=status, box=np.zeros(4, np.float32), score=1.0, presence=1.0,
        landmarks=np.zeros((478, 3), np.float32), pose=Pose(yaw=0.0, pitch=0.0, roll=0.0),
        quality=Quality(size=100.0, blur=0.3, frontal=1.0), units=tuple(range(1, len(chances) + 1)),
        au=np.array(chances, np.float32), **more,
    )  # fmt: skip


def frame(index, time, *faces):
    return FrameReading(frame=index, time=time, status="ok", faces=faces)


def run(series, times, settings=None):
    """The first unit's smoothed logits, of raw logits."""
    smoother = Smoother(Smoothing() if settings is None else settings)
    found = []
    for index, (value, time) in enumerate(zip(series, times, strict=True)):
        seen = smoother.apply(frame(index, float(time), face([chance(np.array([value]))[0]])))
        found.append(float(logit(seen.faces[0].au)[0]))
    return np.array(found)


def one_euro(series, times, settings):
    """The filter as Casiez et al. write it, one number at a time."""
    last, speed, found = None, 0.0, []
    for index, value in enumerate(series):
        if last is None:
            last = value
        else:
            period = times[index] - times[index - 1]

            def alpha(cutoff, period=period):
                tau = 1 / (2 * math.pi * cutoff)
                return 1 / (1 + tau / period)

            rate = (value - last) / period
            share = alpha(settings.speed_cutoff)
            speed = share * rate + (1 - share) * speed
            share = alpha(settings.cutoff + settings.speed * abs(speed))
            last = share * value + (1 - share) * last
        found.append(last)
    return np.array(found)


def test_it_is_the_paper_s_filter_at_an_uneven_clock(generator):
    times = np.cumsum(generator.uniform(0.01, 0.2, 60))
    series = np.sin(times * 3) * 3 + generator.normal(0, 0.4, 60)
    np.testing.assert_allclose(
        run(series, times), one_euro(series, times, Smoothing()), rtol=1e-4, atol=1e-4
    )


def test_what_rests_is_steadied_and_what_moves_is_followed(generator):
    times = np.arange(90) / 30
    resting = run(generator.normal(-2, 0.3, 90), times)
    assert resting[30:].std() < 0.2
    step = np.where(times < 1.5, -3.0, 3.0)
    assert abs(run(step, times)[45 + 6]) > 2.5  # a fifth of a second after the jump


def test_a_steady_signal_is_left_alone_and_a_shift_shifts(generator):
    times = np.arange(30) / 30
    np.testing.assert_allclose(run(np.full(30, 1.2), times), 1.2, atol=1e-4)
    series = generator.normal(0, 1, 30)
    np.testing.assert_allclose(run(series + 1.5, times), run(series, times) + 1.5, atol=1e-3)


def test_after_a_gap_a_face_is_taken_up_anew():
    times = [0.0, 0.1, 0.2, 0.8]
    found = run([0.0, 0.0, 0.0, 3.0], times)
    assert found[3] == pytest.approx(3.0, abs=1e-3)
    assert run([0.0, 0.0, 0.0, 3.0], [0.0, 0.1, 0.2, 0.3])[3] < 2.9


def test_faces_do_not_touch_each_other_and_unscored_ones_stay_so():
    smoother = Smoother(Smoothing())
    one, two = face([0.2]), face([0.9], number=1)
    smoother.apply(frame(0, 0.0, one, two))
    hidden = face([np.nan], status="turned away")
    seen = smoother.apply(frame(1, 0.04, hidden, two))
    assert seen.faces[0] is hidden
    np.testing.assert_allclose(seen.faces[1].au, [0.9], atol=1e-5)
    back = smoother.apply(frame(2, 0.08, face([0.8]), two)).faces[0]
    assert 0.2 < back.au[0] < 0.8


def test_every_score_is_smoothed_in_its_own_measure():
    def rich(value):
        return face(
            [value, value], intensity=np.array([5 * value, 0], np.float32),
            expressions=("a", "b"), expression=np.array([value, 1 - value], np.float32),
            affect=np.array([value, -value], np.float32), prompts=("x",),
            asked=np.array([value], np.float32),
        )  # fmt: skip

    smoother = Smoother(Smoothing())
    smoother.apply(frame(0, 0.0, rich(0.2)))
    seen = smoother.apply(frame(1, 0.03, rich(0.7))).faces[0]
    assert 0.2 < seen.au[0] < 0.7
    assert seen.au[0] == seen.asked[0]
    assert 1.0 < seen.intensity[0] < 3.5
    assert seen.expression.sum() == pytest.approx(1.0, abs=1e-6)
    assert seen.affect[0] == pytest.approx(-seen.affect[1])
    assert seen.au.dtype == seen.intensity.dtype == np.float32


def test_a_state_goes_on_as_if_nothing_had_been(generator):
    values = generator.uniform(0.1, 0.9, (20, 2))
    frames = [
        frame(index, index / 25, face([one]), face([two], number=4))
        for index, (one, two) in enumerate(values)
    ]
    whole = Smoother(Smoothing())
    expected = [[float(each.au[0]) for each in whole.apply(one).faces] for one in frames]
    first, second = Smoother(Smoothing()), Smoother(Smoothing())
    begun = [first.apply(one) for one in frames[:9]]
    second.restore(first.state())
    rest = [second.apply(one) for one in frames[9:]]
    assert [[float(each.au[0]) for each in one.faces] for one in begun + rest] == expected
    fresh = Smoother(Smoothing())
    fresh.restore(Smoother(Smoothing()).state())
    assert fresh.state()["numbers"].shape == (0,)


def test_it_has_a_name_and_says_its_delay():
    assert smoothing(None) is smoothing("none") is None
    chosen = smoothing("one-euro")
    assert chosen == Smoothing()
    assert chosen.provenance()["delay_at_rest_s"] == pytest.approx(0.1061)
    assert replace(chosen, cutoff=3.0).provenance()["delay_at_rest_s"] == pytest.approx(0.0531)
    with pytest.raises(MienError, match="no smoothing named 'kalman'"):
        smoothing("kalman")
