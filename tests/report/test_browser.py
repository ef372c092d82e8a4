"""The report in a real browser: everything is drawn, zooms together, and asks nobody for anything.

`MIEN_PICTURES=folder` keeps what it looks like.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from mien.report.page import write
from mien.report.readings import page
from mien.study.tables import load
from report import reading_sample as sample
from serve.browser import Browser, Page

RANGES = (
    "[...document.querySelectorAll('[data-group]')].map((each) => each._fullLayout.xaxis.range)"
)
ROWS = "[...document.querySelectorAll('.gallery tbody tr')].map((each) => each.offsetHeight)"
MANY = (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 16, 17, 18, 20, 22, 23, 24, 25, 26, 27, 28, 43)
"""As many units as the shipped model reads."""
DRAWN = (
    "document.querySelectorAll('.canvas').length > 0 && "
    "[...document.querySelectorAll('.canvas')].every((each) => each._fullLayout)"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = Browser()
    yield found
    found.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("page")
    table = sample.together(sample.clip("smile & <b>.mp4"), sample.photo("one.jpg"))
    reading = load(sample.write(folder / "reading", table, sample.provenance()))
    grey = lambda moments: [np.full((64, 64, 3), 120, np.uint8)] * len(moments)  # noqa: E731
    return write(page(reading, stills=grey), folder / "page.html").as_uri()


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A page of three photos alone, with as many columns as there can be."""
    folder = tmp_path_factory.mktemp("photos")
    values = tuple(np.linspace(0.02, 0.98, len(MANY)).tolist())
    names = ("p000.jpg", "participant_03_before_the_interview.jpg", "p060.jpg")
    table = sample.together(*(sample.photo(each, values=values, units=MANY) for each in names))
    model = sample.provenance()["model"] | {"units": list(MANY), "thresholds": [0.5] * len(MANY)}
    reading = load(sample.write(folder / "reading", table, sample.provenance(model=model)))
    grey = lambda moments: [np.full((64, 64, 3), 120, np.uint8)] * len(moments)  # noqa: E731
    return write(page(reading, stills=grey), folder / "page.html").as_uri()


def opened(browser: Browser, address: str, *, width: int = 1280) -> Page:
    tab = browser.page()
    tab.size(width, 900)
    tab.call("Page.navigate", url=address)
    tab.wait(DRAWN)
    return tab


def keep(tab: Page, name: str) -> None:
    if folder := os.environ.get("MIEN_PICTURES"):
        tab.picture(Path(folder) / f"report-{name}.png")


def test_everything_is_drawn_and_nothing_is_fetched(browser: Browser, address: str) -> None:
    tab = opened(browser, address)
    assert tab.said == []
    assert [each for each in tab.asked if not each.startswith(("file:", "data:"))] == []
    assert tab.run("document.querySelectorAll('.zoom').length") == 1
    assert tab.run("document.querySelectorAll('b').length") == 0
    keep(tab, "desktop")


def test_figures_zoom_together_by_key(browser: Browser, address: str) -> None:
    tab = opened(browser, address)
    before = tab.run(RANGES)
    assert len(before) == 4
    assert all(each == before[0] for each in before)
    press = "[...document.querySelectorAll('.zoom button')].find((b) => b.title === '{}')"
    tab.run(press.format("zoom in") + ".focus()")
    assert tab.run("document.activeElement.getAttribute('aria-label')") == "zoom in"
    tab.run("document.activeElement.click()")
    middle = (before[0][0] + before[0][1]) / 2
    near = f"Math.abs(b - a - 4) < 0.1 && Math.abs((a + b) / 2 - {middle}) < 0.1"
    tab.wait(f"{RANGES}.every(([a, b]) => {near})")
    tab.run("Plotly.relayout(document.querySelectorAll('[data-group]')[2], "
            "{'xaxis.range[0]': 1, 'xaxis.range[1]': 2}).then(() => true)")  # fmt: skip
    tab.wait(f"{RANGES}.every(([a, b]) => a === 1 && b === 2)")
    tab.wait("document.querySelector('.zoom span').textContent === '1.00 s to 2.00 s'")
    tab.run(press.format("show all") + ".click()")
    tab.wait(f"JSON.stringify({RANGES}) === JSON.stringify({before})")


def test_it_fits_a_phone(browser: Browser, address: str) -> None:
    tab = opened(browser, address, width=390)
    assert tab.run("document.documentElement.scrollWidth") <= 390
    keep(tab, "phone")


@pytest.mark.parametrize("width", [1280, 390])
def test_names_of_photos_stand_in_lines_however_many_units(
    browser: Browser, photos: str, width: int
) -> None:
    tab = browser.page()
    tab.size(width, 900)
    tab.call("Page.navigate", url=photos)
    tab.wait("document.readyState === 'complete'")
    heights = tab.run(ROWS)
    assert len(heights) == 3
    assert max(heights) <= 130
    assert tab.run("document.documentElement.scrollWidth") <= width
    keep(tab, f"photos-{width}")
