"""The headline figure: every method is on it, in Plotly and as a picture."""

from itertools import combinations
from xml.etree import ElementTree as ET

import pytest

from mien.report.skill_leakage import Method, figure, svg

NAN = float("nan")
MS = {"m0", "m1", "m2"}
METHODS = (
    Method(name="a<b", group="ONE", leak=(0.5, 0.4, 0.6), skill=(0.7, 0.65, 0.75)),
    Method(name="c", group="TWO", leak=(0.2, NAN, NAN), skill=(0.9, NAN, NAN)),
)


def test_the_picture_is_xml_that_names_every_method():
    root = ET.fromstring(svg(METHODS, chance=0.1))
    texts = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"a<b", "c", "chance", "● ONE", "● TWO"} <= set(texts)
    marks = list(root.iter("{http://www.w3.org/2000/svg}circle"))
    by_skill = [float(mark.attrib["cy"]) for mark in marks]
    assert by_skill == sorted(by_skill)  # the best is drawn first, and highest
    assert float(marks[0].attrib["cx"]) < float(marks[1].attrib["cx"])


def test_names_side_by_side_do_not_cover_each_other():
    same = [
        Method(name=f"m{n}", group="ONE", leak=(0.5, 0.4, 0.6), skill=(0.7, 0.6, 0.8))
        for n in range(3)
    ]
    root = ET.fromstring(svg(same, chance=0.1))
    texts = list(root.iter("{http://www.w3.org/2000/svg}text"))
    places = [(float(t.attrib["x"]), float(t.attrib["y"])) for t in texts if t.text in MS]
    assert len(places) == 3
    for one, two in combinations(places, 2):
        assert abs(one[0] - two[0]) > 12 or abs(one[1] - two[1]) > 12


def test_the_figure_holds_a_trace_for_each_group():
    made = figure(METHODS, chance=0.1)
    assert [trace.name for trace in made.data] == ["ONE", "TWO"]
    assert list(made.data[0].text) == ["a&lt;b"]
    assert list(made.data[1].error_x.array) == [0.0]
    assert made.layout.shapes[0].x0 == pytest.approx(0.1)
