"""What representations are asked: closed forms and made-up features that say one thing."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from mien.bench.questions.geometry import alignment, effective_rank, uniformity
from mien.bench.questions.hidden import conditions, identity, places, ridge
from mien.bench.questions.labels import Known, mean_auc, neighbours, one_hot, probe
from mien.data.store import Store
from mien.lab.corpus.make import make
from mien.lab.wild import Wild
from mien.metrics.auc import auc


def told(noise: float, *, seed: int = 0) -> Known:
    """Two labels that lie in the first two features, and noise elsewhere."""
    generator = np.random.default_rng(seed)
    truth = generator.integers(0, 2, (120, 2)).astype(np.float32)
    features = generator.normal(size=(120, 6)).astype(np.float32)
    features[:, :2] = 2.0 * truth - 1.0 + noise * features[:, :2]
    return Known(features=features, truth=truth, train=np.arange(60), validation=np.arange(60, 80))


@pytest.mark.parametrize("ask", [probe, neighbours])
def test_what_is_there_is_read_and_what_is_not_is_not(ask):
    clear = told(0.1)
    assert mean_auc(ask(clear, clear.features[80:]), clear.truth[80:]) > 0.9
    generator = np.random.default_rng(1)
    blind = Known(
        features=generator.normal(size=(120, 6)).astype(np.float32),
        truth=clear.truth,
        train=clear.train,
        validation=clear.validation,
    )
    assert mean_auc(ask(blind, blind.features[80:]), clear.truth[80:]) < 0.75


def test_one_neighbour_says_its_own_labels():
    known = told(0.1)
    said = neighbours(known, known.features[known.train], count=1)
    np.testing.assert_array_equal(said, known.truth[known.train])


def test_rows_without_labels_teach_nothing():
    known = told(0.1)
    known.truth[:30] = np.nan
    fewer = Known(
        features=known.features,
        truth=known.truth,
        train=np.arange(30, 60),
        validation=known.validation,
    )
    others = known.features[80:]
    np.testing.assert_allclose(probe(known, others), probe(fewer, others))
    np.testing.assert_allclose(neighbours(known, others), neighbours(fewer, others))


def test_mean_auc_is_over_labels_that_have_one():
    truth = np.array([[1.0, 1.0], [0.0, 1.0]], np.float32)
    scores = np.array([[0.9, 0.1], [0.1, 0.9]])
    assert mean_auc(scores, truth) == 1.0
    assert mean_auc(scores, np.ones((2, 2), np.float32)) == 0.0


def test_one_hot_leaves_unknown_classes_unknown():
    found = one_hot(np.array([1, -1]), 3)
    np.testing.assert_array_equal(found[0], [0.0, 1.0, 0.0])
    assert np.isnan(found[1]).all()


def test_geometry_in_closed_form():
    axes = np.eye(4, dtype=np.float32)
    assert alignment(axes, 3.0 * axes) == pytest.approx(0.0)
    assert alignment(axes, np.roll(axes, 1, axis=0)) == pytest.approx(2.0)
    assert uniformity(axes) == pytest.approx(-4.0)  # every pair is at a squared distance of 2
    assert uniformity(np.ones((4, 2), np.float32)) == pytest.approx(0.0, abs=1e-5)
    both = np.array([[1, 0], [-1, 0], [0, 1], [0, -1]], np.float32)
    assert effective_rank(both) == pytest.approx(2.0)
    assert effective_rank(np.ones((3, 2), np.float32)) == 1.0


def test_ridge_is_scikit_learns():
    generator = np.random.default_rng(2)
    train, test = (generator.normal(size=(n, 5)).astype(np.float32) for n in (40, 10))
    targets = generator.normal(size=(40, 2))
    scale = 0.1 * 40 * float((train.astype(np.float64) ** 2).mean())
    judge = Ridge(alpha=scale, fit_intercept=False).fit(train.astype(np.float64), targets)
    np.testing.assert_allclose(
        ridge(train, targets, test), judge.predict(test), rtol=1e-4, atol=1e-6
    )


@pytest.fixture(scope="module")
def wild(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wild") / "store"
    make(Wild(people=40, pictures=2), folder, size=24, seed=0, jobs=1)
    store = Store(folder)
    yield store
    store.close()


def numbered(store):
    return np.unique(store.column("subject"), return_inverse=True)[1]


def test_light_and_pose_are_read_where_they_are_and_nothing_is_read_from_noise(wild):
    rows = np.arange(len(wild))
    columns = ("light_yaw", "light_pitch", "light_ratio", "yaw", "pitch", "roll")
    truth = np.stack([wild.column(name) for name in columns], 1).astype(np.float32)
    noise = np.random.default_rng(0).normal(size=(len(rows), 30)).astype(np.float32)
    train = numbered(wild) < 20
    told = conditions(truth, wild, rows, train)
    assert told["light"] > 0.95
    assert told["pose"] > 0.95
    some = conditions(np.concatenate([truth[:, 3:], noise], 1), wild, rows, train)
    assert some["pose"] > 0.3 > 0.15 > some["light"]
    nothing = conditions(noise, wild, rows, train)
    assert -0.25 < nothing["light"] < 0.15  # a fixed small penalty says -1 and less
    assert -0.25 < nothing["pose"] < 0.15


def test_people_are_told_from_points_and_not_from_noise(wild):
    rows = np.arange(len(wild))
    points = np.eye(40, dtype=np.float32)[numbered(wild)]
    noise = np.random.default_rng(0).normal(size=(len(rows), 30)).astype(np.float32)
    hits, tried, found = identity(points, wild, rows)
    assert hits.all()
    assert found == {"accuracy": 1.0, "chance": 1 / 40, "same_person_auc": 1.0}
    assert len(tried) == 40  # the second picture of each
    _, _, guessed = identity(noise, wild, rows)
    assert guessed["accuracy"] < 0.2
    assert guessed["same_person_auc"] == pytest.approx(0.5, abs=0.15)


def test_pairs_across_places_are_of_one_person_or_of_two(wild):
    rows = np.arange(10, len(wild))
    people = numbered(wild)
    near, same, first = places(np.eye(40, dtype=np.float32)[people[rows]], wild, rows)
    assert same.sum() == 35  # the other picture of each
    assert len(same) == 35 * 9  # and eight of other people's
    np.testing.assert_array_equal(first[same], rows[::2])
    assert near[same].min() > near[~same].max()
    noise = np.random.default_rng(0).normal(size=(len(rows), 30)).astype(np.float32)
    near, again, _ = places(noise, wild, rows)
    np.testing.assert_array_equal(again, same)  # the same pairs, whatever the features
    said = auc(near[:, None], same[:, None].astype(np.float64)).values[0]
    assert said == pytest.approx(0.5, abs=0.15)
