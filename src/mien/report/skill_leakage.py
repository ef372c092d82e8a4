"""The headline figure: how well units are read against how well people are told apart."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

import plotly.graph_objects as go

from mien.report.label_places import label_places
from mien.report.palette import colour, symbol
from mien.report.plots import axis, layout, plain

LEAK = "telling one person from two across places, AUC (less is better)"
SKILL = "AU AUC of a linear probe (more is better)"
_WIDTH, _HEIGHT = 760, 520
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 150, 24, 60
_LETTER, _LINE = 6.3, 13.0
"""Mean width of a letter and height of a line at 12 px."""


@dataclass(frozen=True, kw_only=True)
class Method:
    """One method on the plane."""

    name: str
    """Beside its mark."""
    group: str
    """Whose colour and mark it has."""
    leak: tuple[float, float, float]
    """AUC of telling pictures of one person from pictures of two: value, lower and upper end."""
    skill: tuple[float, float, float]
    """AUC of units: value, lower and upper end."""


def figure(methods: Sequence[Method], *, chance: float) -> go.Figure:
    """The plane as a Plotly figure; chance of telling people apart as a dotted line."""
    shown = go.Figure(layout=layout(height=480))
    for index, group in enumerate(_groups(methods)):
        some = [each for each in methods if each.group == group]
        shown.add_scatter(
            x=[each.leak[0] for each in some],
            y=[each.skill[0] for each in some],
            text=[plain(each.name) for each in some],
            mode="markers+text",
            textposition="top center",
            name=plain(group),
            marker={"color": colour(index), "symbol": symbol(index), "size": 10},
            error_x=_whiskers([each.leak for each in some]),
            error_y=_whiskers([each.skill for each in some]),
            hovertemplate="%{text}<br>same person %{x:.3f}, units %{y:.3f}<extra></extra>",
        )
    shown.add_vline(x=chance, line={"color": "#8b8f96", "width": 1, "dash": "dot"})
    shown.update_layout(xaxis=axis(LEAK), yaxis=axis(SKILL), showlegend=len(_groups(methods)) > 1)
    return shown


def svg(methods: Sequence[Method], *, chance: float) -> str:
    """The plane as a picture that stands by itself, black on white."""
    xs = _limits([chance, *(end for each in methods for end in each.leak)])
    ys = _limits([end for each in methods for end in each.skill])
    groups = _groups(methods)
    body = [
        _frame(xs, ys),
        _line(_x(chance, xs), _TOP, _x(chance, xs), _HEIGHT - _BOTTOM, dash="3 3"),
    ]
    body.append(_text(_x(chance, xs) + 4, _TOP + 10, "chance", size=11, fill="#667"))
    shown = sorted(methods, key=lambda each: -each.skill[0])
    points = [(_x(each.leak[0], xs), _y(each.skill[0], ys)) for each in shown]
    within = (_LEFT + 2.0, _TOP + 0.0, _WIDTH - 4.0, _HEIGHT - _BOTTOM - 2.0)
    widths = [_LETTER * len(each.name) for each in shown]
    names = label_places(points, widths, height=_LINE, within=within)
    for each, (x, y), (left, top), width in zip(shown, points, names, widths, strict=True):
        fill = colour(groups.index(each.group))
        body += _cross(each, xs, ys, fill)
        body.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{fill}"/>')
        if abs(top + _LINE / 2 - y) > _LINE:
            end = left if left > x else left + width
            body.append(_line(x, y, end, top + _LINE / 2, stroke="#b8bcc2"))
        body.append(_text(left, top + _LINE - 3, each.name, size=12, fill="#111"))
    for index, group in enumerate(groups):
        body.append(_text(_WIDTH - _RIGHT + 12, _TOP + 14 + 18 * index, f"● {group}", size=13,
                          fill=colour(index)))  # fmt: skip
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'width="{_WIDTH}" height="{_HEIGHT}" font-family="sans-serif">'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>{"".join(body)}</svg>\n'
    )


def _groups(methods: Sequence[Method]) -> list[str]:
    return list(dict.fromkeys(each.group for each in methods))


def _whiskers(ends: Sequence[tuple[float, float, float]]) -> dict[str, object]:
    return {
        "type": "data",
        "array": [_none(high - value) for value, _, high in ends],
        "arrayminus": [_none(value - low) for value, low, _ in ends],
        "thickness": 1,
        "width": 3,
    }


def _none(value: float) -> float:
    return 0.0 if isnan(value) else max(0.0, value)


def _limits(values: Sequence[float]) -> tuple[float, float]:
    known = [value for value in values if not isnan(value)]
    low, high = min(known), max(known)
    room = max(0.08 * (high - low), 0.01)
    return low - room, high + room


def _x(value: float, limits: tuple[float, float]) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (value - limits[0]) / (limits[1] - limits[0])


def _y(value: float, limits: tuple[float, float]) -> float:
    return (
        _HEIGHT
        - _BOTTOM
        - (_HEIGHT - _TOP - _BOTTOM) * (value - limits[0]) / (limits[1] - limits[0])
    )


def _cross(each: Method, xs: tuple[float, float], ys: tuple[float, float], fill: str) -> list[str]:
    x, y = _x(each.leak[0], xs), _y(each.skill[0], ys)
    arms = []
    if not any(map(isnan, each.leak)):
        arms.append(_line(_x(each.leak[1], xs), y, _x(each.leak[2], xs), y, stroke=fill))
    if not any(map(isnan, each.skill)):
        arms.append(_line(x, _y(each.skill[1], ys), x, _y(each.skill[2], ys), stroke=fill))
    return arms


def _frame(xs: tuple[float, float], ys: tuple[float, float]) -> str:
    parts = []
    for step in range(6):
        x, y = xs[0] + (xs[1] - xs[0]) * step / 5, ys[0] + (ys[1] - ys[0]) * step / 5
        parts.append(_line(_LEFT, _y(y, ys), _WIDTH - _RIGHT, _y(y, ys), stroke="#e4e7ea"))
        parts.append(_text(_LEFT - 8, _y(y, ys) + 4, f"{y:.3f}", size=11, anchor="end"))
        parts.append(_text(_x(x, xs), _HEIGHT - _BOTTOM + 18, f"{x:.3f}", size=11,
                           anchor="middle"))  # fmt: skip
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    parts.append(_text(middle, _HEIGHT - 16, LEAK, size=13, anchor="middle"))
    turn = f'transform="rotate(-90 16 {_HEIGHT / 2:.0f})"'
    parts.append(_text(16, _HEIGHT / 2, SKILL, size=13, anchor="middle", extra=turn))
    return "".join(parts)


def _line(
    x: float | int,
    y: float | int,
    to_x: float | int,
    to_y: float | int,
    *,
    dash: str = "",
    stroke: str = "#8b8f96",
) -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}" '
        f'stroke="{stroke}"{dashed}/>'
    )


def _text(
    x: float | int,
    y: float | int,
    text: str,
    *,
    size: int,
    anchor: str = "start",
    fill: str = "#445",
    extra: str = "",
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{fill}" '
        f"{extra}>{html.escape(text)}</text>"
    )
