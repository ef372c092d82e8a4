"""Counts, Jaccard and phi against scikit-learn and closed forms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.study.cooccurrence import measure

NAN = float("nan")


def test_closed_form() -> None:
    scores = np.array([[0.9, 0.9], [0.9, 0.1], [0.1, 0.1], [0.1, 0.9], [0.9, NAN], [NAN, 0.9]])
    found = measure(scores, [0.5, 0.5])
    assert found.both.tolist() == [[3, 1], [1, 3]]
    assert found.known.tolist() == [[5, 4], [4, 5]]
    assert found.either[0, 1] == 3
    assert found.jaccard[0, 1] == pytest.approx(1 / 3)
    assert found.phi[0, 1] == pytest.approx(0.0)
    assert found.jaccard[0, 0] == found.phi[0, 0] == 1.0
    assert repr(found) == "CoOccurrence(2 units)"


def test_a_threshold_is_reached_at_its_value() -> None:
    assert measure(np.array([[0.3], [0.2]]), [0.3]).both.tolist() == [[1]]


def test_undefined_is_nan_not_zero() -> None:
    found = measure(np.array([[0.1, 0.9], [0.2, 0.8]]), [0.5, 0.5])
    assert np.isnan(found.jaccard[0, 0])
    assert found.jaccard[0, 1] == 0.0
    assert np.isnan(found.phi).all()
    empty = measure(np.zeros((0, 2)), [0.5, 0.5])
    assert empty.both.tolist() == [[0, 0], [0, 0]]
    assert np.isnan(empty.jaccard).all()


def test_shapes_are_checked() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        measure(np.zeros((3, 2)), [0.5])


@settings(deadline=None, max_examples=25)
@given(
    table=st.lists(st.tuples(*[st.sampled_from([0.0, 0.4, 0.6, 1.0, NAN])] * 3), min_size=2),
)
def test_equals_scikit_learn(table: list[tuple[float, ...]]) -> None:
    scorers = pytest.importorskip("sklearn.metrics")  # not in the light install
    scores = np.array(table)
    found = measure(scores, [0.5, 0.5, 0.6])
    for i in range(3):
        for j in range(3):
            known = np.isfinite(scores[:, i]) & np.isfinite(scores[:, j])
            one, two = (
                scores[known][:, i] >= (0.5, 0.5, 0.6)[i],
                scores[known][:, j] >= ((0.5, 0.5, 0.6)[j]),
            )
            assert found.known[i, j] == known.sum()
            assert found.both[i, j] == (one & two).sum()
            if (one | two).any():
                assert found.jaccard[i, j] == pytest.approx(scorers.jaccard_score(one, two))
            else:
                assert np.isnan(found.jaccard[i, j])
            if one.any() and two.any() and not one.all() and not two.all():
                assert found.phi[i, j] == pytest.approx(scorers.matthews_corrcoef(one, two))
            else:
                assert np.isnan(found.phi[i, j])
