import numpy as np
import pytest

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
    assert tracks.number([], 1.8) == []
    assert tracks.number([box(1)], 2.5) == [1]


@pytest.mark.parametrize("step", [1.0, 2.0, 60.0])
def test_frames_far_apart_lose_no_number(step):
    tracks = Tracks()
    assert tracks.number([box(0), box(50)], 0.0) == [0, 1]
    assert tracks.number([box(53), box(3)], step) == [1, 0]
    assert tracks.number([box(55)], 2 * step) == [1]
    assert tracks.number([box(1)], 3 * step) == [2]
    assert tracks.number([box(51)], 5 * step) == [3]


def test_frames_far_apart_reach_no_further_than_a_second():
    tracks = Tracks()
    assert tracks.number([box(0)], 0.0) == [0]
    assert tracks.number([box(30)], 600.0) == [1]


def test_two_faces_never_share_a_number():
    tracks = Tracks()
    tracks.number([box(0)], 0.0)
    assert sorted(tracks.number([box(1), box(2)], 0.1)) == [0, 1]


def test_the_better_overlap_wins():
    tracks = Tracks()
    tracks.number([box(0), box(5)], 0.0)
    assert tracks.number([box(4), box(0)], 0.1) == [1, 0]


def paths(tracks, places, *, step=1 / 30, side=40.0):
    """Numbers over time; `places` gives each frame's boxes by (x, y), which may be none."""
    numbers = []
    for index, centres in enumerate(places):
        boxes = [
            np.array([x - side / 2, y - side / 2, x + side / 2, y + side / 2], np.float32)
            for x, y in centres
        ]
        numbers.append(tracks.number(boxes, index * step))
    return numbers


def test_a_fast_face_keeps_its_number():
    """One and a half sides a frame in the end: no overlap, but it goes on as it went."""
    places = [[(4.0 * index**1.6, 50.0)] for index in range(12)]
    assert places[-1][0][0] - places[-2][0][0] > 20
    assert {number for (number,) in paths(Tracks(), places)} == {0}


def test_two_faces_that_cross_behind_each_other_keep_their_numbers():
    """Both walk; when they meet only one is seen, for a third of a second."""
    places, truth = [], []
    for index in range(60):
        first, second = (100 + 6.0 * index, 100.0), (460 - 6.0 * index, 110.0)
        hidden = abs(first[0] - second[0]) < 40
        places.append([first] if hidden else [second, first])
        truth.append([0] if hidden else [1, 0])
    assert sum(len(one) == 1 for one in places) > 5
    numbers = paths(Tracks(), places)
    swap = {0: 1, 1: 0}  # the first frame lists the second first
    assert [[swap[number] for number in one] for one in numbers] == truth


def test_an_uneven_clock_does_not_matter():
    generator = np.random.default_rng(1)
    times = np.cumsum(generator.uniform(0.01, 0.12, 40))
    tracks = Tracks()
    for time in times:
        left = 100 + 150 * time
        boxes = [box(left, 40.0), box(700 - left, 40.0)]
        assert tracks.number(boxes, float(time)) == [0, 1]


def test_a_face_that_moved_while_unseen_is_awaited_where_it_went():
    tracks = Tracks()
    paths(tracks, [[(100 + 5.0 * index, 50.0)] for index in range(20)])
    seen = tracks.number([np.array([250, 30, 290, 70], np.float32)], 20 / 30 + 0.4)
    assert seen == [0]


def test_after_a_cut_all_numbers_are_new():
    tracks = Tracks()
    assert tracks.number([box(0)], 0.0) == [0]
    tracks.cut()
    assert tracks.number([box(0)], 0.04) == [1]


def test_a_face_of_another_size_is_another():
    tracks = Tracks()
    tracks.number([box(0, 40.0)], 0.0)
    assert tracks.number([box(10, 100.0)], 0.04) == [1]


def test_missing_says_whether_someone_may_come_back():
    tracks = Tracks()
    assert not tracks.missing(0.0)
    tracks.number([box(0), box(100)], 0.0)
    assert not tracks.missing(0.0)
    tracks.number([box(0)], 0.1)
    assert tracks.missing(0.1)
    tracks.number([box(0)], 1.2)
    assert not tracks.missing(1.2)
    tracks.number([], 1.3)
    assert tracks.missing(1.3)


def test_a_state_goes_on_as_if_nothing_had_been():
    places = [[(100 + 7.0 * index, 50.0), (400 - 7.0 * index, 60.0)] for index in range(30)]
    whole = paths(Tracks(), places)
    first, second = Tracks(), Tracks()
    begun = paths(first, places[:17])
    second.restore(first.state())
    rest = []
    for index, centres in enumerate(places[17:], 17):
        boxes = [np.array([x - 20, y - 20, x + 20, y + 20], np.float32) for x, y in centres]
        rest.append(second.number(boxes, index / 30))
    assert begun + rest == whole
    for name, value in second.state().items():
        assert value.dtype.kind in "if", name
