"""k-means against loops, against scikit-learn, and on groups that are plain to see."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.cluster import KMeans

from mien.data.clusters import first_centres, kmeans, lloyd
from mien.errors import MienError


def rng(seed=0):
    return np.random.default_rng(seed)


def slow(points, centres, rounds):
    """Lloyd's algorithm as loops; no group may run empty."""
    labels = None
    for _ in range(rounds):
        found = []
        for point in points:
            apart = [sum((a - b) ** 2 for a, b in zip(point, c, strict=True)) for c in centres]
            found.append(apart.index(min(apart)))
        if found == labels:
            break
        labels = found
        for group in range(len(centres)):
            mine = [p for p, label in zip(points, labels, strict=True) if label == group]
            centres[group] = [sum(values) / len(mine) for values in zip(*mine, strict=True)]
    return labels, centres


@pytest.mark.parametrize("seed", range(4))
def test_lloyd_is_its_definition(seed):
    points = rng(seed).normal(size=(40, 3))
    start = first_centres(points, 4, generator=rng(seed))
    labels, centres = slow(points.tolist(), start.tolist(), 50)
    got = lloyd(points, start, rounds=50)
    assert got.labels.tolist() == labels
    np.testing.assert_allclose(got.centres, centres)
    peer = KMeans(4, init=start, n_init=1, max_iter=50, tol=0.0).fit(points)
    assert got.labels.tolist() == peer.labels_.tolist()
    assert got.inertia == pytest.approx(peer.inertia_)


def test_groups_that_are_plain_to_see_are_found_and_numbered_by_size():
    sizes, places = (30, 20, 10), np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]])
    truth = np.repeat([2, 0, 1], sizes)
    points = places[truth] + rng().normal(size=(60, 2)) * 0.3
    order = rng(1).permutation(60)
    found = kmeans(points[order], 3, generator=rng(2))
    for number, size in enumerate(sizes):
        assert (found.labels == number).sum() == size
        assert len(set(truth[order][found.labels == number])) == 1


@given(st.integers(0, 1000), st.integers(1, 6))
def test_properties(seed, count):
    points = rng(seed).integers(0, 4, size=(12, 2)).astype(np.float64)
    count = min(count, len(np.unique(points, axis=0)))
    found = kmeans(points, count, generator=rng(seed), restarts=2)
    again = kmeans(points, count, generator=rng(seed), restarts=2)
    np.testing.assert_array_equal(found.labels, again.labels)
    assert sorted(set(found.labels.tolist())) == list(range(count))  # none is empty
    sizes = np.bincount(found.labels)
    assert (np.diff(sizes) <= 0).all()
    for group in range(count):
        np.testing.assert_allclose(found.centres[group], points[found.labels == group].mean(0))
    whole = ((points - points.mean(0)) ** 2).sum()
    assert found.inertia <= whole + 1e-9


def test_more_restarts_are_never_worse():
    points = rng(5).normal(size=(80, 2))
    inertia = [kmeans(points, 9, generator=rng(0), restarts=n).inertia for n in (1, 4, 16)]
    assert inertia[0] >= inertia[1] >= inertia[2]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = KMeans(9, n_init=16, random_state=0).fit(points).inertia_
    assert inertia[2] == pytest.approx(peer, rel=0.05)


def test_too_many_groups_are_refused():
    points = np.zeros((5, 2))
    with pytest.raises(MienError, match="1 different points") as caught:
        kmeans(points, 2, generator=rng())
    assert caught.value.remedy
