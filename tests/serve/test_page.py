"""The page in a real browser. `MIEN_PICTURES=folder` keeps what it looks like."""

import os
import time
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from serve.browser import Browser
from serve.conftest import SMALL, frozen_readers, live_of

STATUS = "document.getElementById('status').textContent"
PROBLEM = (
    "!document.getElementById('problem').hidden && document.getElementById('problem').innerText"
)
JOBS = "fetch('/health').then((answer) => answer.json()).then((found) => found.jobs)"
UNITS = "[...document.querySelectorAll('#bars .unit')].map((row) => row.getAttribute('aria-label'))"


@pytest.fixture(scope="module")
def media(tmp_path_factory, portrait):
    """A photo, a clip the browser can play, and a film for the fake camera."""
    folder = tmp_path_factory.mktemp("media")
    cv2.imwrite(str(folder / "face.png"), portrait[..., ::-1])
    pair = np.concatenate([portrait, portrait[:, ::-1]], axis=1)
    cv2.imwrite(str(folder / "two.png"), pair[..., ::-1])
    (folder / "broken.jpg").write_bytes(b"\xff\xd8 no picture")
    for name, format_name, codec, pixels in (
        ("clip.webm", "webm", "libvpx", "yuv420p"),
        ("camera.mjpeg", "mjpeg", "mjpeg", "yuvj420p"),
    ):
        with av.open(str(folder / name), "w", format=format_name) as container:
            stream = container.add_stream(codec, rate=10)
            stream.width, stream.height, stream.pix_fmt = 192, 256, pixels
            for index in range(10):
                image = np.ascontiguousarray(np.roll(portrait, 2 * index, axis=1))
                frame = av.VideoFrame.from_ndarray(image, format="rgb24")
                container.mux(stream.encode(frame.reformat(format=pixels)))
            container.mux(stream.encode(None))
    return folder


@pytest.fixture(scope="module")
def browser(media):
    found = Browser(f"--use-file-for-fake-video-capture={media / 'camera.mjpeg'}")
    yield found
    found.close()


@pytest.fixture(scope="module")
def address(full_bundle, assets_cache):
    settings = replace(SMALL, waiting=8)
    with live_of(full_bundle, assets_cache, settings=settings) as (_, port):
        yield f"http://127.0.0.1:{port}/"


@pytest.fixture
def page(browser, address):
    """A fresh tab, which must neither complain nor ask for anything outside."""
    found = browser.page()
    found.size(1280, 900)
    found.open(address)
    yield found
    quiet = [line for line in found.said if "status of 4" not in line]  # refusals we provoke
    asked = [
        one for one in found.asked if not one.startswith((address, "blob:", "about:", "data:"))
    ]
    found.close()
    assert quiet == []
    assert asked == []


def keep(page, name):
    folder = os.environ.get("MIEN_PICTURES")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.picture(Path(folder) / f"{name}.png")


def read_photo(page, path):
    page.run("document.getElementById('status').textContent = ''")  # of what was read before
    page.choose(path)
    page.wait(f"/read\\.|found/.test({STATUS})")


def downloaded(page, folder):
    """The lines of the CSV that the link brings."""
    page.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
    page.run("document.getElementById('download').click()")
    file = folder / "readings.csv"
    until = time.monotonic() + 30
    while not (file.exists() and file.stat().st_size) and time.monotonic() < until:
        time.sleep(0.05)
    return file.read_text(encoding="utf-8").splitlines()


DRAWN = (
    "(() => { const c = document.getElementById('overlay');"
    " const empty = document.createElement('canvas');"
    " [empty.width, empty.height] = [c.width, c.height];"
    " return c.toDataURL() !== empty.toDataURL(); })()"
)


def overlay_is_drawn(page):
    return page.run(DRAWN)


def test_it_says_what_it_is_and_what_it_must_not_be_used_for(page):
    text = page.run("document.body.innerText")
    assert "Drop a photo or a clip here" in text
    assert "What this must not be used for" in text
    assert "A test." in text  # the bundle's own statement
    assert "tiny · 3 units · on this machine only" in text
    keep(page, "empty")


