"""Splits never share a subject, depend on names and seed only, and match the published facts."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.errors import MienError
from mien.metrics.protocol import PARTS, Split, few, folds, shuffled, splits
from mien.metrics.published import (
    BP4D_FOLDS,
    BP4D_PLUS_FOLDS,
    DISFA_FOLDS,
    PUBLISHED,
    published,
)

NAMES = st.sets(st.text("ABCabc012", min_size=1, max_size=4), min_size=6, max_size=30)


@given(NAMES, st.integers(2, 5), st.integers(0, 9))
def test_folds_partition_and_never_leak(names: set[str], count: int, seed: int) -> None:
    made = folds(names, count, seed=seed)
    assert len(made) == count
    tested = [each for split in made for each in split.test]
    assert sorted(tested) == sorted(names)
    sizes = [len(split.test) for split in made]
    assert max(sizes) - min(sizes) <= 1
    for split in made:
        parts = [set(getattr(split, part)) for part in PARTS]
        assert set.union(*parts) == names
        assert sum(map(len, parts)) == len(names)
        assert split.validation
        assert split.train


@given(st.permutations([f"S{n}" for n in range(9)]))
def test_order_and_duplicates_do_not_matter(names: list[str]) -> None:
    expected = folds([f"S{n}" for n in range(9)], 3, seed=1)
    assert folds([*names, *names], 3, seed=1) == expected


def test_assignment_is_fixed_for_good() -> None:
    assert shuffled(["a", "b", "c", "d"], seed=0) == shuffled("dcba", seed=0)
    assert folds([f"S{n:02d}" for n in range(6)], 2, seed=0)[0].test == ("S00", "S03", "S04")
    assert folds("abcdefgh", 2, seed=0) != folds("abcdefgh", 2, seed=1)


def test_leakage_is_refused_by_name() -> None:
    with pytest.raises(MienError, match="train and test share subjects: S1, S2"):
        Split(train=("S1", "S2", "S3"), test=("S2", "S1"))
    with pytest.raises(MienError, match="train and validation share subjects: S1"):
        Split(train=("S1",), validation=("S1",))
    with pytest.raises(MienError, match="validation and test share subjects: S1"):
        Split(train=("S0",), validation=("S1",), test=("S1",))
    with pytest.raises(MienError, match="share subjects: S1"):
        splits({"P1": ("S1", "S2"), "P2": ("S1", "S3"), "P3": ("S4",)})


@pytest.mark.parametrize(("size", "count"), [(3, 4), (5, 1), (5, 0), (2, 2), (0, 2)])
def test_impossible_folds_are_refused(size: int, count: int) -> None:
    with pytest.raises(MienError, match="folds"):
        folds([f"S{n}" for n in range(size)], count)


def test_validation_share() -> None:
    assert all(not split.validation for split in folds("abcdef", 3, validation=0.0))
    assert len(folds("abcdefghij", 2, validation=0.4)[0].validation) == 2
    with pytest.raises(MienError, match="too few for validation"):
        folds("abcdef", 2, validation=1.0)


def test_few_is_nested_and_touches_train_only() -> None:
    split = folds([f"S{n}" for n in range(20)], 4)[0]
    sizes = [few(split, count, seed=2) for count in range(1, len(split.train) + 1)]
    for smaller, larger in itertools.pairwise(sizes):
        assert set(smaller.train) < set(larger.train)
        assert (smaller.validation, smaller.test) == (split.validation, split.test)
    assert set(sizes[-1].train) == set(split.train)
    for bad in (0, len(split.train) + 1):
        with pytest.raises(MienError, match="cannot keep"):
            few(split, bad)


def test_rows_and_check() -> None:
    split = Split(train=("a", "b"), validation=("c",), test=("d",), name="P1")
    column = np.array(["a", "d", "c", "x", "b", "d"])
    assert split.rows(column, "train").tolist() == [0, 4]
    assert split.rows(column, "validation").tolist() == [2]
    assert split.rows(column, "test").tolist() == [1, 5]
    split.check("abcdx")
    with pytest.raises(MienError, match="lacks subjects of the split: b, d"):
        split.check("ac")
    assert repr(split) == "Split(P1: train 2, validation 1, test 1)"
    assert repr(Split(train=("a",))) == "Split(train 1, validation 0, test 0)"


def test_published_folds_hold_each_subject_once() -> None:
    women = [f"F{n:03d}" for n in range(1, 83)]
    men = [f"M{n:03d}" for n in range(1, 59)]
    for table, everyone in (
        (BP4D_FOLDS, [*women[:23], *men[:18]]),
        (BP4D_PLUS_FOLDS, [*women, *men]),
    ):
        assert sorted(each for part in table.values() for each in part) == everyone
    assert [len(part) for part in BP4D_FOLDS.values()] == [14, 14, 13]
    assert [len(part) for part in BP4D_PLUS_FOLDS.values()] == [35] * 4
    assert [len(part) for part in DISFA_FOLDS.values()] == [9] * 3
    gone = {14, 15, 19, 20, 22}
    disfa = [f"SN{n:03d}" for n in range(1, 33) if n not in gone]
    assert sorted(each for part in DISFA_FOLDS.values() for each in part) == disfa


@pytest.mark.parametrize("corpus", PUBLISHED)
def test_published_splits_test_the_named_part(corpus: str) -> None:
    for split in published(corpus):
        assert set(split.test) == set(PUBLISHED[corpus][split.name])
        assert split.validation
    assert all(not split.validation for split in published(corpus, validation=0.0))


def test_unknown_corpus() -> None:
    with pytest.raises(MienError, match="bp4d-plus"):
        published("ck")
