"""The head asset: a sound mesh, targets that blend as their sum, and a symmetric landmark map."""

from importlib.resources import files

import numpy as np
import pytest

from mien.faces.groups import MIRROR_478
from mien.lab.anatomy import head as heads
from mien.lab.anatomy.head import blend, head
from mien.lab.anatomy.made_targets import TWO_SIDED, left_share


def dense(name):
    model = head()
    column = model.column(name)
    moved = np.zeros_like(model.vertices)
    for entry in range(model.starts[column], model.starts[column + 1]):
        moved[model.rows[entry]] += model.deltas[entry]
    return moved


def test_arrays_are_small_and_plain():
    path = files("mien.lab.anatomy") / "head.npz"
    with np.load(str(path), allow_pickle=False) as stored:
        assert {array.dtype.kind for array in stored.values()} <= set("fuiU")
    assert len(path.read_bytes()) < 1_100_000


def test_mesh_is_sound():
    model = head()
    assert np.isfinite(model.vertices).all()
    assert model.faces.min() == 0
    assert model.faces.max() == len(model.vertices) - 1
    assert (model.faces[:, 0] != model.faces[:, 1]).all()
    assert (model.faces[:, 1] != model.faces[:, 2]).all()
    assert set(np.unique(model.face_group)) == set(range(8))
    assert np.unique(model.faces).size == len(model.vertices)


def test_skin_faces_outwards():
    model = head()
    skin = model.faces[model.face_group == heads.SKIN]
    a, b, c = (model.vertices[skin[:, corner]] for corner in range(3))
    forehead = (a[:, 2] > 1.2) & (a[:, 1] > 7.5)
    assert (np.cross(b - a, c - a)[forehead, 2] > 0).all()


def test_only_group_seven_is_never_drawn():
    from mien.lab.anatomy.fixed import fixed

    assert not fixed().kept[head().face_group == heads.HAIR].any()


def test_blend_equals_the_sum_of_dense_targets():
    model = head()
    names = ("face/jawOpen", "macro/asian-female-young", "own/cheekUp.left")
    weights = dict(zip(names, (0.7, -0.3, 1.2), strict=True))
    expected = model.vertices.astype(np.float64)
    for name, weight in weights.items():
        expected = expected + weight * dense(name)
    np.testing.assert_allclose(blend(model.vertices, weights), expected, atol=1e-5)


def test_blend_leaves_its_input_alone_and_knows_its_names():
    model = head()
    before = model.vertices.copy()
    blend(model.vertices, {"face/jawOpen": 1.0})
    np.testing.assert_array_equal(before, model.vertices)
    np.testing.assert_array_equal(blend(model.vertices, {"face/jawOpen": 0.0}), before)
    with pytest.raises(KeyError):
        blend(model.vertices, {"face/noSuchUnit": 1.0})


@pytest.mark.parametrize("name", TWO_SIDED)
def test_halves_add_up(name):
    np.testing.assert_allclose(
        dense(f"{name}.left") + dense(f"{name}.right"), dense(name), atol=1e-5
    )


def test_sides_are_the_subjects():
    share = left_share(head().vertices)
    assert share[head().vertices[:, 0] > 0.2].min() == 1
    assert share[head().vertices[:, 0] < -0.2].max() == 0
    for unit in ("face/mouthSmileLeft", "face/browDownLeft", "own/cheekUp.left"):
        moved = np.linalg.norm(dense(unit), axis=1)
        assert head().vertices[moved.argmax(), 0] > 0


def test_identity_targets_leave_the_shoulders():
    low = head().vertices[:, 1] < 5.2
    for name in head().names:
        if name.startswith(("macro/", "weight/")):
            assert np.abs(dense(name)[low]).max() == 0


def test_landmarks_lie_in_triangles_of_the_mesh():
    model = head()
    assert model.landmark_weights.min() >= 0
    np.testing.assert_allclose(model.landmark_weights.sum(axis=1), 1, atol=1e-5)
    known = {tuple(sorted(face)) for face in model.faces.tolist()}
    assert all(tuple(sorted(corner)) in known for corner in model.landmark_corners.tolist())


def test_landmarks_are_symmetric():
    from mien.lab.anatomy.atlas import landmark_places

    places = landmark_places()
    mirrored = places[np.asarray(MIRROR_478)] * [-1, 1, 1]
    gap = np.linalg.norm(places - mirrored, axis=1)
    # Snapping goes to either side's triangles, so the match is near, not exact.
    assert np.median(gap) < 0.004
    assert gap.max() < 0.05


def test_landmarks_are_where_their_names_say():
    from mien.lab.anatomy.atlas import landmark_places

    places = landmark_places()
    assert places[263, 0] > places[362, 0] > 0 > places[133, 0] > places[33, 0]
    assert places[10, 1] > places[107, 1] > places[159, 1] > places[145, 1]
    assert places[145, 1] > places[1, 1] > places[13, 1] >= places[14, 1] > places[152, 1]
    assert places[1, 2] == places[:468, 2].max()
    assert set(np.unique(owner(range(468, 473)))) == {heads.EYE_RIGHT}
    assert set(np.unique(owner(range(473, 478)))) == {heads.EYE_LEFT}


def owner(points):
    model = head()
    groups = {
        tuple(sorted(face)): group
        for face, group in zip(model.faces.tolist(), model.face_group.tolist(), strict=True)
    }
    return [groups[tuple(sorted(model.landmark_corners[point].tolist()))] for point in points]


def test_repr_is_short():
    assert repr(head()) == (
        f"Head({len(head().vertices)} vertices, {len(head().faces)} faces, "
        f"{len(head().names)} targets)"
    )
