import numpy as np

from mien.faces.groups import COUNT, GROUPS, MIRROR_478, TO_68

MIRROR_68 = np.array(
    [
        *(*range(16, -1, -1), *range(26, 16, -1), 27, 28, 29, 30, 35, 34, 33, 32, 31),
        *(45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40),
        *(54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65),
    ]
)
"""The 68-point scheme's own left-right exchange."""


def test_mirroring_twice_changes_nothing():
    assert MIRROR_478.shape == (COUNT,)
    np.testing.assert_array_equal(MIRROR_478[MIRROR_478], np.arange(COUNT))


def test_eye_corners_change_sides_and_the_middle_stays():
    for right, left in ((33, 263), (133, 362), (468, 473), (61, 291), (105, 334)):
        assert MIRROR_478[right] == left
    for middle in (10, 168, 6, 197, 4, 1, 0, 17, 152):
        assert MIRROR_478[middle] == middle


def test_the_68_points_mirror_like_the_68_point_scheme():
    assert TO_68.shape == (68,)
    assert len(set(TO_68.tolist())) == 68
    np.testing.assert_array_equal(MIRROR_478[TO_68], TO_68[MIRROR_68])


def test_groups_mirror_into_each_other():
    for name, members in GROUPS.items():
        other = name.replace("left", "?").replace("right", "left").replace("?", "right")
        assert set(MIRROR_478[members].tolist()) == set(GROUPS[other].tolist()), name
        assert len(set(members.tolist())) == len(members)
        assert members.max() < COUNT
