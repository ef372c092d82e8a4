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
from mien.losses.similarity import unit
from mien.methods.text_reading import TextReading

_WAYS: Final = tuple(way for way in product((True, False), repeat=3) if any(way))
"""Pixels, points, scores: what is read from, everything first."""


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
            scores, faces = self.reading.say(features, None)
        else:
            both = torch.cat([shapes, shapes[:, self.order] * self.sign])
            scores, _ = self.reading.say(features, both)
            faces = torch.stack(self._vectors(features, both)).mean(0)
            if "au" in scores:
                scores["au"] = self.reading.compared("au", faces)
        mean = {task: _mean(values) for task, values in scores.items()}
        return mean, unit(_mean(faces))

    def _vectors(self, features: Tensor, shapes: Tensor) -> list[Tensor]:
        """The unit vectors of rows by every choice of inputs, (rows, joint) each.

        The projection is linear: each input's share of a vector is computed once, and so is what
        stands in for it. By pixels where none of the inputs of a choice is known.
        """
        side, joint = self.reading.side, self.reading.image_projection
        assert side is not None
        assert isinstance(joint, nn.Linear)
        widths = [features.shape[1], side.width // 2, side.width // 2]
        weights = joint.weight.split(widths, dim=1)
        nothing = side(torch.full_like(shapes[:1], torch.nan))
        shares = [
            nn.functional.linear(values, weight)
            for values, weight in zip(
                (features.float(), *side(shapes).split(widths[1:], dim=1)), weights, strict=True
            )
        ]
        instead = [
            nn.functional.linear(values, weight)
            for values, weight in zip(nothing.split(widths[1:], dim=1), weights[1:], strict=True)
        ]
        known = [~shapes[:, part].isnan().any(1, keepdim=True) for part in geometries.PARTS]
        found = []
        for pixels, points, scores in _WAYS:
            of_points = shares[1] if points else instead[0]
            of_scores = shares[2] if scores else instead[1]
            told = (known[0] & points) | (known[1] & scores)
            of_pixels = shares[0] if pixels else shares[0] * ~told
            found.append(unit(of_pixels + of_points + of_scores))
        return found


def _mean(values: Float[Tensor, "both wide"]) -> Float[Tensor, "batch wide"]:
    """Over the halves of the rows; the exporter keeps their number open."""
    return values.unflatten(0, (2, -1)).mean(0)
