"""Curves over time: a lane a unit with its threshold and events, and the head's angles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from mien.report.decimate import extremes
from mien.report.palette import colour, dash
from mien.report.plots import axis, plain
from mien.report.strips import LEFT, Columns, shared_layout
from mien.study.events import Event

Floats = npt.NDArray[np.float64]
Points: TypeAlias = dict[str, Any]

_LANE = 42


@dataclass(frozen=True, kw_only=True, eq=False)
class Lane:
    """What one lane shows."""

    name: str
    """At its left."""
    title: str
    """In the box under the pointer."""
    values: Floats = field(repr=False)
    """(frames,) 0 to 1; NaN where there is none."""
    threshold: float | None = None
    """Drawn as a dotted line."""
    beside: Floats | None = field(default=None, repr=False)
    """(frames,) a second curve, 0 to 1."""
    events: Sequence[Event] = ()
    """Bars along the foot, a triangle at each apex."""


def lanes(
    times: Floats,
    rows: Sequence[Lane],
    *,
    columns: Columns,
    scored: npt.NDArray[np.bool_],
    buckets: int,
    named: tuple[str, str] = ("probability", "intensity, over 5"),
) -> go.Figure:
    """Curves one under the other, with one axis of time.

    Args:
        times: (frames,) seconds, rising.
        rows: the lanes, first on top.
        columns: of the strips of the same face.
        scored: (frames,) whether the face was scored; elsewhere lies a grey veil.
        buckets: of a longer curve, the lowest and highest value of each so-manieth part of the
            time are drawn.
        named: what the first and second curve of each lane are.
    """
    gap = 0.1 / len(rows)
    height = (1 - gap * (len(rows) - 1)) / len(rows)
    figure = go.Figure(
        layout=shared_layout(
            columns.span, height=_LANE * len(rows) + 84, columns=columns, scored=scored,
            margin={"l": LEFT, "r": 10, "t": 36, "b": 40},
        )
    )  # fmt: skip
    legend = set[str]()
    for index, row in enumerate(rows):
        top = 1 - index * (height + gap)
        key = "y" if index == 0 else f"y{index + 1}"
        figure.update_layout({f"yaxis{key[1:]}": _lane_axis(row, max(0.0, top - height), top)})
        points = _thin(times, row.values, buckets)
        _curve(figure, points, row, key=key, name=named[0], legend=legend, hue=0)
        if row.beside is not None:
            points = _thin(times, row.beside, buckets)
            _curve(figure, points, row, key=key, name=named[1], legend=legend, hue=2)
        if row.events:
            _bars(figure, key, row, legend, width=(columns.span[1] - columns.span[0]) / 1500)
    figure.update_xaxes(anchor="y" if len(rows) == 1 else f"y{len(rows)}")
    return figure


def angles(
    times: Floats,
    curves: Mapping[str, Floats],
    *,
    columns: Columns,
    scored: npt.NDArray[np.bool_],
    buckets: int,
) -> go.Figure:
    """The head's angles over time, degrees: one line each, told apart by colour and dash.

    Args:
        times: (frames,) seconds, rising.
        curves: (frames,) degrees by name.
        columns: of the strips of the same face.
        scored: (frames,) whether the face was scored; elsewhere lies a grey veil.
        buckets: as for `lanes`.
    """
    figure = go.Figure(
        layout=shared_layout(
            columns.span, height=260, columns=columns, scored=scored,
            margin={"l": LEFT, "r": 10, "t": 36, "b": 40},
        )
    )  # fmt: skip
    for index, (name, values) in enumerate(curves.items()):
        figure.add_scatter(
            **_thin(times, values, buckets),
            name=plain(name),
            mode="lines",
            line={"color": colour((0, 1, 3)[index % 3]), "width": 2, "dash": dash(2 * index)},
            hovertemplate=plain(name) + " %{y:.1f}° at %{x:.2f} s<extra></extra>",
        )
    figure.update_layout(yaxis=axis("degrees", automargin=False, zeroline=True))
    return figure


def drawn(events: Sequence[Event], *, width: float) -> tuple[list[float], list[Event]]:
    """Bars and apexes as they are drawn: events closer than `width` seconds share a bar.

    Returns:
        Ends of the bars, onset, offset, onset, offset …, and of each bar the highest event.
    """
    ends: list[float] = []
    highest: list[Event] = []
    for event in events:
        if ends and event.onset - ends[-1] < width:
            ends[-1] = max(ends[-1], event.offset)
            highest[-1] = max(highest[-1], event, key=lambda each: each.peak)
        else:
            ends += [event.onset, event.offset]
            highest.append(event)
    return ends, highest


def _lane_axis(row: Lane, low: float, high: float) -> dict[str, object]:
    level = 0.5 if row.threshold is None else row.threshold
    return axis(
        domain=[low, high],
        range=[-0.06, 1.1],
        tickvals=[level],
        ticktext=[plain(row.name)],
        griddash="dot",
        showgrid=row.threshold is not None,
        automargin=False,
        tickfont={"size": 12},
    )


def _curve(
    figure: go.Figure,
    points: Points,
    row: Lane,
    *,
    key: str,
    name: str,
    legend: set[str],
    hue: int,
) -> None:
    figure.add_scatter(
        **points,
        yaxis=key,
        name=plain(name),
        legendgroup=name,
        showlegend=name not in legend,
        mode="lines+markers" if _lonely(points["y"]) else "lines",
        marker={"size": 4},
        line={"color": colour(hue), "width": 1.8, "dash": "solid" if hue == 0 else "dot"},
        hovertemplate=f"{plain(row.title)}: {plain(name)} "
        "%{y:.2f} at %{x:.2f} s<extra></extra>",
    )
    legend.add(name)


def _bars(figure: go.Figure, key: str, row: Lane, legend: set[str], *, width: float) -> None:
    ends, highest = drawn(row.events, width=width)
    x = np.full(len(highest) * 3, np.nan, np.float32)
    x[0::3], x[1::3] = ends[0::2], ends[1::2]
    first = "event" not in legend
    figure.add_scatter(
        x=x,
        y=np.where(np.isnan(x), np.nan, 0.0).astype(np.float32),
        yaxis=key, name="event", legendgroup="event", showlegend=first, mode="lines",
        line={"color": colour(1), "width": 5}, hoverinfo="skip",
    )  # fmt: skip
    figure.add_scatter(
        x=np.array([event.apex for event in highest], np.float32),
        y=np.array([event.peak for event in highest], np.float32),
        yaxis=key, name="apex", legendgroup="apex", showlegend=first, mode="markers",
        marker={"color": colour(1), "symbol": "triangle-down", "size": 8},
        hovertemplate=f"{plain(row.title)}: apex %{{y:.2f}} at %{{x:.2f}} s<extra></extra>",
    )  # fmt: skip
    legend.add("event")


def even(times: Floats) -> tuple[float, float] | None:
    """First time and step, if the frames come evenly to a millisecond; else None."""
    if len(times) < 2:
        return None
    step = float(times[-1] - times[0]) / (len(times) - 1)
    grid = times[0] + step * np.arange(len(times))
    return (float(times[0]), step) if np.allclose(times, grid, rtol=0, atol=1e-3) else None


def whole(times: Floats, *, buckets: int) -> bool:
    """Whether every frame is drawn; even times need no list, so that twice as many fit."""
    return len(times) <= (2 if even(times) is None else 4) * buckets


def _thin(times: Floats, values: Floats, buckets: int) -> Points:
    """A curve as Plotly's keywords."""
    grid = even(times)
    if whole(times, buckets=buckets):
        y = values.astype(np.float32)
        if grid is not None:
            return {"y": y, "x0": grid[0], "dx": grid[1]}
        return {"y": y, "x": times.astype(np.float32)}
    x, y = extremes(times, values, buckets=buckets)
    return {"y": y.astype(np.float32), "x": x.astype(np.float32)}


def _lonely(values: npt.NDArray[np.float32]) -> bool:
    """Whether a value stands between gaps, where a line alone would not show it."""
    known = np.concatenate([[False], np.isfinite(values), [False]])
    return bool(np.any(known[1:-1] & ~known[:-2] & ~known[2:]))
