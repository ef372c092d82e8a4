"""Pages are whole, escaped, self-contained and accessible."""

import base64
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import cv2
import numpy as np
import plotly.graph_objects as go
import pytest

from mien.report import plots
from mien.report.demo import demo_page
from mien.report.evaluation import evaluation_page
from mien.report.images import Picture
from mien.report.page import (
    Facts,
    Figure,
    Heat,
    Page,
    Pictures,
    Row,
    Section,
    Table,
    Text,
    Tile,
    Tiles,
    render,
    write,
)
from report import sample

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&</script><!--{{ 7*7 }}-->"
VOID = {"meta", "img", "br", "link", "input", "hr"}


class Reader(HTMLParser):
    """Collects tags with attributes, checks that they nest, and keeps scripts apart."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.specs: list[dict] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in ("script", "style"):
            self.words.append(data)
        elif self.tags[-1][1].get("class") == "spec":
            self.specs.append(json.loads(data))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def without_plotly(text: str) -> str:
    """The page without Plotly's own script, whose code mentions addresses it never visits here."""
    kept = re.sub(r"<script>/\*.*?</script>", "<script></script>", text, count=1, flags=re.DOTALL)
    assert len(kept) < len(text) - 1_000_000
    return kept


@pytest.fixture(scope="module")
def evaluation() -> str:
    page = evaluation_page(
        sample.metrics(),
        curves=sample.curves(),
        embedding=sample.embedding(),
        best=sample.faces(0, "good"),
        worst=sample.faces(9, "bad"),
    )
    return render(page)


@pytest.fixture(scope="module")
def demo() -> str:
    return render(demo_page(sample.demo()))


