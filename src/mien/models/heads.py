"""What stands on an encoder: projections into a common space, classifiers, unit length."""

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  the customary name

from mien.models.seeded import seeded


def unit(features: Float[Tensor, "*batch dim"]) -> Float[Tensor, "*batch dim"]:
    """Features scaled to length 1; a zero row stays zero."""
    return F.normalize(features, dim=-1)


@dataclass(frozen=True, kw_only=True)
class Projection:
    """Maps features into a space shared by images and texts; the result has no unit length yet."""

    dim: int = 128
    """Number of features after projection."""
    hidden: int = 0
    """Width of one hidden layer with ReLU (SimCLR, arXiv 2002.05709, section 2.1); 0 for a linear
    projection without bias (CLIP, arXiv 2103.00020, figure 3)."""

    def build(self, width: int, *, seed: int) -> nn.Module:
        """A module Float[batch, width] -> Float[batch, dim]."""
        with seeded(seed):
            if self.hidden == 0:
                return nn.Linear(width, self.dim, bias=False)
            return nn.Sequential(
                nn.Linear(width, self.hidden), nn.ReLU(), nn.Linear(self.hidden, self.dim)
            )


def classifier(width: int, labels: int, *, seed: int) -> nn.Linear:
    """A linear layer Float[batch, width] -> Float[batch, labels], its bias 0 at the start."""
    with seeded(seed):
        layer = nn.Linear(width, labels)
    nn.init.zeros_(layer.bias)
    return layer
