"""Charts hold the numbers they were given, and colours that can be told apart."""

import itertools
import json

import numpy as np
import pytest

from mien.report import palette, plots
from mien.report.images import Picture, best_and_worst, data_uri
from mien.report.timeline import timeline


def test_bars_hold_values_and_intervals() -> None:
    one = plots.Bars(name="a", values=[0.5, None], low=[0.4, None], high=[0.7, None])
    two = plots.Bars(name="b", values=[0.1, 0.2])
    figure = plots.bars(["AU1", "AU2"], [one, two], title="F1")
    assert list(figure.data[0].x) == ["AU1", "AU2"]
    assert list(figure.data[0].y) == [0.5, None]
    assert figure.data[0].error_y.array == pytest.approx((0.2, 0))
    assert figure.data[0].error_y.arrayminus == pytest.approx((0.1, 0))
    assert figure.data[1].error_y.array is None
    assert figure.layout.showlegend
    lying = plots.bars(["x"], [plots.Bars(name="a", values=[0.5])], title="F1", upright=False)
    assert list(lying.data[0].x) == [0.5]
    assert not lying.layout.showlegend
    with pytest.raises(ValueError, match="1 values for 2 labels"):
        plots.bars(["a", "b"], [plots.Bars(name="x", values=[1])], title="")


def test_an_interval_never_points_inwards() -> None:
    odd = plots.Bars(name="a", values=[0.5], low=[0.6], high=[0.4])
    errors = plots.bars(["x"], [odd], title="").data[0].error_y
    assert (errors.array[0], errors.arrayminus[0]) == (0, 0)


def test_lines_and_marks() -> None:
    curve = plots.Curve(name="loss", x=[0, 1, 2], y=[3, None, 1])
    figure = plots.lines([curve], x_title="step", y_title="loss", marks={"chosen": 1})
    assert list(figure.data[0].y) == [3, None, 1]
    assert figure.layout.annotations[0].text == "chosen"
    assert figure.layout.shapes[0].x0 == 1


def test_scatter_groups() -> None:
    figure = plots.scatter([(0, 1), (2, 3), (4, 5)], ["b", "", "b"], order=["b", "a"])
    assert [trace.name for trace in figure.data] == ["b", "unknown"]
    assert list(figure.data[0].x) == [0, 4]
    many = plots.scatter([(n, n) for n in range(20)], [f"S{n}" for n in range(20)])
    assert not many.layout.showlegend


def test_reliability_leaves_out_empty_bins() -> None:
    figure = plots.reliability([0.1, None, 0.9], [0.2, None, 0.8], [5, 0, 10])
    assert list(figure.data[1].x) == [0.1, 0.9]
    assert max(figure.data[1].marker.size) == 20
    assert plots.reliability([None], [None], [0]).data[1].x == ()


@pytest.mark.parametrize("count", [0, 1, 12])
def test_timeline_has_a_lane_for_each_unit(count: int) -> None:
    names = [f"AU{n}" for n in range(count)]
    scores = {name: [0.1, 0.9] for name in names}
    figure = timeline([0, 1], scores, truth={name: [0, 1] for name in names[:1]})
    assert len(figure.data) == count + min(count, 1)
    lanes = [figure.layout[f"yaxis{n + 1 if n else ''}"].domain for n in range(count)]
    assert all(low[0] >= high[1] for low, high in itertools.pairwise(lanes))
    assert all(0 <= low < high <= 1 for low, high in lanes)


def test_labels_are_escaped() -> None:
    name = "<b>x</b>&"
    figures = [
        plots.bars([name], [plots.Bars(name=name, values=[1])], title=name),
        plots.lines(
            [plots.Curve(name=name, x=[0], y=[1])], x_title=name, y_title=name, marks={name: 0}
        ),
        plots.scatter([(0, 0)], [name], x_title=name, y_title=name),
        timeline([0], {name: [1]}),
    ]
    for figure in figures:
        text = json.dumps(figure.to_plotly_json(), default=str)
        assert "<b>" not in text
        assert "&lt;b&gt;x&lt;/b&gt;&amp;" in text


# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
BLINDNESS = {
    "none": np.eye(3),
    "protanopia": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "deuteranopia": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "tritanopia": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}


def linear(colour: str) -> np.ndarray:
    value = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    matrix = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = np.array(matrix) @ np.clip(rgb, 0, 1) / [0.9505, 1, 1.089]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("kind", BLINDNESS)
def test_first_colours_can_be_told_apart_by_everyone(kind: str) -> None:
    seen = [lab(np.array(BLINDNESS[kind]) @ linear(each)) for each in palette.COLOURS[:4]]
    for one, other in itertools.combinations(seen, 2):
        assert np.linalg.norm(one - other) > 12


def test_colours_are_readable_on_light_and_dark_paper() -> None:
    for each in palette.COLOURS:
        light = linear(each) @ [0.2126, 0.7152, 0.0722]
        assert (1.05) / (light + 0.05) > 2  # on white
        assert (light + 0.05) / (0.012 + 0.05) > 3  # on the dark card


def test_colour_and_symbol_pairs_are_distinct() -> None:
    pairs = {(palette.colour(n), palette.symbol(n)) for n in range(64)}
    assert len(pairs) == 64
    assert palette.faded(0, 0.5) == "rgba(42, 127, 186, 0.5)"


def test_best_and_worst() -> None:
    errors = [0.3, float("nan"), 0.1, 0.9, 0.5]
    assert best_and_worst(errors, count=2) == ([2, 0], [3, 4])
    assert best_and_worst(errors, count=9) == ([2, 0], [3, 4])
    assert best_and_worst([0.1], count=3) == ([], [])
    assert best_and_worst([0.1, 0.1], count=1) == ([0], [1])


def test_pictures_are_checked_and_described() -> None:
    good = np.zeros((2, 3, 3), np.uint8)
    assert data_uri(good, kind="png").startswith("data:image/png;base64,")
    assert repr(Picture(image=good, alt="x")) == "Picture(3 by 2, 'x')"
    for shape in ((2, 3), (2, 3, 4), (0, 3, 3)):
        with pytest.raises(ValueError, match="not an RGB picture"):
            data_uri(np.zeros(shape, np.uint8))
