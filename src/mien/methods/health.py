"""Signs of life of an embedding that learns without labels: is it collapsing?"""

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from mien.losses.gather import gather
from mien.losses.spread import effective_rank, relative_deviation
from mien.methods.method import Floor

ROWS = 64
"""Most rows whose effective rank is taken at a step."""


@dataclass(frozen=True, kw_only=True)
class Health:
    """When an embedding counts as collapsed, and what happens then."""

    floor: float = 0.02
    """Lowest standard deviation of a dimension times √dim (`relative_deviation`): 1 fills the
    sphere, 0.02 means that two faces have a cosine of 0.9996 (our choice)."""
    stop: bool = False
    """End the run below the floor; otherwise it is said once."""


def spread_logs(rows: Float[Tensor, "batch dim"], *, name: str = "spread") -> dict[str, Tensor]:
    """Spread and effective rank of all ranks' unit features, by what the embedding is called."""
    whole = gather(rows.detach())
    return {
        f"{name}/deviation": relative_deviation(whole),
        f"{name}/rank": effective_rank(whole[:ROWS]),
    }


def spread_floors(health: Health, *, remedy: str) -> dict[str, Floor]:
    """The floor under `spread/deviation`."""
    return {"spread/deviation": Floor(health.floor, remedy, stop=health.stop)}
