"""The mean over picture and mirror image, with and without each input, against loops."""

from itertools import product

import numpy as np
import pytest
import torch

from methods.test_text_reader import built, shaped
from mien.faces import geometry
from mien.methods.averaged_reading import AveragedReading


@pytest.fixture(scope="module")
def case():
    module, batch = built().eval(), shaped()
    return module.reader(), batch.views[:, 0], batch.geometry


def mirrored(shapes):
    return torch.from_numpy(geometry.mirrored(shapes.numpy()))


def one_way(reading, features, shape, way):
    """A single face read from some inputs; by its pixels if it has none of the others."""
    pixels, *kept = way
    shown = shape.clone()
    for keep, part in zip(kept, geometry.PARTS, strict=True):
        if not keep:
            shown[part] = torch.nan
    if not pixels and not all(shown[part].isnan().any() for part in geometry.PARTS):
        features = torch.zeros_like(features)
    return reading.say(features[None], shown[None])


def test_it_is_the_mean_over_every_choice_of_inputs(case):
    reading, images, shapes = case
    half = shapes.clone()
    half[2, 0] = torch.nan  # of row 1 nothing is known, of row 2 no points: one is not enough
    ways = [way for way in product((True, False), repeat=3) if any(way)]
    with torch.no_grad():
        scores, faces = AveragedReading(reading).score(images, half)
        seen, turned = reading.encoder(torch.cat([images, images.flip(3)])).chunk(2)
        for row in range(4):
            said = [
                one_way(reading, features, shape, way)
                for features, shape in ((seen[row], half[row]), (turned[row], mirrored(half[row])))
                for way in ways
            ]
            expected = torch.cat([each["au"] for each, _ in said]).mean(0)
            torch.testing.assert_close(scores["au"][row], expected)
            vector = torch.cat([vectors for _, vectors in said]).mean(0)
            torch.testing.assert_close(faces[row], vector / vector.norm())


def test_other_tasks_are_read_from_everything_at_once(case):
    reading, images, shapes = case
    with torch.no_grad():
        scores, _ = AveragedReading(reading).score(images, shapes)
        one = reading.score(images, shapes)[1]
        two = reading.score(images.flip(3), mirrored(shapes))[1]
    for task in ("intensity", "expression", "affect"):
        torch.testing.assert_close(scores[task], (one[task] + two[task]) / 2)


def test_without_shapes_it_is_the_mean_of_two_readings_by_pixels(case):
    reading, images, shapes = case
    both = AveragedReading(reading)
    with torch.no_grad():
        scores, faces = both.score(images, None)
        unknown, vectors = both.score(images, torch.full_like(shapes, torch.nan))
        _, one, seen = reading.score(images, None)
        _, two, other = reading.score(images.flip(3), None)
    for task, values in scores.items():
        torch.testing.assert_close(values, (one[task] + two[task]) / 2)
        torch.testing.assert_close(unknown[task], values)
    torch.testing.assert_close(faces, torch.nn.functional.normalize(seen + other, dim=1))
    torch.testing.assert_close(vectors, faces)


def test_a_face_and_its_mirror_image_are_read_alike(case):
    reading, images, shapes = case
    both = AveragedReading(reading)
    with torch.no_grad():
        scores, faces = both.score(images, shapes)
        others, turned = both.score(images.flip(3), mirrored(shapes))
        single = reading.score(images, shapes)[1]["au"]
        turned_single = reading.score(images.flip(3), mirrored(shapes))[1]["au"]
    for task, values in scores.items():
        torch.testing.assert_close(values, others[task])
    torch.testing.assert_close(faces, turned)
    assert np.abs((single - turned_single).numpy()).max() > 1e-3
