"""How a table of readings is laid out: this house's columns, OpenFace's or py-feat's."""

from typing import Final, Literal

from mien.predict.layouts.layout import Columns, Layout, Where, columns_of
from mien.predict.layouts.native import NativeLayout
from mien.predict.layouts.openface import OpenFaceLayout
from mien.predict.layouts.pyfeat import PyFeatLayout

LayoutName = Literal["mien", "openface", "pyfeat"]
"""Names that `layout` knows."""
LAYOUTS: Final[dict[str, type[Layout]]] = {
    "mien": NativeLayout,
    "openface": OpenFaceLayout,
    "pyfeat": PyFeatLayout,
}
"""Every layout by its name."""


def layout(name: LayoutName, columns: Columns) -> Layout:
    """The layout of that name for a model that gives these columns.

    Raises:
        KeyError: no such layout.
    """
    return LAYOUTS[name](columns=columns)


__all__ = [
    "LAYOUTS",
    "Columns",
    "Layout",
    "LayoutName",
    "Where",
    "columns_of",
    "layout",
]
