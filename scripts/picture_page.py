"""The picture of the page in the documentation: a rendered clip, read by the shipped model.

    python scripts/picture_page.py docs/pictures/page.jpg

Needs Chromium and `mien assets fetch reader ask`.
"""

import argparse
import sys
import tempfile
import threading
import time
from pathlib import Path

import cv2
import numpy as np

from mien.lab.shows.clip_video import write_clip
from mien.lab.talking import Talking
from mien.predict.shipped import default_bundle
from mien.serve.app import create
from mien.serve.command import listen
from mien.serve.server import server
from mien.serve.settings import Settings

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from serve.browser import Browser, Page

SCENARIO = Talking(people=8, clips_each=1, hardness=0.0)
SEED, PERSON, START, SECONDS = 7, 5, 2.0, 4.0
PHRASES = ("eyebrows raised", "mouth open", "eyes shut")
WIDTH = 1100
"""Of the picture; the browser's is 1280."""
OVERLAY = "document.getElementById('overlay').toDataURL()"
STATUS = "document.getElementById('status').textContent"


def photographed(clip: Path, address: str, *, at: float) -> np.ndarray:
    """The page once the clip is read, phrases asked, and landmarks drawn at second `at`."""
    browser = Browser()
    try:
        page = browser.page()
        page.size(1280, 900)
        page.open(address)
        for phrase in PHRASES:
            page.run("document.getElementById('phrase').focus()")
            page.call("Input.insertText", text=phrase)
            page.key("Enter", code=13, text="\r")
        page.choose(clip)
        page.wait(f"/rows read/.test({STATUS})", 300)
        page.run(
            "(() => { const s = document.getElementById('seek');"
            f" s.value = {at}; s.dispatchEvent(new Event('input')); }})()"
        )
        page.wait(f"Math.abs(document.getElementById('video').currentTime - {at}) < 0.05")
        show_points(page)
        page.run("document.activeElement.blur()")
        foot = page.run("document.getElementById('rows').getBoundingClientRect().top + scrollY")
        shot = page.picture(clip.with_suffix(".png"))
        return cv2.imread(str(shot))[: int(foot)]
    finally:
        browser.close()


def show_points(page: Page) -> None:
    """Draw landmarks, and wait until they are there."""
    ticked = "document.getElementById('points').checked"
    if page.run(ticked):
        page.run("document.getElementById('points').click()")
    time.sleep(1.0)
    before = page.run(OVERLAY)
    page.run("document.getElementById('points').click()")
    page.wait(f"{ticked} && {OVERLAY}.length > {len(before)} + 1000")


def save(image: np.ndarray, out: Path, *, width: int) -> None:
    """As a JPEG of that width."""
    height = round(image.shape[0] * width / image.shape[1])
    image = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(out), image, [cv2.IMWRITE_JPEG_QUALITY, 80, cv2.IMWRITE_JPEG_OPTIMIZE, 1])
    print(f"{out}: {image.shape[1]} x {image.shape[0]} px, {out.stat().st_size:,} bytes")


def main() -> None:
    """Render, serve, look."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    out = parser.parse_args().out
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.mp4"
        whole = SCENARIO.clips(SEED)[PERSON]
        write_clip(SCENARIO, whole, clip, seconds=SECONDS, start=START)
        settings = Settings()
        listening = listen("127.0.0.1", 0)
        running = server(
            create(default_bundle(), settings=settings),
            host="127.0.0.1",
            port=0,
            settings=settings,
        )
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            address = f"http://127.0.0.1:{listening.getsockname()[1]}/"
            image = photographed(clip, address, at=2.4)
        finally:
            running.should_exit = True
            thread.join(60)
    save(image, out, width=WIDTH)


if __name__ == "__main__":
    main()