@pytest.fixture(scope="module", params=["evaluation", "demo"])
def report(request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue(request.param)


def test_plotly_is_inlined_once_and_nothing_is_fetched(report: str) -> None:
    assert report.count("<script>/*") == 1
    ours = without_plotly(report)
    assert not re.search(r"(https?:)?//[a-z0-9.-]+\.[a-z]{2,}", ours)
    assert "@import" not in ours
    assert "url(" not in ours
    reader = Reader(ours)
    assert not reader.all("link")
    for attributes in (each for _, each in reader.tags):
        assert not {"onclick", "onerror", "onload", "srcset"} & set(attributes)
        assert (attributes.get("src") or "data:").startswith("data:")
        assert (attributes.get("href") or "#").startswith("#")
    policy = next(each for each in reader.all("meta") if "http-equiv" in each)["content"]
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert len(report) < 8_000_000


def test_accessible_structure(report: str) -> None:
    reader = Reader(without_plotly(report))
    ids = [each["id"] for _, each in reader.tags if "id" in each]
    assert len(ids) == len(set(ids))
    assert reader.all("html")[0]["lang"] == "en"
    assert len(reader.all("h1")) == len(reader.all("main")) == len(reader.all("title")) == 1
    assert all(each.get("alt") for each in reader.all("img"))
    assert all(each.get("scope") for each in reader.all("th"))
    assert len(reader.all("caption")) == len(reader.all("table"))
    canvases = [each for each in reader.all("div") if each.get("class") == "canvas"]
    assert len(canvases) == len(reader.specs) > 0
    assert all(each["role"] == "img" and each["aria-label"] for each in canvases)
    targets = {each["href"] for each in reader.all("a")}
    assert targets <= {f"#{each}" for each in ids}
    labelled = {each["aria-labelledby"] for each in reader.all("section")}
    assert labelled <= set(ids)


def test_figures_are_valid_plotly(report: str) -> None:
    for spec in Reader(without_plotly(report)).specs:
        go.Figure(spec)  # validates


def test_pages_are_deterministic() -> None:
    assert render(demo_page(sample.demo())) == render(demo_page(sample.demo()))


def hostile_page() -> Page:
    h = HOSTILE
    picture = Picture(image=np.zeros((4, 4, 3), np.uint8), alt=h, caption=h, note=h)
    blocks = (
        Text(paragraphs=(h,), kind="note"),
        Table(header=(h, h), rows=((h, h),), caption=h, prose=(1,)),
        Heat(names=(h, "b"), counts=((1, 2), (0, 0)), caption=h, row_title=h, column_title=h),
        Figure(
            figure=plots.bars([h], [plots.Bars(name=h, values=[1.0])], title=h), alt=h, caption=h
        ),
        Figure(figure=plots.scatter([(0, 0)], [h], x_title=h, y_title=h), alt=h),
        Pictures(pictures=(picture,), caption=h),
        Tiles(tiles=(Tile(label=h, value=h, note=h),)),
        Row(blocks=(Facts(facts=((h, h),)),)),
    )
    sections = tuple(Section(title=h, blocks=blocks) for _ in range(3))
    return Page(title=h, lead=h, sections=sections, footer=h)


def test_hostile_text_is_shown_not_obeyed() -> None:
    text = without_plotly(render(hostile_page()))
    reader = Reader(text)
    assert "{{ 7*7 }}" in text
    inline = [each for each in reader.all("script") if each.get("class") != "spec"]
    assert len(inline) == 2  # Plotly and ours
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert all(each["src"].startswith("data:image/") for each in reader.all("img"))
    shown = "".join(reader.words)
    assert shown.count(HOSTILE) >= 3 * 12
    assert reader.all("img")[0]["alt"] == HOSTILE
    for spec in reader.specs:
        assert "<script>" not in json.dumps(spec)


def test_hostile_names_in_reports() -> None:
    metrics = sample.metrics(HOSTILE)
    metrics["store"]["name"] = metrics["protocol"]["name"] = HOSTILE
    metrics["results"]["last"]["expression"]["labels"][0] = HOSTILE
    metrics["results"]["last"]["au"]["f1"]["undefined"] = {HOSTILE: HOSTILE}
    text = without_plotly(render(evaluation_page(metrics)))
    reader = Reader(text)
    assert len([each for each in reader.all("script") if each.get("class") != "spec"]) == 2
    assert not [each for each in reader.all("img") if each["src"] == "x"]
    assert HOSTILE in "".join(reader.words)


def test_page_without_figures_carries_no_script() -> None:
    page = Page(title="x", sections=(Section(title="y", blocks=(Text(paragraphs=("z",)),)),))
    text = render(page)
    assert "<script" not in text
    assert len(text) < 20_000
    assert repr(page) == "Page('x', 1 sections)"


def test_headings_get_distinct_ids() -> None:
    sections = tuple(Section(title=title, blocks=()) for title in ("A b", "A b", "§§", ""))
    ids = [each["id"] for each in Reader(render(Page(title="t", sections=sections))).all("h2")]
    assert ids == ["s1-a-b", "s2-a-b", "s3", "s4"]


def test_write_is_atomic(tmp_path: Path) -> None:
    page = Page(title="Größe", sections=())
    assert write(page, tmp_path / "sub" / "r.html") == tmp_path / "sub" / "r.html"
    assert (tmp_path / "sub" / "r.html").read_text(encoding="utf-8") == render(page)
    assert [each.name for each in (tmp_path / "sub").iterdir()] == ["r.html"]


def test_pictures_survive_as_data() -> None:
    image = np.full((40, 80, 3), (200, 30, 60), np.uint8)
    blocks = (Pictures(pictures=(Picture(image=image, alt="red"),), width=20),)
    text = render(Page(title="t", sections=(Section(title="s", blocks=blocks),)))
    source = Reader(text).all("img")[0]["src"]
    assert source is not None
    encoded = np.frombuffer(base64.b64decode(source.split(",")[1]), np.uint8)
    decoded = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    assert decoded.shape == (20, 40, 3)
    np.testing.assert_allclose(decoded.mean((0, 1))[::-1], (200, 30, 60), atol=4)


def test_table_checks_its_shape() -> None:
    with pytest.raises(ValueError, match="as many cells"):
        Table(header=("a", "b"), rows=(("1",),), caption="c")


def test_heat_shares() -> None:
    heat = Heat(names=("a", "b"), counts=((3, 1), (0, 0)), caption="c")
    assert heat.shares == [[0.75, 0.25], [None, None]]
