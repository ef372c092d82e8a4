"""Names of points: none covers another, or a point, as long as there is room."""

from itertools import combinations, product

import numpy as np

from mien.report.label_places import label_places

WITHIN = (0.0, 0.0, 500.0, 400.0)


def boxes(places, widths):
    return [(x, y, x + w, y + 13.0) for (x, y), w in zip(places, widths, strict=True)]


def meet(one, two):
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]


def test_a_name_alone_stands_right_of_its_point_and_left_of_it_at_the_edge():
    ((x, y),) = label_places([(100.0, 100.0)], [50.0], height=13.0, within=WITHIN)
    assert (x, y) == (108.0, 93.5)
    ((x, _),) = label_places([(490.0, 100.0)], [50.0], height=13.0, within=WITHIN)
    assert 431.9 < x + 0.1 < 432.2


def test_names_cover_neither_names_nor_points():
    generator = np.random.default_rng(3)
    points = [(float(x), float(y)) for x, y in generator.uniform((120, 60), (380, 340), (20, 2))]
    widths = [60.0] * 20
    found = boxes(label_places(points, widths, height=13.0, within=WITHIN), widths)
    assert not any(meet(one, two) for one, two in combinations(found, 2))
    marks = [(x - 5, y - 5, x + 5, y + 5) for x, y in points]
    assert not any(meet(name, mark) for name, mark in product(found, marks))
    assert min(min(box[0], box[1]) for box in found) >= 0
    assert max(box[2] for box in found) <= 500
    assert max(box[3] for box in found) <= 400


def test_without_room_a_name_stands_beside_its_point():
    found = label_places([(5.0, 5.0)] * 2, [300.0] * 2, height=13.0, within=(0.0, 0.0, 9.0, 9.0))
    assert found == [(13.0, -1.5)] * 2
