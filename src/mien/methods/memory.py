"""A memory of what a slow encoder said about earlier faces, first in, first out."""

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn


def identity(
    subject: Int64[Tensor, " batch"], clip: Int64[Tensor, " batch"]
) -> Int64[Tensor, " batch"]:
    """Who is shown, as one code: the subject, or where it is unknown the clip; −1 for neither."""
    by_clip = torch.where(clip >= 0, 2 * clip + 1, clip.new_tensor(-1))
    return torch.where(subject >= 0, 2 * subject, by_clip)


class Memory(nn.Module):
    """The last `size` faces of all ranks: unit features, who they show, and where they are.

    All of it is in buffers, so that checkpoints hold it and a resumed run goes on with it.

    Args:
        size: faces kept.
        width: number of features.
    """

    keys: Tensor
    identity: Tensor
    row: Tensor
    pushed: Tensor

    def __init__(self, size: int, width: int) -> None:
        super().__init__()
        self.register_buffer("keys", torch.zeros(size, width))
        self.register_buffer("identity", torch.full((size,), -1))
        self.register_buffer("row", torch.full((size,), -1))
        self.register_buffer("pushed", torch.zeros((), dtype=torch.int64))

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def held(self) -> Bool[Tensor, " item"]:
        """Which places hold a face."""
        return torch.arange(len(self), device=self.keys.device) < self.pushed

    @property
    def full(self) -> Bool[Tensor, ""]:
        """Whether every place does."""
        return self.pushed >= len(self)

    def same(self, identities: Int64[Tensor, " batch"]) -> Bool[Tensor, "batch item"]:
        """Which items show the people of a batch; the unknown are like nobody.

        Args:
            identities: codes by `identity`.
        """
        known = (identities >= 0)[:, None]
        return known & (identities[:, None] == self.identity[None])

    @torch.no_grad()
    def push(
        self,
        keys: Float[Tensor, "batch dim"],
        identities: Int64[Tensor, " batch"],
        rows: Int64[Tensor, " batch"],
    ) -> None:
        """Put faces in the place of the oldest ones; of more than `size` the last stay.

        Args:
            keys: unit features of all ranks' faces.
            identities: who they show.
            rows: their rows in the store.
        """
        skipped = max(0, len(keys) - len(self))
        numbers = torch.arange(skipped, len(keys), device=keys.device)
        places = (self.pushed + numbers) % len(self)
        self.keys[places] = keys[skipped:].to(self.keys.dtype)
        self.identity[places] = identities[skipped:]
        self.row[places] = rows[skipped:]
        self.pushed += len(keys)