def test_a_photo_is_read_drawn_and_listed(page, media, tmp_path):
    read_photo(page, media / "face.png")
    units = page.run(UNITS)
    assert len(units) == 3
    assert any(one.startswith("unit 12, lip corner puller, ") and " %" in one for one in units)
    assert all("intensity" in one for one in units)
    sides = "(({width, height}) => width / height)(document.getElementById('photo'))"
    assert page.run(sides) == 192 / 256
    assert overlay_is_drawn(page)
    head = page.run("[...document.querySelectorAll('#table th')].map((cell) => cell.textContent)")
    assert {"face", "status", "left", "AU01", "AU12_intensity"} <= set(head)
    lines = downloaded(page, tmp_path)
    assert len(lines) == 2
    assert lines[0].split(",")[:4] == ["frame", "time", "status", "face"]
    assert lines[1].split(",")[2] == "ok"
    keep(page, "photo")
    page.scheme("dark")
    keep(page, "dark")
    page.run("['boxes', 'points'].forEach((id) => document.getElementById(id).click())")
    assert not overlay_is_drawn(page)


def test_of_two_faces_one_is_chosen(page, media):
    read_photo(page, media / "two.png")
    assert page.run(STATUS) == "2 faces read."
    assert page.run("document.querySelectorAll('#faces input').length") == 2
    size = "document.getElementById('facts').textContent"
    first = page.run(f"{size} + {UNITS}.join()")
    page.run("document.querySelectorAll('#faces input')[1].click()")
    assert page.run("document.querySelectorAll('#faces input')[1].checked")
    assert page.run(f"{size} + {UNITS}.join()") != first
    page.run("document.getElementById('strongest').click()")
    order = [int(one.split(",")[0].removeprefix("unit ")) for one in page.run(UNITS)]
    assert sorted(order) == [1, 12, 25]
    keep(page, "two")


def test_a_problem_comes_with_its_remedy_and_goes_with_the_next_photo(page, media):
    page.choose(media / "broken.jpg")
    said = page.wait(PROBLEM)
    assert "This is no JPEG" in said
    assert "Convert it" in said
    keep(page, "problem")
    read_photo(page, media / "face.png")
    assert page.run("document.getElementById('problem').hidden")


def test_a_clip_has_a_timeline_and_its_table_can_be_fetched(page, media, tmp_path):
    page.choose(media / "clip.webm")
    page.wait(f"/rows read/.test({STATUS})", 120)
    assert page.run(STATUS).startswith("10 rows read.")
    assert page.run("document.getElementById('progress').hidden")
    assert not page.run("document.getElementById('timeline').hidden")
    assert "Action units over 0.9 seconds" in page.run(
        "document.getElementById('strip').getAttribute('aria-label')"
    )
    assert page.run("document.getElementById('video').videoWidth") == 192
    assert overlay_is_drawn(page)
    drawn = "document.getElementById('overlay').toDataURL()"
    before = page.run(drawn)
    page.run(
        "(() => { const s = document.getElementById('seek'); s.value = 0.5;"
        " s.dispatchEvent(new Event('input')); })()"
    )
    page.wait("Math.abs(document.getElementById('video').currentTime - 0.5) < 0.11")
    assert page.run(drawn) != before
    toggle = "document.getElementById('{}').click()"
    page.run(toggle.format("boxes"))
    page.wait(DRAWN)  # the landmarks of this moment, which are fetched
    page.run(toggle.format("points"))
    assert not overlay_is_drawn(page)
    page.run(toggle.format("boxes"))
    page.run(toggle.format("points"))
    lines = downloaded(page, tmp_path)
    assert len(lines) == 11
    assert lines[0].startswith("source,frame,time,status,face,")
    keep(page, "clip")


def test_what_is_drawn_follows_a_clip_that_plays(page, media):
    page.choose(media / "clip.webm")
    page.wait(f"/rows read/.test({STATUS})", 120)
    page.run(
        "(() => { window.seen = new Set(); const c = document.getElementById('overlay');"
        " const v = document.getElementById('video');"
        " document.addEventListener('timeupdate', (e) => e.stopImmediatePropagation(), true);"
        " const look = () => { window.seen.add(c.toDataURL());"
        " v.requestVideoFrameCallback(look); };"
        " v.requestVideoFrameCallback(look); v.playbackRate = 0.25; v.loop = true; v.play(); })()"
    )
    page.wait("window.seen.size >= 3")  # a busy machine leaves out some: it plays on and on


def test_a_clip_can_be_given_up(page, media, address):
    with frozen_readers():
        page.choose(media / "clip.webm")
        page.wait("!document.getElementById('progress').hidden")
        page.wait(f"/Waiting|Reading/.test({STATUS})")
        assert page.run(JOBS) == 1
        page.run("document.getElementById('cancel').click()")
        page.wait(f"/Given up/.test({STATUS})")
        page.wait(f"{JOBS}.then((jobs) => jobs === 0)")


