import math
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from mien import bundle as bundles
from mien.faces.groups import TO_68
from mien.faces.pose import Pose
from mien.predict.layouts import LAYOUTS, Columns, Where, columns_of, layout
from mien.predict.layouts.openface import focal_length, in_space, names, rotation
from mien.predict.layouts.pyfeat import names as pyfeat_names
from mien.predict.predictor import Predictor
from predict import models

COLUMNS = Columns(
    units=models.UNITS, thresholds=(0.2, 0.5, 0.9), intensity=True,
    expressions=("neutral", "happiness"), affect=True, prompts=("eyes wide open",),
)  # fmt: skip
WHERE = Where(source="a.mp4", frame=41, time=83.25, width=512, height=512)


@pytest.fixture(scope="module")
def reading(full_bundle, landmarker, photo):
    predictor = Predictor(full_bundle, landmarker=landmarker, expressions=True, purpose="a study")
    (face,) = predictor.image(photo)
    return replace(
        face, au=np.array([0.1, 0.6, 0.8], np.float32), prompts=COLUMNS.prompts,
        asked=np.array([0.7], np.float32),
    )  # fmt: skip


@pytest.fixture(params=sorted(LAYOUTS))
def each(request):
    return layout(request.param, COLUMNS)


def table(one, *rows):
    return pa.Table.from_pylist(list(rows), schema=one.schema)


def test_rows_fill_every_column_of_their_layout(each, reading):
    rows = [*each.rows(WHERE, [reading], status="ok"), *each.rows(WHERE, [], status="no face")]
    assert all(set(row) <= set(each.schema.names) for row in rows)
    assert table(each, *rows).num_rows == 2
    source, status = ("input" if each.name == "pyfeat" else "source"), "status"
    assert [row[source] for row in rows] == ["a.mp4", "a.mp4"]
    assert [row[status] for row in rows] == ["ok", "no face"]


def test_what_is_not_known_is_null_here_and_nan_there(each):
    empty = table(each, each.empty(WHERE, status="no face"))
    floats = [f.name for f in each.schema if pa.types.is_floating(f.type)]
    given = {"time", "timestamp", "confidence", "FrameHeight", "FrameWidth"}
    for name in set(floats) - given:
        (cell,) = empty[name].to_pylist()
        assert cell is None if each.name == "mien" else math.isnan(cell), name


def test_other_scores_replace_exactly_what_depends_on_them(each, reading):
    before = table(each, each.face(WHERE, reading), each.empty(WHERE, status="no face"))
    au = np.array([[0.95, 0.1, 0.95], [np.nan] * 3], np.float32)
    intensity = np.array([[4.5, 0.5, 4.0], [np.nan] * 3], np.float32)
    after = each.rescore(before, au, intensity)
    again = each.face(WHERE, replace(reading, au=au[0], intensity=intensity[0]))
    expected = table(each, again, each.empty(WHERE, status="no face"))
    assert after.schema == expected.schema
    for name in each.schema.names:
        np.testing.assert_array_equal(after[name].to_numpy(), expected[name].to_numpy(), name)


def test_openface_columns_in_its_order(reading):
    assert len(names()) == 714
    assert names()[:8] == [
        "frame", "face_id", "timestamp", "confidence", "success", "gaze_0_x", "gaze_0_y",
        "gaze_0_z",
    ]  # fmt: skip
    assert names()[-35:-16] == [
        f"AU{n:02d}_r" for n in (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17, 20, 23, 25, 26, 45)
    ] + ["AU01_c", "AU02_c"]
    assert names()[-2:] == ["AU28_c", "AU45_c"]
    one = layout("openface", COLUMNS)
    assert one.schema.names == [*names(), "source", "status"]
    row = one.face(WHERE, reading)
    assert (row["frame"], row["timestamp"], row["success"]) == (42, 83.25, 1)
    assert row["confidence"] == pytest.approx(reading.presence)
    assert row["x_30"] == pytest.approx(float(reading.landmarks[TO_68[30], 0]))
    assert (row["AU01_c"], row["AU12_c"], row["AU25_c"]) == (0.0, 1.0, 0.0)
    assert row["AU12_r"] == pytest.approx(float(reading.intensity[1]))
    assert all(math.isnan(row[name]) for name in ("gaze_0_x", "eye_lmk_X_55", "p_0", "AU45_c"))


def test_a_model_without_intensities_leaves_them_nan(reading):
    plain = layout("openface", replace(COLUMNS, intensity=False))
    row = plain.face(WHERE, replace(reading, intensity=None))
    assert math.isnan(row["AU12_r"])
    assert row["AU12_c"] == 1.0


def test_a_face_not_scored_has_a_place_but_no_units(reading):
    nothing = np.full(3, np.nan, np.float32)
    blurred = replace(reading, status="blurred", au=nothing, intensity=nothing)
    row = layout("openface", COLUMNS).face(WHERE, blurred)
    assert row["status"] == "blurred"
    assert not math.isnan(row["pose_Rx"])
    assert math.isnan(row["AU12_c"])
    assert math.isnan(row["AU12_r"])


@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        (Pose(yaw=0.0, pitch=-20.0, roll=0.0), (20.0, 0.0, 0.0)),  # looks down
        (Pose(yaw=-20.0, pitch=0.0, roll=0.0), (0.0, 20.0, 0.0)),  # to the picture's left
        (Pose(yaw=0.0, pitch=0.0, roll=20.0), (0.0, 0.0, 20.0)),  # clockwise
    ],
)
def test_openface_angles_have_its_signs(turn, expected):
    np.testing.assert_allclose(np.rad2deg(rotation(turn)), expected, atol=1e-9)


