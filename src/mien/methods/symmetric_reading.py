"""A text reader that says the same of a face and of its mirror image: the mean of both."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from mien.faces import geometry as geometries
from mien.methods.text_reading import TextReading


class SymmetricReading(nn.Module):
    """Scores and vectors of a picture and of its mirror image, averaged.

    Units, expressions and phrases without a side mean the same in both, while a network's errors
    differ. It takes the time of twice as many faces.

    Args:
        reading: of one picture, shared.
    """

    order: Int[Tensor, " feature"]
    sign: Float[Tensor, " feature"]

    def __init__(self, reading: TextReading) -> None:
        super().__init__()
        self.reading = reading
        self.register_buffer("order", torch.from_numpy(geometries.MIRROR.copy()), persistent=False)
        self.register_buffer("sign", torch.from_numpy(geometries.SIGN.copy()), persistent=False)

    def score(
        self, images: Tensor, shapes: Tensor | None
    ) -> tuple[dict[str, Tensor], Float[Tensor, "batch joint"]]:
        """Raw scores by task, and the unit vectors phrases are put to.

        Args:
            images: (batch, 3, height, width) on the 0-1 scale.
            shapes: (batch, feature), `mien.faces.geometry` features, NaN where not known; None
                for none.
        """
        turned = None if shapes is None else shapes[:, self.order] * self.sign
        both = None if shapes is None or turned is None else torch.cat([shapes, turned])
        _, scores, faces = self.reading.score(torch.cat([images, images.flip(3)]), both)
        mean = {task: _mean(values) for task, values in scores.items()}
        return mean, nn.functional.normalize(_mean(faces), dim=-1)


def _mean(values: Float[Tensor, "both wide"]) -> Float[Tensor, "batch wide"]:
    """Of the first and the second half of the rows; the exporter keeps their number open."""
    return values.unflatten(0, (2, -1)).mean(0)
