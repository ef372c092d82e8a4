"""The house's charts, as Plotly figures from plain numbers.

Colours of paper, text and grid come from the page's style sheet, so that one figure suits light
and dark. Labels are escaped here, because Plotly reads a little HTML in text.
"""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import plotly.graph_objects as go

from mien.report.palette import colour, dash, symbol

Real: TypeAlias = float | int
"""A value."""

Number: TypeAlias = float | int | None
"""A value, or None where it is undefined."""


@dataclass(frozen=True, kw_only=True)
class Bars:
    """One series of bars with intervals, such as one run's F1 of every unit."""

    name: str
    """Name of the series."""
    values: Sequence[Number]
    """Heights; None leaves a gap."""
    low: Sequence[Number] | None = None
    """Lower ends of the intervals."""
    high: Sequence[Number] | None = None
    """Upper ends of the intervals."""


@dataclass(frozen=True, kw_only=True)
class Curve:
    """One line over steps or time."""

    name: str
    """Name of the line."""
    x: Sequence[Real]
    """Where."""
    y: Sequence[Number]
    """How much; None breaks the line."""


def plain(text: object) -> str:
    """Text for a Plotly label: markup is shown, not obeyed."""
    return html.escape(str(text), quote=False)


def layout(*, height: int, **entries: Any) -> go.Layout:  # noqa: ANN401 (Plotly's own keywords)
    """The layout every chart of the house starts from."""
    base: dict[str, Any] = {
        "template": "none",
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "system-ui, 'Segoe UI', Roboto, sans-serif", "size": 13},
        "hoverlabel": {
            "bgcolor": "#20272e",
            "bordercolor": "#20272e",
            "font": {"color": "#ffffff"},
        },
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "xanchor": "left"},
        "xaxis": axis(),
        "yaxis": axis(),
    }
    return go.Layout(base | entries)


def axis(title: str = "", **entries: Any) -> dict[str, Any]:  # noqa: ANN401 (Plotly's own keywords)
    """An axis without a box, with a quiet grid."""
    base: dict[str, Any] = {
        "automargin": True,
        "showline": False,
        "zeroline": False,
        "ticks": "outside",
        "ticklen": 5,
        "tickcolor": "rgba(0,0,0,0)",
        "gridwidth": 1,
        "fixedrange": True,
    }
    if title:
        base["title"] = {"text": plain(title), "standoff": 10, "font": {"size": 12}}
    return base | entries


def bars(
    labels: Sequence[str],
    series: Sequence[Bars],
    *,
    title: str,
    limit: Real | None = 1.0,
    upright: bool = True,
) -> go.Figure:
    """Bars of every label with intervals, one colour a series: per-unit scores, runs compared.

    Args:
        labels: names of the bars.
        series: one or several runs.
        title: name of the value axis.
        limit: end of the value axis; None lets the data decide.
        upright: bars stand; False lays them down, for long names.

    Raises:
        ValueError: a series has another length than `labels`.
    """
    names = [plain(label) for label in labels]
    height = 340 if upright else max(340, 60 + 22 * len(names) * len(series))
    figure = go.Figure(layout=layout(height=height, barmode="group", bargap=0.28, bargroupgap=0.06))
    for index, each in enumerate(series):
        if len(each.values) != len(names):
            raise ValueError(f"{each.name}: {len(each.values)} values for {len(names)} labels")
        name, value = ("x", "y") if upright else ("y", "x")
        figure.add_bar(
            **{name: names, value: list(each.values), f"error_{value}": _errors(each)},
            orientation="v" if upright else "h",
            name=plain(each.name),
            marker={"color": colour(index), "cornerradius": 3},
            hovertemplate=f"%{{{name}}}: %{{{value}:.3f}}<extra>{plain(each.name)}</extra>",
        )
    top = {} if limit is None else {"range": [0, 1.01 * limit]}
    called = axis(showgrid=False, type="category", **({} if upright else {"autorange": "reversed"}))
    worth = axis(title, **top)
    figure.update_layout(
        xaxis=called if upright else worth,
        yaxis=worth if upright else called,
        showlegend=len(series) > 1,
    )
    return figure


