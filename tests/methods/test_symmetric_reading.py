"""The mean of a picture's reading and its mirror image's."""

import pytest
import torch

from methods.test_text_reader import built, shaped
from mien.faces import geometry
from mien.methods.symmetric_reading import SymmetricReading


@pytest.fixture(scope="module")
def case():
    module, batch = built().eval(), shaped()
    return module.reader(), batch.views[:, 0], batch.geometry


def mirrored(shapes):
    return torch.from_numpy(geometry.mirrored(shapes.numpy()))


@pytest.mark.parametrize("with_shapes", [True, False])
def test_it_is_the_mean_of_two_readings(case, with_shapes):
    reading, images, shapes = case
    known = shapes if with_shapes else None
    turned = mirrored(shapes) if with_shapes else None
    with torch.no_grad():
        scores, faces = SymmetricReading(reading).score(images, known)
        _, one, seen = reading.score(images, known)
        _, two, other = reading.score(images.flip(3), turned)
    assert scores.keys() == one.keys()
    for task, values in scores.items():
        torch.testing.assert_close(values, (one[task] + two[task]) / 2)
    torch.testing.assert_close(faces, torch.nn.functional.normalize(seen + other, dim=1))


def test_a_face_and_its_mirror_image_are_read_alike(case):
    reading, images, shapes = case
    both = SymmetricReading(reading)
    with torch.no_grad():
        scores, faces = both.score(images, shapes)
        others, turned = both.score(images.flip(3), mirrored(shapes))
        single = reading.score(images, shapes)[1]
        turned_single = reading.score(images.flip(3), mirrored(shapes))[1]
    for task, values in scores.items():
        torch.testing.assert_close(values, others[task])
    torch.testing.assert_close(faces, turned)
    assert not torch.allclose(single["au"], turned_single["au"])
