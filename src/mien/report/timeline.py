"""Action units over a clip, one lane a unit."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from mien.report.palette import colour, faded
from mien.report.plots import Number, Real, axis, layout, plain


def timeline(
    seconds: Sequence[Real],
    scores: Mapping[str, Sequence[Number]],
    *,
    truth: Mapping[str, Sequence[Number]] | None = None,
    threshold: Real = 0.5,
) -> go.Figure:
    """Probabilities of every unit over a clip, one lane a unit; truth as a shade behind.

    Args:
        seconds: time of each frame.
        scores: probability, 0 to 1, of each unit in each frame.
        truth: true intensity of the same units over 5, so 0 to 1.
        threshold: drawn as a dotted line in each lane.
    """
    names = list(scores)
    gap = 0.16 / max(len(names), 1)
    lane = (1 - gap * (len(names) - 1)) / max(len(names), 1)
    figure = go.Figure(layout=layout(height=60 + 46 * len(names), showlegend=truth is not None))
    for index, name in enumerate(names):
        top = 1 - index * (lane + gap)
        key = "y" if index == 0 else f"y{index + 1}"
        figure.update_layout(
            {
                "yaxis" + key[1:]: axis(
                    domain=[max(0.0, top - lane), top],
                    range=[0, 1.05],
                    tickvals=[threshold],
                    ticktext=[plain(name)],
                    griddash="dot",
                )
            }
        )
        if truth is not None and name in truth:
            _lane(figure, key, seconds, truth[name], kind="truth", legend=index == 0)
        _lane(figure, key, seconds, scores[name], kind="read", legend=index == 0)
    last = "y" if len(names) < 2 else f"y{len(names)}"
    figure.update_layout(xaxis=axis("seconds", showgrid=False, anchor=last))
    return figure


def _lane(
    figure: go.Figure,
    key: str,
    seconds: Sequence[Real],
    values: Sequence[Number],
    *,
    kind: str,
    legend: bool,
) -> None:
    truth = kind == "truth"
    figure.add_scatter(
        x=list(seconds),
        y=list(values),
        yaxis=key,
        name="true intensity (over 5)" if truth else "probability read",
        legendgroup=kind,
        showlegend=legend,
        mode="lines",
        line={"color": faded(1, 0.0) if truth else colour(0), "width": 0 if truth else 1.8},
        fill="tozeroy" if truth else None,
        fillcolor=faded(1, 0.4) if truth else None,
        hovertemplate="%{x:.2f} s: %{y:.2f}<extra></extra>",
    )
