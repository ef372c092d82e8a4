import numpy as np

from mien.predict.tracks import Tracks


def box(left, side=10.0):
    return np.array([left, 0, left + side, side], np.float32)


def test_numbers_follow_faces_and_new_ones_get_new_numbers():
    tracks = Tracks()
    assert tracks.number([box(0), box(50)], 0.0) == [0, 1]
    assert tracks.number([box(52), box(2)], 0.04) == [1, 0]
    assert tracks.number([box(4), box(90), box(54)], 0.08) == [0, 2, 1]


def test_a_face_keeps_its_number_over_a_short_gap_only():
    tracks = Tracks()
    assert tracks.number([box(0)], 0.0) == [0]
    assert tracks.number([], 0.5) == []
    assert tracks.number([box(1)], 0.9) == [0]
    assert tracks.number([box(1)], 2.5) == [1]


def test_two_faces_never_share_a_number():
    tracks = Tracks()
    tracks.number([box(0)], 0.0)
    assert sorted(tracks.number([box(1), box(2)], 0.1)) == [0, 1]


def test_the_better_overlap_wins():
    tracks = Tracks()
    tracks.number([box(0), box(5)], 0.0)
    assert tracks.number([box(4), box(0)], 0.1) == [1, 0]
