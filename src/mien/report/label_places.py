"""Where the names of points stand on a picture: near their points, beside each other."""

from collections.abc import Sequence

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""
GAP = 8.0
"""From a point to its name, pixels."""


def label_places(
    points: Sequence[tuple[float, float]], widths: Sequence[float], *, height: float, within: Box
) -> list[tuple[float, float]]:
    """A place for each name, in the order given: the nearest that covers no name and no point.

    Args:
        points: of each name, pixels.
        widths: of each name, pixels.
        height: of all names, pixels.
        within: what names keep to.

    Returns:
        Left and top of each name; where nothing is free, right of its point.
    """
    taken: list[Box] = [(x - 5, y - 5, x + 5, y + 5) for x, y in points]
    found = []
    for (x, y), width in zip(points, widths, strict=True):
        spots = sorted(
            (
                (x + GAP + over if over >= 0 else x - GAP - width + over, y - height / 2 + up)
                for up in (height * step / 2 for step in range(-12, 13))
                for over in (0.0, -0.01, 12.0, -12.0, 24.0, -24.0)
            ),
            key=lambda at: (abs(at[1] + height / 2 - y) + abs(_aside(at[0], x, width)), -at[0]),
        )
        boxes = [(left, top, left + width, top + height) for left, top in spots]
        free = (box for box in boxes if _inside(box, within) and not _covers(box, taken))
        chosen = next(free, (x + GAP, y - height / 2, x + GAP + width, y + height / 2))
        taken.append(chosen)
        found.append(chosen[:2])
    return found


def _aside(left: float, x: float, width: float) -> float:
    """How far a name stands from its point, sideways."""
    return left - x - GAP if left > x else x - GAP - width - left


def _inside(box: Box, within: Box) -> bool:
    return (
        box[0] >= within[0] and box[1] >= within[1] and box[2] <= within[2] and box[3] <= within[3]
    )


def _covers(box: Box, taken: Sequence[Box]) -> bool:
    return any(
        box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
        for other in taken
    )
