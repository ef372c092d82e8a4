"""Which units act together: a matrix to look at and the pairs as a table."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from mien.report.page import Block, Details, Figure, Table, Text
from mien.report.palette import faded
from mien.report.plots import axis, layout
from mien.report.wording import figure_text
from mien.study.cooccurrence import CoOccurrence

_PAIRS = 40


def pair_blocks(units: Sequence[int], found: CoOccurrence) -> tuple[Block, ...]:
    """The matrix of the units that are ever present, and their pairs as a table.

    Args:
        units: unit numbers, in the order of `found`.
        found: counts and indices of every pair.
    """
    present = [place for place in range(len(units)) if found.both[place, place] > 0]
    if len(present) < 2:
        return (Text(paragraphs=("Fewer than two units are ever present.",)),)
    return (
        Figure(
            figure=matrix(units, found, present),
            alt="Jaccard index of every pair of units; the table beneath has the numbers.",
            caption="Jaccard index: of the frames in which either unit reaches its threshold, the "
            "share in which both do. Frames of a clip resemble their neighbours, so the counts "
            "are no independent samples.",
        ),
        Details(summary="Pairs as a table", blocks=(_table(units, found, present),)),
    )


def matrix(units: Sequence[int], found: CoOccurrence, present: Sequence[int]) -> go.Figure:
    """Jaccard index of every pair, shaded; counts and phi under the pointer."""
    names = [f"AU{units[place]}" for place in present]
    grid = np.ix_(present, present)
    z = found.jaccard[grid].astype(np.float32)
    np.fill_diagonal(z, np.nan)
    text = [[_said(found, a, b) for b in present] for a in present]
    few = len(names) <= 12
    figure = go.Figure(
        layout=layout(
            height=min(26 * len(names), 520) + 70, margin={"l": 56, "r": 10, "t": 8, "b": 52}
        )
    )
    figure.add_heatmap(
        x=names, y=names, z=z, zmin=0, zmax=1, showscale=False, xgap=2, ygap=2,
        colorscale=[[0, faded(0, 0.05)], [0.5, faded(0, 0.45)], [1, faded(0, 1.0)]],
        hoverongaps=False, text=text,
        hovertemplate="%{y} and %{x}: Jaccard %{z:.2f}<br>%{text}<extra></extra>",
    )  # fmt: skip
    if few:
        figure.update_traces(texttemplate="%{z:.2f}", textfont={"size": 11})
    figure.update_layout(
        xaxis=axis(type="category", showgrid=False, dtick=1, automargin=False, tickangle=-90),
        yaxis=axis(
            type="category", showgrid=False, dtick=1, autorange="reversed", automargin=False
        ),
    )
    return figure


def _said(found: CoOccurrence, a: int, b: int) -> str:
    """What stands under the pointer."""
    both, first, second = found.both[a, b], found.both[a, a], found.both[b, b]
    return (
        f"phi {_phi(found, a, b)}, both in {both:,} of {found.known[a, b]:,} frames "
        f"({first:,} and {second:,})"
    )


def _table(units: Sequence[int], found: CoOccurrence, present: Sequence[int]) -> Table:
    pairs = [(a, b) for i, a in enumerate(present) for b in present[i + 1 :]]
    pairs.sort(key=lambda pair: -found.jaccard[pair])
    more = len(pairs) - _PAIRS
    return Table(
        header=("pair", "Jaccard", "phi", "both", "either", "frames with both scored"),
        rows=tuple(
            (
                f"AU{units[a]} and AU{units[b]}",
                figure_text(float(found.jaccard[a, b]), digits=2),
                _phi(found, a, b),
                f"{found.both[a, b]:,}",
                f"{found.either[a, b]:,}",
                f"{found.known[a, b]:,}",
            )
            for a, b in pairs[:_PAIRS]
        ),
        caption="Pairs of units by their Jaccard index"
        + (f"; {more} with lower ones are left out" if more > 0 else ""),
    )


def _phi(found: CoOccurrence, a: int, b: int) -> str:
    value = float(found.phi[a, b])
    return figure_text(None if np.isnan(value) else value, digits=2)
