"""The page of a made-up reading, and what can be read on it."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from mien.report.page import Page, render
from mien.report.readings import page
from mien.report.stills import Moment
from mien.study.tables import load
from report import reading_sample as sample
from report.test_page import Reader, without_plotly

CLIP = "films/smile.mp4"


def grey(moments: list[Moment]) -> list[np.ndarray]:
    return [np.full((32, 32, 3), 40 + 5 * i % 200, np.uint8) for i in range(len(moments))]


def made(tmp_path: Path, table: pa.Table, **said: object) -> Page:
    folder = sample.write(tmp_path / "reading", table, sample.provenance(**said))
    return page(load(folder), stills=grey)


def section(shown: Page, title: str):
    return next(each for each in shown.sections if each.title == title)


def of(kind: type, shown: Page, title: str) -> list:
    return [block for block in section(shown, title).blocks if isinstance(block, kind)]


def words(shown: Page) -> str:
    return " ".join("".join(Reader(without_plotly(render(shown))).words).split())
