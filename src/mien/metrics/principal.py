"""Principal components: the two directions that show most of an embedding on a flat map."""

import numpy as np
from jaxtyping import Float


def principal_components(
    points: Float[np.ndarray, "sample dim"], *, count: int = 2
) -> tuple[Float[np.ndarray, "sample count"], Float[np.ndarray, "count"]]:
    """Project points onto their first principal components.

    Args:
        points: finite embeddings.
        count: how many components; missing ones (too few samples or dimensions) are zeros.

    Returns:
        Coordinates, and the share of the variance that each component shows. Signs are fixed so
        that the largest loading of each component is positive.

    Raises:
        ValueError: there is no point, or a value is not finite.
    """
    if points.shape[0] == 0 or not np.all(np.isfinite(points)):
        raise ValueError("principal components need at least one point, all of them finite")
    centred = points.astype(np.float64) - points.mean(axis=0, dtype=np.float64)
    left, size, right = np.linalg.svd(centred, full_matrices=False)
    keep = min(count, size.size)
    largest = np.abs(right[:keep]).argmax(axis=1)
    signs = np.where(right[np.arange(keep), largest] < 0, -1.0, 1.0)
    coordinates = np.zeros((points.shape[0], count))
    coordinates[:, :keep] = left[:, :keep] * size[:keep] * signs
    share = np.zeros(count)
    total = float((size**2).sum())
    if total > 0:
        share[:keep] = size[:keep] ** 2 / total
    return coordinates, share
