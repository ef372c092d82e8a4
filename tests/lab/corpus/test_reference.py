"""The sample of a release: kept, compared, and telling where something changed."""

import json
from dataclasses import replace

import numpy as np
import pytest

from mien.errors import MienError
from mien.lab.corpus import reference
from mien.lab.corpus.reference import LABELS_FILE, STRIP_FILE, addresses, compare, keep, sample
from mien.lab.corpus.release import Release, ReleasePart
from mien.lab.interview import Interview
from mien.lab.shows.preview import write_png

TINY = Release(
    name="lab-0",
    size="small",
    pixels=24,
    parts=(
        ReleasePart(
            name="interview", scenario=Interview(subjects=2, frames=2, seconds=4.0), seed=0
        ),
    ),
)


@pytest.fixture(scope="module")
def kept():
    return sample(TINY)


@pytest.fixture
def folder(kept, tmp_path):
    keep(kept, tmp_path)
    return tmp_path


def test_a_sample_is_spread_over_every_part(kept):
    assert len(kept.addresses) == reference.EACH == len(set(kept.addresses))
    assert [where.clip for where in addresses(TINY)] == [2, 8, 13]
    assert kept.images.shape == (3, 64, 64, 3)
    assert repr(kept) == "Sample(3 frames, images (3, 64, 64, 3))"


def test_the_same_code_agrees_to_the_last_bit(folder):
    agreement = compare(TINY, folder)
    assert agreement.holds
    assert agreement.same_kind
    assert (agreement.exact, agreement.frames, agreement.mean) == (3, 3, 0.0)


def test_a_changed_scenario_is_noticed(folder):
    part = replace(TINY.parts[0], scenario=Interview(subjects=2, frames=2, seconds=4.0, calm=0.9))
    agreement = compare(replace(TINY, parts=(part,)), folder)
    assert not agreement.labels
    assert not agreement.holds


def test_other_machines_may_round_differently_and_no_more(folder, kept):
    said = json.loads((folder / LABELS_FILE).read_text())
    said["kind"]["processor"] = "an abacus"
    name = next(n for n, v in said["frames"][0]["labels"].items() if isinstance(v, float))
    said["frames"][0]["labels"][name] += 1e-7
    text = json.dumps(said)
    (folder / LABELS_FILE).write_text(text)
    agreement = compare(TINY, folder)
    assert not agreement.same_kind
    assert agreement.holds
    said["frames"][0]["labels"][name] += 1e-3
    (folder / LABELS_FILE).write_text(json.dumps(said))
    assert not compare(TINY, folder).holds
    (folder / LABELS_FILE).write_text(text.replace("an abacus", kept.kind["processor"]))
    assert not compare(TINY, folder).holds


def test_tolerance_of_pixels():
    near = reference.Agreement(same_kind=False, labels=True, exact=0, frames=3, mean=0.2, off=0.001)
    assert near.holds
    assert not replace(near, mean=0.8).holds
    assert not replace(near, off=0.01).holds
    assert not replace(near, same_kind=True).holds


def test_a_spoilt_or_missing_sample_is_a_clear_error(folder, tmp_path_factory):
    write_png(folder / STRIP_FILE, np.zeros((64, 384, 3), np.uint8))
    with pytest.raises(MienError, match="strip"):
        compare(TINY, folder)
    with pytest.raises(MienError, match="no sample"):
        compare(TINY, tmp_path_factory.mktemp("empty"))
