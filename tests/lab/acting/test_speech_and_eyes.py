"""Speech, blinks, closures, gaze."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.facs import LAB_AUS
from mien.lab.acting.eyes import BLINK_LENGTH, blinks, closures, gaze, gaze_at
from mien.lab.acting.motion import intensities
from mien.lab.acting.speech import sample_voice, syllables, utterances

SPEECH_UNITS = {10, 16, 17, 18, 20, 22, 23, 24, 25, 26}
SILENCE = np.zeros((0, 2))


@given(seed=st.integers(0, 2**32), share=st.floats(0.0, 1.0))
@settings(max_examples=50)
def test_utterances_are_ordered_and_inside(seed, share):
    spans = utterances(np.random.default_rng(seed), duration=20.0, share=share)
    flat = spans.reshape(-1)
    assert np.all(np.diff(flat) >= 0)
    assert np.all((flat >= 0) & (flat <= 20.0))


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.8, 1.0])
def test_utterances_fill_their_share(share):
    generator = np.random.default_rng(1)
    filled = [
        np.diff(utterances(generator, duration=60.0, share=share), axis=1).sum() / 60.0
        for _ in range(300)
    ]
    assert abs(np.mean(filled) - share) < 0.03


def test_speech_moves_the_mouth_at_the_voice_s_rate():
    generator = np.random.default_rng(2)
    voice = sample_voice(generator)
    pulses = syllables(generator, np.array([[1.0, 61.0]]), voice=voice)
    assert {LAB_AUS[row] for row in pulses.unit.tolist()} <= SPEECH_UNITS
    opened = np.sum(pulses.unit == LAB_AUS.index(25))
    assert abs(opened / 60.0 - voice.rate) < 0.5
    assert not len(syllables(generator, SILENCE, voice=voice))


def test_speech_opens_and_shuts():
    generator = np.random.default_rng(3)
    pulses = syllables(generator, np.array([[0.0, 10.0]]), voice=sample_voice(generator))
    open_lips = intensities(pulses, np.arange(0.0, 10.0, 0.02), units=len(LAB_AUS))
    lips = open_lips[:, LAB_AUS.index(25), 0]
    crossings = np.sum(np.diff(np.sign(lips - 0.8)) > 0)
    assert crossings > 15


def test_blinks_are_brief_complete_and_separate():
    generator = np.random.default_rng(4)
    pulses = blinks(generator, duration=600.0, rate=17.0, speech=SILENCE)
    length = pulses.rise + pulses.hold + pulses.fall
    assert length.min() >= BLINK_LENGTH[0] - 1e-9
    assert length.max() <= BLINK_LENGTH[1] + 1e-9
    assert {LAB_AUS[row] for row in pulses.unit.tolist()} == {45}
    assert np.all(pulses.start[1:] > (pulses.start + length)[:-1])
    assert 12.0 < len(pulses) / 10.0 < 22.0


def test_people_blink_more_when_they_talk():
    quiet = blinks(np.random.default_rng(5), duration=900.0, rate=15.0, speech=SILENCE)
    talk = np.array([[0.0, 900.0]])
    loud = blinks(np.random.default_rng(5), duration=900.0, rate=15.0, speech=talk)
    assert len(loud) > 1.25 * len(quiet)
    assert not len(blinks(np.random.default_rng(5), duration=9.0, rate=0.0, speech=SILENCE))


def test_closures_are_held():
    pulses = closures(np.random.default_rng(6), duration=600.0, rate=3.0)
    assert 15 < len(pulses) < 45
    assert pulses.hold.min() >= 0.5
    assert pulses.hold.max() <= 3.0
    assert {LAB_AUS[row] for row in pulses.unit.tolist()} == {43}


@given(seed=st.integers(0, 2**32))
@settings(max_examples=30)
def test_gaze_rests_and_jumps_within_limits(seed):
    look = gaze(np.random.default_rng(seed), duration=20.0, centre=(2.0, -3.0))
    times = np.linspace(0.0, 20.0, 4001)
    path = gaze_at(look, times)
    assert np.all(np.abs(path) <= (30.0, 20.0))
    still = np.sum(np.linalg.norm(np.diff(path, axis=0), axis=1) < 1e-9)
    assert still > 0.7 * len(times)
    assert np.all(np.diff(look.start) >= 0.15 - 1e-9)
    np.testing.assert_array_equal(gaze_at(look, times[777:778]), path[777:778])


def test_a_jump_takes_21_ms_and_2_ms_a_degree():
    look = gaze(np.random.default_rng(8), duration=20.0, centre=(0.0, 0.0))
    jump = 3
    size = np.linalg.norm(look.target[jump] - look.target[jump - 1])
    after = look.start[jump] + 0.021 + 0.0022 * size
    path = gaze_at(look, np.array([look.start[jump], after]))
    np.testing.assert_allclose(path[0], look.target[jump - 1], atol=1e-9)
    np.testing.assert_allclose(path[1], look.target[jump], atol=1e-9)