def test_openface_angles_compose_to_the_same_rotation():
    """Oracle: the product of the three turns in OpenFace's axes."""
    turn = Pose(yaw=25.0, pitch=-15.0, roll=10.0)
    x, y, z = rotation(turn)
    about_x = np.array([[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_z = np.array([[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]])
    flip = np.diag([1.0, -1.0, -1.0])
    np.testing.assert_allclose(about_x @ about_y @ about_z, flip @ turn.matrix() @ flip, atol=1e-9)


def test_places_in_space_project_back_into_the_picture(reading):
    solid = in_space(reading.landmarks, width=512, height=512)
    focal = focal_length(512, 512)
    seen = solid[:, :2] * focal / solid[:, 2:] + 256
    np.testing.assert_allclose(seen, reading.landmarks[TO_68, :2], atol=1e-6)
    row = layout("openface", COLUMNS).face(WHERE, reading)
    head = np.array([row[f"pose_T{axis}"] for axis in "xyz"])
    np.testing.assert_allclose(head, solid.mean(axis=0), rtol=1e-6)
    assert 300 < head[2] < 1500
    eyes = np.linalg.norm(solid[36] - solid[45])
    assert 80 < eyes < 100  # outer eye corners of the mean face are 89 mm apart
    assert solid[30, 2] < head[2] < solid[0, 2]  # the tip of the nose is in front, the ear behind
    twice = in_space(reading.landmarks * np.float32(2), width=1024, height=1024)
    np.testing.assert_allclose(twice, solid, rtol=1e-3)
    nearer = in_space(reading.landmarks * np.float32(2), width=512, height=512)
    assert nearer[:, 2].mean() == pytest.approx(head[2] / 2, rel=1e-3)


def test_the_focal_length_is_openfaces_guess():
    """Its example of 640 x 360 px: (X, Z) = (-62.2713, 637.661) mm is seen at x = 277.276."""
    assert focal_length(640, 360) == 437.5
    assert 320 - 62.2713 / 637.661 * focal_length(640, 360) == pytest.approx(277.276, abs=0.001)


def test_pyfeat_columns_in_its_order(reading):
    found = pyfeat_names()
    assert found[:5] == ["FaceRectX", "FaceRectY", "FaceRectWidth", "FaceRectHeight", "FaceScore"]
    assert found[141:148] == ["Pitch", "Roll", "Yaw", "X", "Y", "Z", "AU01"]
    assert found[147 + 20 : 147 + 29] == [
        "Neutral", "Happy", "Sad", "Surprise", "Fear", "Disgust", "Anger", "valence", "arousal",
    ]  # fmt: skip
    assert found[-6:] == ["FrameHeight", "FrameWidth", "input", "frame", "Identity", "approx_time"]
    assert len(found) == 5 + 136 + 6 + 20 + 9 + 3 + 512 + 3 * 478 + 52 + 6
    one = layout("pyfeat", COLUMNS)
    assert one.schema.names == [*found, "face", "status"]
    row = one.face(WHERE, reading)
    assert row["FaceRectX"] + row["FaceRectWidth"] == pytest.approx(float(reading.box[2]))
    assert row["Yaw"] == pytest.approx(-np.deg2rad(reading.pose.yaw))
    assert row["AU12"] == pytest.approx(0.6)
    assert row["Happy"] == pytest.approx(float(reading.expression[1]))
    assert row["mesh_z_477"] == pytest.approx(float(reading.landmarks[477, 2]))
    assert (row["frame"], row["approx_time"], row["Identity"]) == (41, "01:23", None)
    assert all(math.isnan(row[name]) for name in ("Identity_1", "gaze_yaw", "X", "AU11", "Sad"))


@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        (Pose(yaw=0.0, pitch=20.0, roll=0.0), (20.0, 0.0, 0.0)),  # looks up
        (Pose(yaw=0.0, pitch=0.0, roll=-20.0), (0.0, 20.0, 0.0)),  # crown to the subject's right
        (Pose(yaw=-20.0, pitch=0.0, roll=0.0), (0.0, 0.0, 20.0)),  # to the subject's right
    ],
)
def test_pyfeat_angles_have_its_signs(reading, turn, expected):
    row = layout("pyfeat", COLUMNS).face(WHERE, replace(reading, pose=turn))
    found = np.rad2deg([row[name] for name in ("Pitch", "Roll", "Yaw")])
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_our_layout_has_a_column_for_each_phrase(reading):
    one = layout("mien", COLUMNS)
    assert one.schema.names[-1] == "ask: eyes wide open"
    assert one.face(WHERE, reading)["ask: eyes wide open"] == pytest.approx(0.7)


def test_columns_follow_the_bundle(full_bundle):
    described = bundles.read(full_bundle)
    quiet = columns_of(described)
    assert quiet.units == models.UNITS
    assert quiet.thresholds == (0.5, 0.5, 0.5)
    assert quiet.intensity
    assert (quiet.expressions, quiet.affect, quiet.prompts) == ((), False, ())
    asked = columns_of(described, expressions=True, prompts=["a wink"])
    assert (asked.expressions, asked.affect) == (models.EXPRESSIONS, True)
    assert asked.prompts == ("a wink",)


def test_blend_shapes_stand_where_a_model_reads_them(reading):
    one = layout("pyfeat", COLUMNS)
    bare = one.face(WHERE, reading)
    assert all(math.isnan(bare[name]) for name in ("_neutral", "jawOpen", "noseSneerRight"))
    shapes = np.linspace(0, 1, 52).astype(np.float32)
    row = one.face(WHERE, replace(reading, shapes=shapes))
    assert row["_neutral"] == 0.0
    assert row["noseSneerRight"] == 1.0
    assert row["jawOpen"] == pytest.approx(25 / 51)