def test_the_camera_is_read_until_it_is_stopped(page):
    page.run("document.getElementById('camera').click()")
    page.wait(f"/Live: 1 face/.test({STATUS})")
    page.wait("document.querySelectorAll('#bars .unit').length === 3")
    page.wait("document.querySelectorAll('#table tbody tr').length >= 8")
    assert overlay_is_drawn(page)
    assert page.run("document.getElementById('camera').getAttribute('aria-pressed')") == "true"
    keep(page, "camera")
    page.run("document.getElementById('camera').click()")
    page.wait(f"/camera is off/.test({STATUS})")
    page.run(JOBS)  # and what was asked for before is noted
    count = sum(one.endswith("/read") for one in page.asked)
    page.run("new Promise((done) => setTimeout(done, 1000))")  # eight pictures would be due
    page.run(JOBS)
    assert sum(one.endswith("/read") for one in page.asked) == count
    assert (
        page.run("document.getElementById('video').srcObject.getTracks()[0].readyState") == "ended"
    )


def test_expressions_are_refused_without_a_purpose_and_read_with_one(page, media):
    read_photo(page, media / "face.png")
    page.run("document.getElementById('express').click()")
    page.run(
        "(() => { const p = document.getElementById('purpose'); p.value = 'hiring';"
        " p.dispatchEvent(new Event('change')); })()"
    )
    assert "Art. 5(1)(f)" in page.wait(PROBLEM)
    page.run(
        "(() => { const p = document.getElementById('purpose'); p.value = 'a study, consented';"
        " p.dispatchEvent(new Event('change')); })()"
    )
    page.wait("document.querySelectorAll('#emotions .unit').length === 2")
    assert "Valence" in page.run("document.getElementById('emotions').innerText")
    assert page.run("document.getElementById('problem').hidden")
    keep(page, "expressions")


def test_a_model_without_words_says_so(page):
    assert page.run("document.getElementById('phrase').disabled")
    assert "cannot be asked" in page.run("document.getElementById('askhint').textContent")


def test_it_fits_a_telephone(page, media):
    page.size(390, 844, mobile=True)
    read_photo(page, media / "two.png")
    assert page.run("document.documentElement.scrollWidth") <= 390
    assert page.run("document.getElementById('bars').getBoundingClientRect().right") <= 390
    keep(page, "telephone")


def test_it_is_used_by_keyboard_alone(page, media):
    read_photo(page, media / "two.png")
    page.run("document.activeElement.blur(); window.scrollTo(0, 0)")
    seen = [page.tab() for _ in range(9)]
    assert seen[0] == "A"
    assert seen[1:5] == ["choose", "camera", "boxes", "points"]
    assert "strongest" in seen
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    page.run("document.getElementById('choose').focus()")
    page.tab()
    assert page.run(outline) == "solid"
    page.run("document.querySelector('#faces input:checked').focus()")
    page.key("ArrowRight", code=39)
    assert page.run("document.querySelectorAll('#faces input')[1].checked")
    page.run("document.getElementById('points').focus()")
    page.key(" ", code=32, text=" ")
    assert not page.run("document.getElementById('points').checked")
    keep(page, "keyboard")


def test_everything_has_a_name(page):
    """What can be used has a label, and what is a picture an alternative."""
    nameless = page.run(
        "[...document.querySelectorAll('button, input, a, img, canvas[role], progress')]"
        ".filter((one) =>"
        " !(one.innerText?.trim() || one.getAttribute('aria-label') || one.labels?.length"
        " || one.hasAttribute('alt'))).map((one) => one.outerHTML)"
    )
    assert nameless == []


@pytest.fixture(scope="module")
def asking(ask_bundle, assets_cache):
    with live_of(ask_bundle, assets_cache) as (_, port):
        yield f"http://127.0.0.1:{port}/"


def test_phrases_are_asked_and_taken_back(browser, asking, media):
    page = browser.page()
    page.open(asking)
    read_photo(page, media / "face.png")
    page.run("document.getElementById('phrase').focus()")
    page.call("Input.insertText", text="eyes shut")
    page.key("Enter", code=13, text="\r")
    page.wait("document.querySelectorAll('#answers .unit').length === 1")
    assert "eyes shut" in page.run("document.getElementById('answers').innerText")
    keep(page, "asked")
    page.choose(media / "clip.webm")
    page.wait(f"/rows read/.test({STATUS})", 120)
    assert "eyes shut" in page.run("document.getElementById('answers').innerText")
    assert "ask: eyes shut" in page.run("document.getElementById('table').innerText")
    read_photo(page, media / "face.png")
    page.run("document.querySelector('#prompts button').click()")
    page.wait("document.querySelectorAll('#answers .unit').length === 0")
    assert page.said == []
    page.close()
