"""Forms that hold more than any route asks for, and forms that the disk does not take."""

import errno

import pytest
from starlette.datastructures import UploadFile


def refused(answer, status):
    assert answer.status_code == status, answer.text
    assert set(answer.json()) == {"error", "remedy"}


@pytest.mark.parametrize("path", ["/read", "/jobs"])
def test_no_more_is_kept_in_memory_than_a_form_of_ours_holds(client, jpeg, path):
    name = "image" if path == "/read" else "clip"
    for data in ({"purpose": "x" * 5000}, {"ask": ["x"] * 90}, {"other": "x" * 100_000}):
        refused(client.post(path, files={name: jpeg}, data=data), 400)
        refused(client.post(path, data=data), 400)  # not of parts
    refused(client.post(path, files=[(name, jpeg), ("other", jpeg)]), 400)


def test_as_much_as_routes_ask_for_is_taken(client, jpeg):
    data = {"ask": ["eyes shut"] * 64, "purpose": "ü" * 300, "landmarks": "false"}
    refused(client.post("/read", files={"image": jpeg}, data=data), 422)  # by the route: too many


def test_a_form_that_the_disk_does_not_take_is_told_apart(client, jpeg, monkeypatch):
    async def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(UploadFile, "write", full)
    for path, name in (("/read", "image"), ("/jobs", "clip")):
        answer = client.post(path, files={name: jpeg})
        refused(answer, 507)
        assert "no room" in answer.json()["error"]


# a file that is cut short is left to the garbage collector by the parser
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="image"'),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="image"; filename="f"\r\n\r\n\xff\xd8',
        ),
        ("multipart/form-data; boundary=x; charset=none", b'--x\r\nContent-Disposition: a\r\n\r\n'),
        ("multipart/form-data; boundary=", b"--\r\n"),
        ("multipart/form-data; boundary=" + "x" * 3000, b"--x\r\n"),
        ("multipart/form-data; boundary=\xff", b"--\xff\r\n\r\n--\xff--"),
        ("application/x-www-form-urlencoded", b"image=%ff%00&&&=;" * 50),
        ("text/plain", b"image"),
        ("", b"image"),
    ],
)  # fmt: skip
def test_forms_cut_short_or_wrong_are_refused(client, kind, body):
    answer = client.post("/read", content=body, headers={"content-type": kind.encode("latin-1")})
    assert answer.status_code in {400, 422}, answer.text
    assert set(answer.json()) == {"error", "remedy"}
