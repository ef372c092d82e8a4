"""k-means, seeded: Lloyd (1982) from k-means++ (Arthur & Vassilvitskii, 2007)."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64, Int64

from mien.errors import MienError

Points = Float64[np.ndarray, "point dim"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Clusters:
    """Points grouped about centres; the largest group first."""

    centres: Float64[np.ndarray, "cluster dim"]
    """Means of the groups."""
    labels: Int64[np.ndarray, "point"]
    """The group of each point."""
    inertia: float
    """Sum of squared distances to the own centre."""


def kmeans(
    points: Float[np.ndarray, "point dim"],
    count: int,
    *,
    generator: np.random.Generator,
    restarts: int = 8,
    rounds: int = 100,
) -> Clusters:
    """The best of several runs of Lloyd's algorithm.

    A group that loses all its points takes the point that lies farthest from its centre. Groups are
    numbered by size, equal ones by their first point.

    Args:
        points: what is grouped.
        count: number of groups, all of which will have points.
        generator: draws the first centres.
        restarts: runs.
        rounds: at most so many updates a run.

    Raises:
        MienError: there are fewer different points than groups.
    """
    data = points.astype(np.float64)
    different = len(np.unique(data, axis=0))
    if not 1 <= count <= different:
        raise MienError(
            f"{different} different points cannot make {count} groups",
            remedy=f"ask for 1 to {different} clusters",
        )
    runs = [
        lloyd(data, first_centres(data, count, generator=generator), rounds=rounds)
        for _ in range(restarts)
    ]
    best = min(runs, key=lambda run: run.inertia)
    sizes = np.bincount(best.labels, minlength=count)
    firsts = np.array([np.flatnonzero(best.labels == group)[0] for group in range(count)])
    order = np.lexsort((firsts, -sizes))
    place = np.empty(count, np.int64)
    place[order] = np.arange(count)
    return Clusters(centres=best.centres[order], labels=place[best.labels], inertia=best.inertia)


def lloyd(points: Points, centres: Float64[np.ndarray, "cluster dim"], *, rounds: int) -> Clusters:
    """Assign points to their nearest centre and move centres to their points' mean, in turn.

    Args:
        points: what is grouped.
        centres: where the groups begin.
        rounds: at most so many updates; it ends when no point changes its group.
    """
    labels = np.full(len(points), -1, np.int64)
    for _ in range(rounds):
        found = _filled(_distances(points, centres))
        if (found == labels).all():
            break
        labels = found
        centres = np.stack([points[labels == group].mean(0) for group in range(len(centres))])
    apart = float(((points - centres[labels]) ** 2).sum())
    return Clusters(centres=centres, labels=labels, inertia=apart)


def first_centres(
    points: Points, count: int, *, generator: np.random.Generator
) -> Float64[np.ndarray, "cluster dim"]:
    """k-means++: each next centre is a point drawn by its squared distance to the nearest one."""
    chosen = [int(generator.integers(len(points)))]
    nearest = ((points - points[chosen[0]]) ** 2).sum(1)
    for _ in range(count - 1):
        chosen.append(int(generator.choice(len(points), p=nearest / nearest.sum())))
        nearest = np.minimum(nearest, ((points - points[chosen[-1]]) ** 2).sum(1))
    return points[chosen]


def _distances(
    points: Points, centres: Float64[np.ndarray, "cluster dim"]
) -> Float64[np.ndarray, "point cluster"]:
    """Squared, group by group: the difference itself, since |x|² − 2xc + |c|² loses digits."""
    return np.stack([((points - centre) ** 2).sum(1) for centre in centres], axis=1)


def _filled(distances: Float64[np.ndarray, "point cluster"]) -> Int64[np.ndarray, "point"]:
    """The nearest group of each point; groups left without take the farthest points of others."""
    labels = distances.argmin(1).astype(np.int64)
    for group in range(distances.shape[1]):
        sizes = np.bincount(labels, minlength=distances.shape[1])
        if sizes[group] == 0:
            own = distances[np.arange(len(labels)), labels]
            own = np.where(sizes[labels] > 1, own, -1.0)
            labels[int(own.argmax())] = group
    return labels
