import math

import cv2
import numpy as np
import pytest

from mien.faces import geometry
from mien.predict import Predictor
from predict import models
from serve.conftest import client_of


def near(one, two):
    """Whether two answers are the same but for the rounding of numbers, which a batch may turn."""
    if isinstance(one, dict):
        return one.keys() == two.keys() and all(near(one[key], two[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(two) and all(map(near, one, two))
    return math.isclose(one, two, abs_tol=1.5e-4) if isinstance(one, float) else one == two


def post(client, content, **fields):
    return client.post("/read", files={"image": ("secret name.jpg", content)}, data=fields)


def test_a_face_is_read_as_the_predictor_reads_it(client, jpeg, full_bundle, assets_cache):
    answer = post(client, jpeg)
    assert answer.status_code == 200
    found = answer.json()
    assert (found["width"], found["height"], found["status"]) == (192, 256, "ok")
    (face,) = found["faces"]
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    (expected,) = Predictor(full_bundle, cache=assets_cache).image(
        np.ascontiguousarray(image), thorough=False
    )
    assert face["status"] == "ok"
    assert [one["unit"] for one in face["units"]] == list(models.UNITS)
    for place, one in enumerate(face["units"]):
        assert math.isclose(one["probability"], float(expected.au[place]), abs_tol=1e-4)
        assert one["present"] == (one["probability"] >= 0.5)
        assert math.isclose(one["intensity"], float(expected.intensity[place]), abs_tol=1e-4)
    assert math.isclose(face["box"]["left"], float(expected.box[0]), abs_tol=0.06)
    assert math.isclose(face["pose"]["yaw"], expected.pose.yaw, abs_tol=0.06)
    assert face["landmarks"] is face["expressions"] is face["asked"] is None


def test_landmarks_come_on_request(client, jpeg):
    (face,) = post(client, jpeg, landmarks="true").json()["faces"]
    assert len(face["landmarks"]) == 478
    assert all(0 <= x <= 192 and 0 <= y <= 256 for x, y in face["landmarks"])


def test_a_picture_without_a_face(client, blank):
    found = post(client, blank).json()
    assert (found["status"], found["faces"]) == ("no face", [])


def test_small_faces_beside_large_ones_are_searched_for_on_request(client, portrait):
    wide = np.full((256, 700, 3), 120, np.uint8)
    wide[:, :192] = portrait
    wide[40:96, 560:602] = cv2.resize(portrait, (42, 56), interpolation=cv2.INTER_AREA)
    content = cv2.imencode(".png", wide[..., ::-1])[1].tobytes()
    assert len(post(client, content).json()["faces"]) == 1
    assert len(post(client, content, small_faces="true").json()["faces"]) == 2


def test_a_small_face_is_told_of_but_not_scored(client, portrait):
    tiny = cv2.resize(portrait, (42, 56), interpolation=cv2.INTER_AREA)
    wide = np.full((120, 120, 3), 120, np.uint8)
    wide[30:86, 40:82] = tiny
    found = post(client, cv2.imencode(".png", wide[..., ::-1])[1].tobytes()).json()
    (face,) = found["faces"]
    assert face["status"] == "too small"
    assert face["units"] == []


def test_expressions_need_a_purpose_that_is_allowed(client, jpeg):
    missing = post(client, jpeg, expressions="true")
    assert missing.status_code == 403
    assert "purpose" in missing.json()["remedy"]
    refused = post(client, jpeg, expressions="true", purpose="rating  employees")
    assert refused.status_code == 403
    assert "Art. 5(1)(f)" in refused.json()["error"]
    found = post(client, jpeg, expressions="true", purpose="a  study, consented").json()
    (face,) = found["faces"]
    assert found["purpose"] == "a study, consented"
    assert set(face["expressions"]["probabilities"]) == set(models.EXPRESSIONS)
    assert -1 <= face["expressions"]["valence"] <= 1


def test_a_model_that_cannot_be_asked_says_so(client, jpeg):
    for path, field in (("/read", "ask"), ("/ask", "phrase")):
        answer = client.post(path, files={"image": jpeg}, data={field: "eyes wide open"})
        assert answer.status_code == 501
        assert "cannot be asked" in answer.json()["error"]
        assert answer.json()["remedy"]


def test_phrases_are_answered_in_order(ask_bundle, assets_cache, jpeg):
    with client_of(ask_bundle, assets_cache) as client:
        phrases = ["eyes shut", "a wide smile"]
        answer = client.post("/ask", files={"image": jpeg}, data={"phrase": phrases})
        assert answer.status_code == 200, answer.text
        (face,) = answer.json()["faces"]
        assert [one["phrase"] for one in face["asked"]] == phrases
        assert all(0 <= one["probability"] <= 1 for one in face["asked"])
        image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
        reader = Predictor(ask_bundle, ask=phrases, cache=assets_cache)
        (expected,) = reader.image(np.ascontiguousarray(image), thorough=False)
        assert [one["probability"] for one in face["asked"]] == pytest.approx(
            expected.asked.tolist(), abs=1e-4
        )
        named = client.post("/ask", files={"image": jpeg}, data={"phrase": "looks happy"})
        assert named.status_code == 403
        twice = client.post("/ask", files={"image": jpeg}, data={"phrase": ["eyes shut"] * 2})
        assert twice.status_code == 422
        many = client.post("/ask", files={"image": jpeg}, data={"phrase": ["a", "b", "c", "d"]})
        assert many.status_code == 422
        assert "limit is 3" in many.json()["error"]


def test_a_model_of_shapes_is_given_them(tmp_path, assets_cache, jpeg):
    content = models.seeing(models.network(models.widths(full=False)), geometry.WIDTH)
    bundle = models.write(tmp_path / "shapes", content=content, geometry=geometry.NAME, embedding=1)
    with client_of(bundle, assets_cache) as client:
        model = client.app.state.desk.readers.model
        seen = []
        score = model.score

        def noting(crops, *, geometry):
            seen.append(geometry)
            return score(crops, geometry=geometry)

        vars(model)["score"] = noting
        (face,) = post(client, jpeg).json()["faces"]
        assert len(face["units"]) == 3
    (shape,) = seen
    assert shape.shape == (1, geometry.WIDTH)
    assert np.isfinite(shape).all()


def test_many_faces_at_once_are_the_same_as_one_by_one(client, jpeg, blank):
    from concurrent.futures import ThreadPoolExecutor

    alone = post(client, jpeg).json()
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda turn: post(client, (jpeg, blank)[turn % 2]), range(8)))
    assert [one.status_code for one in found] == [200] * 8
    assert all(near(one.json(), alone) for one in found[::2])
    assert all(one.json()["faces"] == [] for one in found[1::2])
