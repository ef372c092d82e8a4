"""Figures and names as people read them."""

from collections.abc import Mapping
from typing import Any

from mien import facs


def figure_text(value: float | int | None, *, digits: int = 3) -> str:
    """A figure for people: a true minus sign, and a dash where it is undefined."""
    return "\u2013" if value is None else f"{value:.{digits}f}".replace("-", "\u2212")


def with_interval(column: Mapping[str, Any]) -> str:
    """A column's mean with its interval, such as "0.612 [0.540, 0.671]"."""
    return " ".join(each for each in (figure_text(column["mean"]), interval_text(column)) if each)


def interval_text(column: Mapping[str, Any]) -> str:
    """The interval of a column's mean, such as "[0.540, 0.671]"; empty if there is none."""
    low, high = column.get("mean_low"), column.get("mean_high")
    if low is None or high is None:
        return ""
    return f"[{figure_text(low)}, {figure_text(high)}]"


def unit_name(au: int) -> str:
    """A unit for a table: "AU12 lip corner puller"."""
    unit = facs.ACTION_UNITS.get(au)
    return f"AU{au}" + (f" {unit.name}" if unit else "")
