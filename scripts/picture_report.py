"""The picture of a reading's report in the documentation: eight rendered seconds.

    python scripts/picture_report.py docs/pictures/reading.jpg

Needs Chromium and `mien assets fetch reader`.
"""

import argparse
import tempfile
from pathlib import Path

import cv2
import numpy as np
from picture_page import PERSON, SCENARIO, SEED, Browser, save

from mien.cli.main import main as mien
from mien.lab.shows.clip_video import write_clip

SECONDS = 8.0
WIDTH, HEIGHT = 1180, 2060
"""Of what is photographed; the picture is narrower."""
DRAWN = (
    "document.querySelectorAll('.canvas').length > 2 && "
    "[...document.querySelectorAll('.canvas')].every((each) => each._fullLayout)"
)


def photographed(report: Path) -> np.ndarray:
    """The report from the first face's title on."""
    browser = Browser()
    try:
        page = browser.page()
        page.size(WIDTH, 6 * HEIGHT)  # figures are drawn when they come into view
        page.scheme("light")
        page.call("Page.navigate", url=report.as_uri())
        page.wait(DRAWN)
        title = "[...document.querySelectorAll('h2')].find(e => e.textContent.includes('face 0'))"
        top = int(page.run(f"{title}.getBoundingClientRect().top + scrollY")) - 12
        shot = cv2.imread(str(page.picture(report.with_suffix(".png"))))
        return shot[top : top + HEIGHT]
    finally:
        browser.close()


def main() -> None:
    """Render, read, look."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    out = parser.parse_args().out
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "talk.mp4"
        write_clip(SCENARIO, SCENARIO.clips(SEED)[PERSON], clip, seconds=SECONDS)
        reading = Path(folder) / "reading"
        assert mien(["predict", str(clip), "--out", str(reading), "--report"]) == 0
        save(photographed(reading / "report.html"), out, width=896)


if __name__ == "__main__":
    main()
