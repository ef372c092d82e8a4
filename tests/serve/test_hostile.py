"""What strangers send: nothing of it may do more than be refused."""

import struct
import zlib

import pytest

from serve.conftest import client_of


def png(width, height):
    """A PNG that claims a size and holds next to nothing."""

    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + head
        + chunk(b"IDAT", zlib.compress(b"\0" * 64))
        + chunk(b"IEND", b"")
    )


def refused(answer, status):
    assert answer.status_code == status, answer.text
    said = answer.json()
    assert set(said) == {"error", "remedy"}
    assert said["error"]
    assert said["remedy"]
    return said


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a", b"\xff\xd8\xff", b"%PDF-1.7", b"<svg onload=alert(1)>", b"\0" * 5000],
    ids=["empty", "gif", "cut jpeg", "pdf", "svg", "zeros"],
)
def test_what_is_no_picture_is_refused(client, content):
    refused(client.post("/read", files={"image": ("x.jpg", content)}), 422)


def test_a_picture_that_claims_too_much_is_refused_before_it_is_decoded(client):
    said = refused(client.post("/read", files={"image": ("x.png", png(65500, 65500))}), 413)
    assert "65500 x 65500" in said["error"]


def test_a_damaged_picture_is_refused(client, jpeg):
    refused(client.post("/read", files={"image": jpeg[: len(jpeg) // 2]}), 422)


def test_forms_that_are_none(client, jpeg):
    refused(client.post("/read", content=b"{}"), 422)
    refused(
        client.post("/read", content=b"--x", headers={"content-type": "multipart/form-data"}), 400
    )
    refused(client.post("/read", data={"image": "no file"}), 422)
    many = {f"field{number}": "x" for number in range(1500)}
    refused(client.post("/read", files={"image": jpeg}, data=many), 400)


def test_a_wrong_field_is_named_but_not_repeated(client, jpeg):
    said = refused(
        client.post("/read", files={"image": jpeg}, data={"landmarks": "<b>secret</b>"}), 422
    )
    assert said["error"].startswith("landmarks")
    assert "secret" not in str(said)


@pytest.mark.parametrize(
    "content",
    [
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"<?xml version='1.0'?><MPD/>",
        b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n",
        b"",
    ],
    ids=["hls", "concat", "dash", "sdp", "empty"],
)
def test_lists_that_name_other_files_are_no_clips(client, content):
    refused(client.post("/jobs", files={"clip": ("x.mp4", content)}), 415)


def test_only_the_pages_own_files_can_be_asked_for(client):
    for path in ("/page/../app.py", "/page/%2e%2e%2fapp.py", "/page/app.py", "/page/", "/docs"):
        refused(client.get(path), 404)


def test_other_sites_and_foreign_names_are_refused(client, jpeg):
    for headers in (
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://[bad"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
        {"sec-fetch-site": "same-site"},
    ):
        refused(client.post("/read", files={"image": jpeg}, headers=headers), 403)
    refused(client.get("/health", headers={"host": "evil.example"}), 421)
    refused(client.get("/health", headers={"host": "127.0.0.1.evil.example:8421"}), 421)
    own = {"origin": "http://127.0.0.1", "sec-fetch-site": "same-origin"}
    assert client.get("/health", headers=own).status_code == 200
    link = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert client.get("/", headers=link).status_code == 200


def test_no_answer_lets_other_sites_in(client, jpeg):
    for answer in (
        client.get("/"), client.get("/health"), client.get("/nothing"),
        client.post("/read", files={"image": jpeg}),
        client.options("/read", headers={"access-control-request-method": "POST"}),
    ):  # fmt: skip
        assert not any(name.startswith("access-control") for name in answer.headers)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "server" not in answer.headers


def test_nothing_that_was_sent_is_logged(client, jpeg, caplog):
    caplog.set_level("DEBUG", logger="mien")
    client.post(
        "/read", files={"image": ("hidden-name.jpg", jpeg)},
        data={"expressions": "true", "purpose": "hidden purpose"},
    )  # fmt: skip
    client.get("/jobs/hidden-job")
    client.get("/hidden-path?hidden=1")
    lines = [record.getMessage() for record in caplog.records if record.name == "mien.serve"]
    assert len(lines) == 3
    assert lines[0].startswith("POST /read 200")
    assert lines[1].startswith("GET /jobs/{id} 404")
    assert "hidden" not in caplog.text
    assert "hidden" not in client.get("/metrics").text


def test_a_fault_of_ours_is_told_without_its_words(
    full_bundle, assets_cache, jpeg, monkeypatch, caplog
):
    with client_of(full_bundle, assets_cache) as client:
        from mien.serve import readers

        def broken(*_, **__):
            raise RuntimeError("/secret/path")

        monkeypatch.setattr(readers, "decode", broken)
        said = refused(client.post("/read", files={"image": jpeg}), 500)
    assert "secret" not in str(said)
    assert "secret" not in "".join(r.getMessage() for r in caplog.records if "mien" in r.name)
