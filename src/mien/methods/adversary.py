"""An identity adversary: a head that names the subject, and features that learn to prevent it.

Identity adversarial training (Ning et al., 2024, arXiv 2407.11243) of any labelled method, by
gradient reversal (Ganin and Lempitsky, 2015, arXiv 1409.7495). That the head is one linear layer
and its rate that of all heads are our choices.
"""

from dataclasses import dataclass, replace

from jaxtyping import Float, Int64
from torch import Tensor, nn

from mien.data.batch import Batch
from mien.errors import MienError
from mien.losses.gather import masked_mean
from mien.losses.reverse import reversed_gradient
from mien.losses.softmax import masked_softmax_loss
from mien.methods.method import Step
from mien.models.seeded import seeded


@dataclass(frozen=True, kw_only=True)
class Adversary:
    """Whether and how strongly features are to hide who is shown.

    Raises:
        MienError: a number is out of its range.
    """

    weight: float = 0.0
    """λ: how strongly features unlearn what the head learns; 0 for no head at all."""
    subjects: int = 256
    """Places for training subjects; those left over stay empty and do no harm."""

    def __post_init__(self) -> None:
        if self.weight < 0 or self.subjects < 2:
            raise MienError(
                f"an adversary of weight {self.weight} for {self.subjects} subjects will not do",
                remedy="give a weight of 0 or more, and 2 subjects or more",
            )


class IdentityHead(nn.Module):
    """Names the subject from features that it makes forget them.

    Args:
        adversary: how strongly, and how many subjects.
        width: number of features.
        seed: of the weights.
    """

    def __init__(self, adversary: Adversary, width: int, *, seed: int) -> None:
        super().__init__()
        self.weight = adversary.weight
        with seeded(seed):
            self.linear = nn.Linear(width, adversary.subjects)

    def forward(
        self, features: Float[Tensor, "batch dim"], subject: Int64[Tensor, " batch"]
    ) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
        """The head's cross-entropy over all ranks, and its share of right answers.

        Unknown subjects (−1) take no part.
        """
        scores = self.linear(reversed_gradient(features, weight=self.weight))
        right = (scores.argmax(1) == subject).to(scores.dtype)
        return masked_softmax_loss(scores, subject), masked_mean(right, subject >= 0)


def identity_head(adversary: Adversary, width: int, *, seed: int) -> IdentityHead | None:
    """The head, or None for a weight of 0."""
    return IdentityHead(adversary, width, seed=seed) if adversary.weight else None


def opposed(
    step: Step, head: IdentityHead | None, features: Float[Tensor, "batch dim"], batch: Batch
) -> Step:
    """The step with the adversary's loss added; the step itself without an adversary."""
    if head is None:
        return step
    loss, right = head(features, batch.subject)
    logs = {"loss/identity": loss.detach(), "identity/accuracy": right.detach()}
    return replace(step, loss=step.loss + loss, logs={**step.logs, **logs})