def lines(
    curves: Sequence[Curve], *, x_title: str, y_title: str, marks: Mapping[str, Real] | None = None
) -> go.Figure:
    """Lines over steps or time, such as training curves.

    Args:
        curves: the lines.
        x_title: name of the horizontal axis.
        y_title: name of the vertical axis.
        marks: names and places of upright marks, such as the chosen step.
    """
    figure = go.Figure(layout=layout(height=320, hovermode="x unified"))
    for index, each in enumerate(curves):
        figure.add_scatter(
            x=list(each.x),
            y=list(each.y),
            name=plain(each.name),
            mode="lines+markers" if len(each.x) < 3 else "lines",
            line={"color": colour(index), "width": 2, "dash": dash(index)},
            hovertemplate="%{y:.4g}",
        )
    for name, place in (marks or {}).items():
        figure.add_vline(x=place, line={"color": "#8b8f96", "width": 1, "dash": "dot"})
        figure.add_annotation(
            x=place,
            y=1,
            yref="paper",
            text=plain(name),
            showarrow=False,
            xanchor="left",
            yanchor="top",
            font={"color": "#8b8f96", "size": 12},
        )
    figure.update_layout(
        xaxis=axis(x_title, showgrid=False), yaxis=axis(y_title), showlegend=len(curves) > 1
    )
    return figure


def reliability(score: Sequence[Number], rate: Sequence[Number], count: Sequence[int]) -> go.Figure:
    """Reliability curve: how often what the model calls p per cent comes true.

    Args:
        score: mean probability of each bin; None where the bin is empty.
        rate: share of present labels of each bin.
        count: cells of each bin; marker areas follow it.
    """
    kept = [
        (x, y, n)
        for x, y, n in zip(score, rate, count, strict=True)
        if x is not None and y is not None
    ]
    largest = max((n for _, _, n in kept), default=1)
    figure = go.Figure(layout=layout(height=340, showlegend=False))
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"color": "#8b8f96", "dash": "dot", "width": 1.5},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=[x for x, _, _ in kept],
        y=[y for _, y, _ in kept],
        customdata=[n for _, _, n in kept],
        mode="lines+markers",
        line={"color": colour(0), "width": 2},
        marker={"size": [6 + 14 * (n / largest) ** 0.5 for _, _, n in kept], "color": colour(0)},
        hovertemplate="said %{x:.2f}, true %{y:.2f}<br>%{customdata} cells<extra></extra>",
    )
    figure.update_layout(
        xaxis=axis("probability said", range=[-0.03, 1.03]),
        yaxis=axis("share that was true", range=[-0.03, 1.03]),
    )
    return figure


def scatter(
    coordinates: Sequence[Sequence[Real]],
    groups: Sequence[str],
    *,
    x_title: str = "",
    y_title: str = "",
    legend: bool | None = None,
    order: Sequence[str] = (),
) -> go.Figure:
    """Points on a plane, one colour and marker a group: embedding maps.

    Args:
        coordinates: (x, y) of each point.
        groups: group of each point; an empty string is "unknown".
        x_title: name of the horizontal axis.
        y_title: name of the vertical axis.
        legend: show the groups; None shows up to twelve.
        order: groups to list first, in this order.
    """
    present = sorted(set(groups))
    names = [each for each in order if each in present]
    names += [each for each in present if each not in names]
    shown_legend = len(names) <= 12 if legend is None else legend
    below = 48 + (22 * -(-len(names) // 4) if shown_legend else 0)  # legend lines of four names
    figure = go.Figure(layout=layout(height=360 + below))
    for index, name in enumerate(names):
        points = [p for p, group in zip(coordinates, groups, strict=True) if group == name]
        shown = plain(name or "unknown")
        figure.add_scatter(
            x=[point[0] for point in points],
            y=[point[1] for point in points],
            name=shown,
            mode="markers",
            marker={
                "color": colour(index),
                "symbol": symbol(index),
                "size": 6,
                "opacity": 0.75,
                "line": {"width": 0},
            },
            hovertemplate=shown + "<extra></extra>",
        )
    figure.update_layout(
        xaxis=axis(x_title, showticklabels=False),
        yaxis=axis(y_title, showticklabels=False, scaleanchor="x", scaleratio=1),
        showlegend=shown_legend,
        legend={"itemsizing": "constant", "yref": "container", "y": 0, "yanchor": "bottom"},
        margin={"b": below},
    )
    return figure


def _errors(series: Bars) -> dict[str, Any] | None:
    if series.low is None or series.high is None:
        return None
    above, below = [], []
    for value, low, high in zip(series.values, series.low, series.high, strict=True):
        if value is None or low is None or high is None:
            above.append(0.0)
            below.append(0.0)
        else:
            above.append(max(0.0, high - value))
            below.append(max(0.0, value - low))
    return {
        "type": "data",
        "array": above,
        "arrayminus": below,
        "color": "#7d868f",
        "thickness": 1.3,
        "width": 3,
    }
