"""A text reader asked in every way it can read a face, and its answers averaged.

*Picture and mirror image.* Units, expressions and phrases without a side mean the same in both,
while a network's errors differ.

*With and without.* The reader was trained with pixels, points and blendshape scores withheld by
chance, so that it can read from any of them. Here it reads from each choice of them, and units
and the vectors that phrases are put to are the mean over all choices: what training drew by chance
is averaged out, and where one input misleads, as pixels do that look unlike those trained on, the
others outvote it. Intensities, expressions and affect are read from everything at once: a mean of
numbers that know less is drawn to the middle, and points or scores alone tell expressions ill.
"""

from itertools import product
from typing import Final

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from mien.faces import geometry as geometries
from mien.methods.text_reading import TextReading

_WAYS: Final = tuple(way for way in product((True, False), repeat=3) if any(way))
"""Pixels, points, scores: what is read from, everything first."""
_AT_ONCE: Final = frozenset({"intensity", "expression", "affect"})
"""Tasks that are read from everything alone."""


class AveragedReading(nn.Module):
    """Scores and vectors of a face, the means of many readings.

    The encoder, which takes nearly all of the time, sees two pictures a face.

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
        features = self.reading.encoder(torch.cat([images, images.flip(3)]))
        if shapes is None:
            said = [self.reading.say(features, None)]
        else:
            both = torch.cat([shapes, shapes[:, self.order] * self.sign])
            said = [self._by(way, features, both) for way in _WAYS]
        scores = {
            task: _mean([each[task] for each, _ in said[: 1 if task in _AT_ONCE else None]])
            for task in said[0][0]
        }
        faces = _mean([vectors for _, vectors in said])
        return scores, nn.functional.normalize(faces, dim=-1)

    def _by(
        self, way: tuple[bool, bool, bool], features: Tensor, shapes: Tensor
    ) -> tuple[dict[str, Tensor], Tensor]:
        """What is said by some of the inputs; by pixels where none of the others is known."""
        pixels, *kept = way
        parts = [
            shapes[:, part] if keep else torch.full_like(shapes[:, part], torch.nan)
            for keep, part in zip(kept, geometries.PARTS, strict=True)
        ]
        if not pixels:
            unknown = [each.isnan().any(dim=1, keepdim=True) for each in parts]
            features = features * (unknown[0] & unknown[1])
        return self.reading.say(features, torch.cat(parts, dim=1))


def _mean(said: list[Tensor]) -> Float[Tensor, "batch wide"]:
    """Over all, and over the halves of the rows; the exporter keeps their number open."""
    return torch.stack(said).mean(0).unflatten(0, (2, -1)).mean(0)
