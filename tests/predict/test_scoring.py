"""Faces of several images scored together, beside the same ones read one image at a time."""

from itertools import chain

import numpy as np
import pytest

from mien.predict import Limits, Predictor
from mien.predict.model import Model
from mien.predict.scoring import Scorer, Seen
from mien.predict.shipped import default_bundle


@pytest.fixture(scope="module")
def images(photo, landmarker):
    """One face, none, two, one that is too small to be read."""
    single, empty = photo, np.full((64, 64, 3), 90, np.uint8)
    pair = np.hstack([photo[:256, 100:356], photo[:256, 100:356][:, ::-1]])
    small = np.ascontiguousarray(photo[::3, ::3])
    found = [landmarker.detect(image, thorough=True) for image in (single, empty, pair, small)]
    assert [len(faces) for faces in found] == [1, 0, 2, 1]
    return [
        Seen(image=image, faces=faces, numbers=list(range(5, 5 + len(faces))))
        for image, faces in zip((single, empty, pair, small), found, strict=True)
    ]


def test_together_is_as_one_by_one(full_bundle, landmarker, images):
    scorer = Scorer(
        Model(full_bundle), landmarker, limits=Limits(size=60.0), expressions=True
    )  # fmt: skip
    together = scorer.read_all(images)
    alone = [scorer.read(seen.image, list(seen.faces), list(seen.numbers)) for seen in images]
    assert [[face.status for face in one] for one in together] == [
        ["ok"], [], ["ok", "ok"], ["too small"],
    ]  # fmt: skip
    for ours, slow in zip(chain(*together), chain(*alone), strict=True):
        assert (ours.face, ours.status, ours.quality) == (slow.face, slow.status, slow.quality)
        for name in ("au", "intensity", "expression", "affect"):
            np.testing.assert_allclose(getattr(ours, name), getattr(slow, name), atol=1e-6)
        np.testing.assert_array_equal(ours.landmarks, slow.landmarks)
    first, second = together[2]
    assert np.abs(first.au - second.au).max() > 0  # rows are not exchanged for one another


def test_nothing_is_read_of_nothing(bundle, landmarker, photo):
    scorer = Scorer(Model(bundle), landmarker, limits=Limits(), expressions=False)
    assert scorer.read_all([]) == []
    assert scorer.read(photo, [], []) == []


def test_blend_shapes_are_kept_of_scored_faces(full_bundle, landmarker, photo):
    (plain,) = Predictor(full_bundle, landmarker=landmarker).image(photo)
    assert plain.shapes is None
    (face,) = Predictor(default_bundle(), landmarker=landmarker).image(photo)
    np.testing.assert_array_equal(face.shapes, landmarker.blendshapes(face.landmarks))
    strict = Predictor(default_bundle(), landmarker=landmarker, limits=Limits(size=999.0))
    assert strict.image(photo)[0].shapes is None
