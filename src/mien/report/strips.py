"""Strips over time: what became of each frame, and all units at once; and the axis they share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from mien.report import decimate
from mien.report.palette import faded
from mien.report.plots import axis, layout, plain

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

LEFT: Final = 86
"""Pixels left of every plot that shares an axis, so that their seconds stand in one line."""
_GREY: Final = "rgba(139, 143, 150, 0.28)"
_ROW: Final = 20


@dataclass(frozen=True, kw_only=True, eq=False)
class Columns:
    """Stretches of time that a strip draws as one cell each."""

    edges: Floats = field(repr=False)
    """(columns + 1,) seconds."""
    column: Whole = field(repr=False)
    """(frames,) column in which each frame begins."""

    @property
    def count(self) -> int:
        """How many."""
        return len(self.edges) - 1

    @property
    def span(self) -> list[float]:
        """First and last second."""
        return [float(self.edges[0]), float(self.edges[-1])]


def cut(times: Floats, *, most: int, step: float) -> Columns:
    """At most `most` columns over the frames' times; the last frame lasts `step` seconds."""
    edges, column = decimate.columns(times, most=most, step=step)
    return Columns(edges=edges, column=column)


def heat_strip(
    columns: Columns, rows: Mapping[str, Floats], *, top: float, scored: npt.NDArray[np.bool_]
) -> go.Figure:
    """A row a unit, a column a stretch of time, shaded by the highest value in it.

    Args:
        columns: of the strip.
        rows: (frames,) values by the row's name, first on top.
        top: value of the full shade.
        scored: (frames,) whether the face was scored; elsewhere the strip is grey.
    """
    z = np.stack(
        [decimate.highest(each, columns.column, count=columns.count) for each in rows.values()]
    )
    figure = go.Figure(
        layout=shared_layout(columns.span, height=_ROW * len(rows) + 48, columns=columns,
                             scored=scored)
    )  # fmt: skip
    _cells(figure, columns, z, names=list(rows), top=top, hover="%{y}: %{z:.2f} at %{x:.2f} s")
    return figure


def status_strip(columns: Columns, statuses: Mapping[str, npt.NDArray[np.bool_]]) -> go.Figure:
    """A row a status, a column a stretch of time, shaded by the share of frames that have it.

    Args:
        columns: of the strip.
        statuses: (frames,) whether each frame has it, by the status's name, first on top.
    """
    z = np.stack(
        [decimate.share(each, columns.column, count=columns.count) for each in statuses.values()]
    )
    figure = go.Figure(layout=shared_layout(columns.span, height=_ROW * len(statuses) + 48))
    hover = "%{y}: %{z:.0%} of the frames at %{x:.2f} s"
    _cells(figure, columns, z, names=list(statuses), top=1.0, hover=hover)
    return figure


def shared_layout(
    span: Sequence[float],
    *,
    height: int,
    columns: Columns | None = None,
    scored: npt.NDArray[np.bool_] | None = None,
    **entries: Any,  # noqa: ANN401 (Plotly's own keywords)
) -> go.Layout:
    """A layout with the axis of seconds that all figures of a face share.

    With `columns` and `scored`, stretches in which no frame is scored lie behind a grey veil.
    """
    base: dict[str, Any] = {
        "margin": {"l": LEFT, "r": 10, "t": 8, "b": 40},
        "dragmode": "zoom",
        "xaxis": axis(
            "seconds", showgrid=False, fixedrange=False, range=list(span), automargin=False
        ),
    }
    if columns is not None and scored is not None:
        base["shapes"] = _veils(columns, scored)
    return layout(height=height, **(base | entries))


def _veils(columns: Columns, scored: npt.NDArray[np.bool_]) -> list[dict[str, Any]]:
    share = decimate.share(scored, columns.column, count=columns.count)
    empty = np.concatenate([[False], share == 0, [False]])
    change = np.flatnonzero(np.diff(empty.astype(np.int8)))
    return [
        {
            "type": "rect", "xref": "x", "yref": "paper", "y0": 0, "y1": 1, "layer": "below",
            "x0": float(columns.edges[begin]), "x1": float(columns.edges[end]),
            "fillcolor": _GREY, "line": {"width": 0},
        }
        for begin, end in zip(change[::2], change[1::2], strict=True)
    ]  # fmt: skip


def _cells(
    figure: go.Figure, columns: Columns, z: Floats, *, names: list[str], top: float, hover: str
) -> None:
    figure.add_heatmap(
        x=columns.edges,
        y=[plain(name) for name in names],
        z=z.astype(np.float32),
        zmin=0,
        zmax=top,
        colorscale=[[0, faded(0, 0.05)], [0.5, faded(0, 0.45)], [1, faded(0, 1.0)]],
        showscale=False,
        hoverongaps=False,
        ygap=2,
        hovertemplate=hover + "<extra></extra>",
    )
    figure.update_layout(
        yaxis=axis(
            type="category", autorange="reversed", showgrid=False, automargin=False, dtick=1,
            tickfont={"size": 12},
        )
    )  # fmt: skip
