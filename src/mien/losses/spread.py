"""How far an embedding spreads: what tells a healthy one from a collapsed one."""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from mien.losses.gather import gather
from mien.losses.similarity import at_least_single


def relative_deviation(rows: Float[Tensor, "batch dim"]) -> Float[Tensor, ""]:
    """Mean standard deviation of a dimension, times √dim.

    Of unit features about 1 if they fill the sphere and 0 if all are the same point (Chen and
    He, 2021, arXiv 2011.10566, section 4.1, watch the same number).
    """
    return rows.std(0, correction=0).mean() * rows.shape[1] ** 0.5


def effective_rank(rows: Float[Tensor, "batch dim"]) -> Float[Tensor, ""]:
    """E to the entropy of the singular values of the centred rows, divided by their sum.

    Roy and Vetterli, 2007 ("The effective rank"): how many directions the rows use, 1 to
    min(batch − 1, dim); 0 if all rows are equal.
    """
    with torch.autocast(rows.device.type, enabled=False):
        centred = at_least_single(rows) - rows.mean(0)
        wide = centred.shape[0] < centred.shape[1]
        gram = centred @ centred.T if wide else centred.T @ centred
        squares = torch.linalg.eigvalsh(gram)
        noise = torch.finfo(squares.dtype).eps * len(squares) * squares[-1]
        values = torch.where(squares > noise, squares, 0.0).sqrt()
        total = values.sum()
        shares = values / total.clamp(min=torch.finfo(values.dtype).tiny)
        rank = torch.special.entr(shares).sum().exp()
    nothing = total <= 1e-6 * len(rows)  # rounding of equal rows, not directions
    return torch.where(nothing, torch.zeros_like(rank), rank)


def variance_hinge(rows: Float[Tensor, "batch dim"], *, wanted: float = 1.0) -> Float[Tensor, ""]:
    """Mean over dimensions of max(0, wanted − √dim·std), over all ranks' rows.

    The variance term of VICReg (Bardes et al., 2022, arXiv 2105.04906, Eq. 1 and 2); the factor
    √dim is ours, since our features have length 1.
    """
    whole = gather(rows)
    deviation = (whole.var(0, correction=0) + 1e-6 / rows.shape[1]).sqrt() * rows.shape[1] ** 0.5
    return functional.relu(wanted - deviation).mean()
