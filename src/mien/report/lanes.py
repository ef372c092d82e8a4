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
    width = (columns.span[1] - columns.span[0]) / (4 * buckets)
    axes: dict[str, Any] = {}
    traces: list[dict[str, Any]] = []
    for index, row in enumerate(rows):
        top, number = 1 - index * (height + gap), str(index + 1) * (index > 0)
        axes[f"yaxis{number}"] = _lane_axis(row, max(0.0, top - height), top)
        curves = [(row.values, named[0], 0)]
        curves += [(row.beside, named[1], 2)] if row.beside is not None else []
        mine = [
            _curve(_thin(times, values, buckets), row.title, name, hue)
            for values, name, hue in curves
        ]
        mine += _bars(row, width=width) if row.events else []
        traces += [each | {"yaxis": f"y{number}"} for each in mine]
    named_once = set[str]()
    for each in traces:
        each["showlegend"] = each["legendgroup"] not in named_once
        named_once.add(each["legendgroup"])
    plan = shared_layout(
        columns.span, height=_LANE * len(rows) + 84, columns=columns, scored=scored,
        margin={"l": LEFT, "r": 10, "t": 36, "b": 40}, **axes,
    )  # fmt: skip
    figure = go.Figure(data=traces, layout=plan)
    return figure.update_xaxes(anchor="y" if len(rows) == 1 else f"y{len(rows)}")


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


def _curve(points: Points, title: str, name: str, hue: int) -> dict[str, Any]:
    return points | {
        "type": "scatter",
        "name": plain(name),
        "legendgroup": name,
        "mode": "lines+markers" if _lonely(points["y"]) else "lines",
        "marker": {"size": 4},
        "line": {"color": colour(hue), "width": 1.8, "dash": "solid" if hue == 0 else "dot"},
        "hovertemplate": f"{plain(title)}: {plain(name)} %{{y:.2f}} at %{{x:.2f}} s<extra></extra>",
    }


def _bars(row: Lane, *, width: float) -> list[dict[str, Any]]:
    ends, highest = drawn(row.events, width=width)
    x = np.full(len(highest) * 3, np.nan, np.float32)
    x[0::3], x[1::3] = ends[0::2], ends[1::2]
    bars = {
        "x": x, "y": np.where(np.isnan(x), np.nan, 0.0).astype(np.float32), "mode": "lines",
        "name": "event", "line": {"color": colour(1), "width": 5}, "hoverinfo": "skip",
    }  # fmt: skip
    apexes = {
        "x": np.array([event.apex for event in highest], np.float32),
        "y": np.array([event.peak for event in highest], np.float32),
        "mode": "markers",
        "name": "apex",
        "marker": {"color": colour(1), "symbol": "triangle-down", "size": 8},
        "hovertemplate": f"{plain(row.title)}: apex %{{y:.2f}} at %{{x:.2f}} s<extra></extra>",
    }
    return [each | {"type": "scatter", "legendgroup": each["name"]} for each in (bars, apexes)]


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
