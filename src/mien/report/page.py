"""One self-contained HTML page: blocks of text, tables, figures and pictures in sections.

The page opens from disk, asks no address for anything (a content security policy sees to it),
follows the reader's light or dark setting and prints. All text is escaped.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from os import PathLike
from pathlib import Path
from typing import Literal, TypeAlias

import jinja2
import plotly.graph_objects as go
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from mien import atomic
from mien.report.gallery import Gallery
from mien.report.images import Picture, data_uri


@dataclass(frozen=True, kw_only=True)
class Text:
    """Paragraphs of plain text."""

    paragraphs: tuple[str, ...]
    """One string a paragraph; no markup."""
    kind: Literal["plain", "note", "warning"] = "plain"
    """A note or warning stands in a frame."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table; the first column names its row."""

    header: tuple[str, ...]
    """Column heads."""
    rows: tuple[tuple[str, ...], ...]
    """Cells as text; all rows are as long as the header."""
    caption: str
    """What the table says, above it."""
    strong: tuple[int, ...] = ()
    """Rows to set in bold."""
    prose: tuple[int, ...] = ()
    """Columns that hold sentences: set left and wrapped."""

    def __post_init__(self) -> None:
        """Check the shape.

        Raises:
            ValueError: a row is longer or shorter than the header.
        """
        if any(len(row) != len(self.header) for row in self.rows):
            raise ValueError("every row needs as many cells as the header")


@dataclass(frozen=True, kw_only=True)
class Heat:
    """A table of counts shaded by the share of their row, such as a confusion matrix."""

    names: tuple[str, ...]
    """Names of rows and columns."""
    counts: tuple[tuple[int, ...], ...]
    """Counts, rows by columns."""
    caption: str
    """What the table says."""
    row_title: str = "true"
    """What the rows are."""
    column_title: str = "predicted"
    """What the columns are."""

    @property
    def shares(self) -> list[list[float | None]]:
        """Each count as a share of its row; None in an empty row."""
        return [
            [value / total if (total := sum(row)) else None for value in row] for row in self.counts
        ]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """An interactive Plotly figure."""

    figure: go.Figure
    """The figure; `plots` makes them."""
    alt: str
    """What it shows, for people who cannot see it."""
    caption: str = ""
    """Text beneath it."""
    group: str = ""
    """Figures of one group zoom together along x; each must state its whole x range."""


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """A grid of pictures."""

    pictures: tuple[Picture, ...]
    """The pictures, in reading order."""
    width: int = 112
    """Width of a cell in CSS pixels; pictures are stored at up to twice that."""
    caption: str = ""
    """Text beneath the grid."""


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One figure worth a large type."""

    label: str
    """What it is."""
    value: str
    """The figure."""
    note: str = ""
    """Its interval or unit."""


@dataclass(frozen=True, kw_only=True)
class Tiles:
    """A row of large figures."""

    tiles: tuple[Tile, ...]
    """The tiles, in order."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A list of names and values."""

    facts: tuple[tuple[str, str], ...]
    """Pairs of name and value."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """Blocks side by side where the screen is wide enough."""

    blocks: tuple["Text | Table | Heat | Figure | Pictures | Tiles | Facts", ...]
    """The blocks, left to right."""


@dataclass(frozen=True, kw_only=True)
class Details:
    """Blocks that open on request, such as the numbers behind a figure."""

    summary: str
    """What stands there while they are closed."""
    blocks: tuple["Text | Table | Facts", ...]
    """The blocks, top to bottom."""


Block: TypeAlias = Text | Table | Heat | Figure | Pictures | Tiles | Facts | Row | Gallery | Details
"""Anything a section may hold."""


@dataclass(frozen=True, kw_only=True)
class Section:
    """A titled part of a page."""

    title: str
    """Its heading."""
    blocks: tuple[Block, ...]
    """What it holds, top to bottom."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """A whole report."""

    title: str
    """Heading and window title."""
    sections: tuple[Section, ...]
    """Its parts."""
    lead: str = ""
    """A sentence or two under the heading."""
    footer: str = ""
    """Provenance at the foot."""

    def __repr__(self) -> str:
        return f"Page({self.title!r}, {len(self.sections)} sections)"


def render(page: Page) -> str:
    """The page as one HTML document."""
    figures = [block for section in page.sections for block in _flat(section.blocks)]
    script = any(isinstance(block, Figure) for block in figures)
    return (
        _environment()
        .get_template("page.html")
        .render(
            page=page,
            anchors=_anchors([section.title for section in page.sections]),
            style=Markup(_file("page.css")),  # noqa: S704 (our own file)
            script=Markup(_file("page.js")) if script else "",  # noqa: S704 (our own file)
            plotly=Markup(get_plotlyjs()) if script else "",  # noqa: S704 (Plotly's own file)
        )
    )


def write(page: Page, path: str | PathLike[str]) -> Path:
    """Write the page to `path`, whole or not at all; returns the path.

    Raises:
        OSError: the disk is full or the folder read-only.
    """
    target = Path(path)
    atomic.write_text(target, render(page))
    return target


def _flat(blocks: Sequence[Block]) -> list[Block]:
    flat: list[Block] = []
    for block in blocks:
        flat += _flat(block.blocks) if isinstance(block, Row) else [block]
    return flat


def _anchors(titles: Sequence[str]) -> list[str]:
    """Ids for the headings, unique and safe in an address."""
    plain = [re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") for title in titles]
    return [f"s{index + 1}-{name}".rstrip("-") for index, name in enumerate(plain)]


def _figure_json(figure: go.Figure) -> Markup:
    """A figure as JSON that cannot end its script element."""
    encoded = figure.to_json()
    if encoded is None:
        raise ValueError("the figure cannot be written as JSON")
    kept: Mapping[str, object] = json.loads(encoded)
    text = json.dumps({"data": kept["data"], "layout": kept["layout"]}, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 (the signs that could close the element are gone)


def _source(picture: Picture, width: int) -> str:
    return data_uri(picture.image, width=2 * width)


def _file(name: str) -> str:
    return (Path(__file__).parent / "templates" / name).read_text(encoding="utf-8")


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["figure_json"] = _figure_json
    environment.globals["source"] = _source
    environment.globals["kind"] = lambda block: type(block).__name__.lower()
    return environment
