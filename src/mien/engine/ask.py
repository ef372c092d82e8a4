"""Any phrase put to a finished CLEF run: how near a face lies to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from mien.data.store import Store
from mien.engine.evaluate import Which
from mien.engine.ranks import device_named
from mien.engine.textual import BATCH, embed_images, embed_rows, open_textual
from mien.errors import MienError
from mien.faces.image import read_image
from mien.faces.landmarker import Landmarker
from mien.faces.template import CANONICAL
from mien.losses.label_text import cosine_logits, paired_logits
from mien.losses.similarity import similarity
from mien.methods.clef_stage2 import ClefFinetuneModule
from mien.methods.comparer import Comparer
from mien.methods.phrases import face_features, phrase_features, prompt_features
from mien.methods.prompts import ABSENT_TEMPLATE

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, eq=False)
class Answers:
    """What a run says of some faces and phrases."""

    phrases: tuple[str, ...]
    """The columns."""
    cosine: Floats
    """Cosine of face and phrase, (face, phrase), -1 to 1. Where zero lies is the run's own: compare
    faces with faces, or phrases of one face with each other."""
    probability: Floats | None
    """Of the phrase being true, as if it were one of the run's units, with their factor and bias;
    None where units are not read by text, or each has a bias of its own."""

    def __repr__(self) -> str:
        return f"Answers({len(self.cosine)} faces, {len(self.phrases)} phrases)"


class Asker:
    """A finished run of CLEF that takes phrases.

    Args:
        run_folder: the run, of either stage.
        weights: of the last epoch, or of the chosen one.
        device: where to compute.
        packages: packages of your own that the recipe's classes come from.

    Raises:
        MienError: not a finished run with texts; a bundle, for instance.
    """

    def __init__(
        self,
        run_folder: Path | str,
        *,
        weights: Which = "last",
        device: str = "cpu",
        packages: tuple[str, ...] = (),
    ) -> None:
        self._held = open_textual(Path(run_folder), weights=weights, packages=packages)
        self._device = device_named(device)
        self._module = self._held.module.to(self._device)
        self.size = self._held.run.backbone.size

    def crops(self, images: npt.NDArray[np.uint8], phrases: Sequence[str]) -> Answers:
        """Put phrases to canonical crops.

        Args:
            images: RGB, (n, height, width, 3).
            phrases: noun phrases such as "eyes wide open"; they enter the run's own template.

        Raises:
            MienError: there is no phrase, or an empty one.
        """
        parts = [
            embed_images(
                self._module.encoder,
                images[start : start + BATCH],
                size=self.size,
                device=self._device,
            )
            for start in range(0, len(images), BATCH)
        ]
        width = self._held.run.backbone.width
        features = np.concatenate(parts) if parts else np.zeros((0, width), np.float32)
        return self._answers(features, phrases)

    def rows(self, store: Store, rows: npt.NDArray[np.int64], phrases: Sequence[str]) -> Answers:
        """Put phrases to rows of a store.

        Raises:
            MienError: as `crops`; or a record is corrupt.
        """
        encoder = self._module.encoder
        features = embed_rows(encoder, store, rows, size=self.size, device=self._device)
        return self._answers(features, phrases)

    @torch.no_grad()
    def _answers(self, features: Floats, phrases: Sequence[str]) -> Answers:
        said = tuple(" ".join(phrase.split()) for phrase in phrases)
        if not said or not all(said):
            raise MienError(
                "there is no phrase to ask" if not said else "a phrase is empty",
                remedy='give one or more, for example --text "eyes wide open"',
            )
        face = face_features(self._module, torch.from_numpy(features).to(self._device))
        text = phrase_features(self._module, said)
        chance = self._as_unit(face, text, said)
        return Answers(
            phrases=said,
            cosine=similarity(face, text).cpu().numpy(),
            probability=None if chance is None else chance.cpu().numpy(),
        )

    def _as_unit(self, face: Tensor, text: Tensor, phrases: Sequence[str]) -> Tensor | None:
        """What the run would say of a unit of that name."""
        module = self._module
        if not isinstance(module, ClefFinetuneModule) or "au" not in module.method.compared:
            return None
        comparer = module.comparers["au"]
        assert isinstance(comparer, Comparer)
        scale = comparer.scale()
        if module.method.au_form == "pair":
            absent = prompt_features(module, [ABSENT_TEMPLATE.format(each) for each in phrases])
            return paired_logits(face, text, absent, scale=scale).sigmoid()
        if module.method.au_bias != "shared":
            return None
        return cosine_logits(face, text, scale=scale, bias=comparer.bias).sigmoid()


@dataclass(frozen=True, kw_only=True, eq=False)
class Crops:
    """Faces found in photos."""

    images: npt.NDArray[np.uint8]
    """(face, size, size, 3) canonical crops, RGB."""
    photos: tuple[str, ...]
    """The file of each."""
    places: tuple[int, ...]
    """Number of each in its photo, the largest first."""


def photo_crops(photos: Sequence[Path], *, size: int, landmarker: Landmarker) -> Crops:
    """The canonical crops of all faces in some photos.

    Raises:
        MienError: a file is no sound image, or there is no face in any.
    """
    images, names, places = [], [], []
    for photo in photos:
        pixels = read_image(photo)
        for place, face in enumerate(landmarker.detect(pixels, thorough=True)):
            images.append(CANONICAL.crop(pixels, face.landmarks, size))
            names.append(str(photo))
            places.append(place)
    if not images:
        raise MienError(
            "no face was found", remedy="name photos with a face in them", path=photos[0]
        )
    return Crops(images=np.stack(images), photos=tuple(names), places=tuple(places))
