"""The landmark network finds rendered people, where the lab says they are."""

import numpy as np

from mien.faces.landmarker import Landmarker
from mien.facs import PROTOTYPES
from mien.lab.conditions.worlds import sample_world
from mien.lab.expression import FaceState
from mien.lab.people.draw import sample_person
from mien.lab.render import render_scene


def test_every_face_is_found_in_place(assets_cache):
    landmarker = Landmarker(runner="opencv", cache=assets_cache)
    generator = np.random.default_rng(3)
    errors = []
    for number in range(20):
        units = list(PROTOTYPES.values())[number % len(PROTOTYPES)]
        shown = render_scene(
            sample_person(generator), FaceState.of(units), sample_world(generator, hardness=0.3),
            width=256, height=256, centre=(128.0, 115.0), scale=150.0, seed=number,
        )  # fmt: skip
        found = landmarker.detect(shown.image, max_faces=1)
        assert len(found) == 1, number
        between = np.linalg.norm(shown.landmarks[263] - shown.landmarks[33])
        gap = np.linalg.norm(found[0].landmarks[:, :2] - shown.landmarks, axis=1)
        errors.append(gap.mean() / between)
    assert max(errors) < 0.09
    assert np.median(errors) < 0.04
