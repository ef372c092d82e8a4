"""The service is asked as its own description says, rightly and wrongly, and answers as it says."""

import json
import math
import re
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mien.serve import shapes


@pytest.fixture(scope="module")
def described(client):
    return client.get("/openapi.json").json()


def fits(value, schema, described):
    """Whether a JSON value fits a schema, by the few words that the description uses."""
    if "$ref" in schema:
        return fits(
            value, described["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], described
        )
    if "anyOf" in schema:
        return any(fits(value, one, described) for one in schema["anyOf"])
    if "enum" in schema and value not in schema["enum"]:
        return False
    kinds = {
        "null": type(None), "string": str, "boolean": bool, "integer": int, "number": (int, float),
        "array": list, "object": dict,
    }  # fmt: skip
    if not schema.get("type"):
        return True
    if not isinstance(value, kinds[schema["type"]]) or (
        isinstance(value, bool) and schema["type"] != "boolean"
    ):
        return False
    if isinstance(value, float) and not math.isfinite(value):
        return False
    if isinstance(value, list):
        if "prefixItems" in schema:
            pairs = zip(value, schema["prefixItems"], strict=True)
            return all(fits(one, part, described) for one, part in pairs)
        return all(fits(one, schema.get("items", {}), described) for one in value)
    if isinstance(value, dict):
        named, rest = schema.get("properties", {}), schema.get("additionalProperties", {})
        if set(schema.get("required", ())) - set(value) or (
            rest is False and set(value) - set(named)
        ):
            return False
        inner = rest if isinstance(rest, dict) else {}
        return all(fits(one, named.get(key, inner), described) for key, one in value.items())
    return True


def check(answer, operation, described):
    """The status is a declared one, and the body fits what is declared for it."""
    declared = operation["responses"].get(str(answer.status_code))
    assert declared is not None, (answer.status_code, answer.text[:300])
    content = declared.get("content", {})
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if answer.status_code == 204:
        assert answer.content == b""
        return
    assert kind in content, (kind, list(content))
    if kind == "application/json":
        schema = content[kind].get("schema", {})
        assert fits(answer.json(), schema, described), answer.text[:500]


def operations(described):
    for path, methods in sorted(described["paths"].items()):
        for method, operation in sorted(methods.items()):
            yield path, method, operation


def fields_of(operation, described):
    body = operation.get("requestBody")
    if body is None:
        return {}
    schema = body["content"]["multipart/form-data"]["schema"]
    return described["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]["properties"]


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def values(schema):
    """Values for a form field as text, of which most are right."""
    if "anyOf" in schema:
        return st.one_of([values(one) for one in schema["anyOf"] if one.get("type") != "null"])
    if schema.get("type") == "boolean":
        return st.sampled_from(["true", "false", "1", "0", "on", "maybe", ""])
    if schema.get("type") == "integer":
        return st.one_of(st.integers(-3, 2000).map(str), TEXT)
    if schema.get("type") == "array":
        return st.lists(values(schema["items"]), max_size=4)
    return st.one_of(st.sampled_from(["a study, consented", "eyes shut", "class room"]), TEXT)


def test_every_answer_is_declared_and_every_shape_is_used(described):
    seen = json.dumps(described)
    for name in ("Reading", "Job", "Table", "Landmarks", "ModelFacts", "Health", "Problem"):
        assert hasattr(shapes, name)
        assert f"#/components/schemas/{name}" in seen
    for path, method, operation in operations(described):
        wrong = [s for s in operation["responses"] if s >= "400"]
        assert wrong, (method, path)
        for status in wrong:
            schema = operation["responses"][status]["content"]["application/json"]["schema"]
            assert schema["$ref"].endswith("/Problem"), (method, path, status)


def test_plain_questions_are_answered_as_described(client, described):
    for path, method, operation in operations(described):
        if method == "get" and "{" not in path:
            check(client.get(path), operation, described)


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_forms_of_all_kinds_are_answered_as_described(client, described, jpeg, blank, data):
    posts = [one for one in operations(described) if one[1] == "post"]
    path, _, operation = data.draw(st.sampled_from(posts), label="operation")
    fields, files = {}, {}
    for name, schema in fields_of(operation, described).items():
        if not data.draw(st.integers(0, 4), label=f"{name} is sent"):
            continue
        if re.search("binary|octet", json.dumps(schema)):
            sound = st.sampled_from([jpeg, blank, jpeg[:300], b"\0\0\0\x18ftypmp42" + b"\0" * 64])
            files[name] = (data.draw(TEXT.filter(bool)), data.draw(st.one_of(sound, st.binary())))
        else:
            fields[name] = data.draw(values(schema), label=name)
    answer = client.post(path, files=files or None, data=fields)
    check(answer, operation, described)
    assert answer.status_code < 500 or answer.status_code in {501, 503}, answer.text
    if path == "/jobs" and answer.status_code == 202:
        client.delete(f"/jobs/{answer.json()['id']}")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_ids_and_formats_of_all_kinds_are_answered_as_described(client, described, data):
    some = [one for one in operations(described) if "{id}" in one[0]]
    path, method, operation = data.draw(st.sampled_from(some))
    name = data.draw(
        st.text("abcdef0123456789%._-~ é", min_size=1, max_size=40).filter(
            lambda t: t not in {".", ".."}
        )
    )
    asked = [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"]
    wrong = st.one_of(TEXT, st.integers(-3, 2**70).map(str))
    query = {name: data.draw(wrong) for name in asked if data.draw(st.booleans())}
    answer = client.request(
        method.upper(), path.replace("{id}", quote(name, safe="")), params=query
    )
    check(answer, operation, described)
    assert answer.status_code in {404, 422}
