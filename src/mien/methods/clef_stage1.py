"""CLEF stage 1: weakly-supervised pre-training by activities and their texts.

Zhang et al., ICCV 2023 (arXiv 2304.00058). The loss is L_II' + L_IA; its exact form and every
hyperparameter are our choice (docs/clef.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from mien.data.batch import Batch
from mien.data.views import View, ViewDraw, draw
from mien.errors import MienError
from mien.losses.activity_contrast import SameSubject, activity_image_loss, activity_text_loss
from mien.losses.gather import rank
from mien.methods.activities import Merging, classes
from mien.methods.augment import CONTRAST
from mien.methods.groups import parameter_groups
from mien.methods.joint import Scale, check_widths, projected, projection
from mien.methods.method import Method, MethodModule, Step
from mien.methods.pixels import every_view
from mien.models.backbone import Backbone, ImageEncoder
from mien.models.text import TextEncoder, TextTower
from mien.models.tiny_text import TinyText


@dataclass(frozen=True, kw_only=True)
class ClefPretrain(Method):
    """Faces of one activity attract each other and the activity's text.

    Raises:
        MienError: both terms are switched off, or the activities are unknown.
    """

    text: TextTower = TinyText()  # noqa: RUF009 - frozen
    """Text tower for the activity texts; unused without `texts`."""
    images: bool = True
    """PI: the image-image term L_II'."""
    texts: bool = True
    """PA: the image-text term L_IA."""
    pairing: Literal["activity", "instance"] = "activity"
    """What attracts in L_II': images of one activity, or only the two views of one image (the
    instance pairing that the paper argues against; unknown activities take part, too)."""
    own_view: bool = True
    """Keep the image's own other view among its positives."""
    same_subject: SameSubject = "positive"
    """What other images of the same activity and subject are: "positive" (as in the paper),
    "ignored" (neither attract nor repel) or "negative" (positives are across subjects only)."""
    symmetric: bool = False
    """Anchor L_II' at the second view, too."""
    text_to_image: bool = False
    """Also ask each text for its images in L_IA."""
    temperature: float = 0.07
    """Softmax temperature of both terms."""
    learn_temperature: bool = False
    """Learn each term's temperature from there on."""
    joint: int | None = 256
    """Width of the space faces and texts are projected to; None compares the towers' features
    as they are (CLIP's towers agree in width)."""
    activities: str = "bp4d"
    """Which activities `Batch.activity` indexes (`mien.methods.activities.listed`)."""
    own: tuple[tuple[str, str], ...] = ()
    """Activities of your own instead: pairs of a code in the store's column `activity` and the
    sentence that is its text; their order numbers activities."""
    merge: Merging = "none"
    """Which activities count as one."""
    view: View = CONTRAST
    """How an image is altered before the encoder sees it."""

    def __post_init__(self) -> None:
        if not (self.images or self.texts):
            raise MienError("both terms of stage 1 are off", remedy="switch on images or texts")
        if self.temperature <= 0:
            raise MienError("the temperature is not positive", remedy="give a number above 0")
        classes(self.activities, merge=self.merge, own=self.own)

    @property
    def views(self) -> int:
        """Two views for the image-image term, else one."""
        return 2 if self.images else 1

    def draw(self, rows: int, *, generator: torch.Generator) -> ViewDraw:
        """Views of every image, each by itself."""
        return draw(self.view, self.views, batch=rows, generator=generator)

    def build(self, backbone: Backbone, *, seed: int) -> "ClefPretrainModule":
        """Towers and projections drawn from `seed`."""
        return ClefPretrainModule(self, backbone.build(seed=seed), seed=seed + 1)

    def blank(self) -> "ClefPretrain":
        """The same without reading the text tower's pretrained weights."""
        return replace(self, text=self.text.blank())


class ClefPretrainModule(MethodModule):
    """Stage 1 at work. Parts that are switched off do not exist."""

    codes: Tensor

    def __init__(self, method: ClefPretrain, encoder: ImageEncoder, *, seed: int) -> None:
        super().__init__()
        self.method = method
        self.encoder = encoder
        self.image_projection = projection(encoder.width, method.joint, seed=seed)
        codes, self.prompts = classes(method.activities, merge=method.merge, own=method.own)
        self.register_buffer("codes", torch.tensor(codes), persistent=False)
        start, learned = 1 / method.temperature, method.learn_temperature
        if method.images:
            self.image_scale = Scale(start, learned=learned)
        if method.texts:
            self.text: TextEncoder = method.text.build(seed=seed + 1)
            check_widths(encoder.width, self.text.width, method.joint)
            self.text_projection = projection(self.text.width, method.joint, seed=seed + 2)
            self.text_scale = Scale(start, learned=learned)

    def embed(self, batch: Batch) -> dict[str, Tensor]:
        """`features` (batch, view, dim): the encoder's features of every view."""
        views = every_view(batch)
        features = self.encoder(views.flatten(0, 1))
        return {"features": features.unflatten(0, views.shape[:2])}

    def objective(self, embeddings: Mapping[str, Tensor], batch: Batch) -> Step:
        """L_II' + L_IA, whichever are on; the paper's plain sum."""
        faces = projected(self.image_projection, embeddings["features"])
        losses = {}
        if self.method.images:
            losses["image"] = self._image_loss(faces, batch)
        if self.method.texts:
            losses["text"] = self._text_loss(faces[:, 0], batch)
        logs = {f"loss/{name}": loss.detach() for name, loss in losses.items()}
        return Step(loss=torch.stack(list(losses.values())).sum(), logs=logs | self._scales())

    def after_step(self, step: int) -> None:  # noqa: ARG002 - the loop's signature
        """Learned scales stay at or below CLIP's limit."""
        for scale in self._learned_scales().values():
            scale.limit()

    def parameter_groups(self) -> dict[str, list[nn.Parameter]]:
        """The encoder as `image`, the text tower as `text`, projections and scales as `head`."""
        return parameter_groups(self)

    def _image_loss(
        self, faces: Float[Tensor, "batch view joint"], batch: Batch
    ) -> Float[Tensor, ""]:
        if faces.shape[1] < 2:
            raise MienError(
                "the image-image term needs two views of each image",
                remedy="draw as many views as `method.views` says",
            )
        rows = torch.arange(len(batch), device=batch.activity.device)
        by_instance = self.method.pairing == "instance"
        return activity_image_loss(
            faces[:, 0],
            faces[:, 1],
            rows + rank() * len(batch) if by_instance else self._classes(batch.activity),
            batch.subject,
            temperature=1 / self.image_scale(),
            own_view=self.method.own_view or by_instance,
            same_subject=self.method.same_subject,
            symmetric=self.method.symmetric,
        )

    def _text_loss(self, faces: Float[Tensor, "batch joint"], batch: Batch) -> Float[Tensor, ""]:
        texts = projected(self.text_projection, self.text.encode(self.prompts))
        return activity_text_loss(
            faces,
            texts,
            self._classes(batch.activity),
            temperature=1 / self.text_scale(),
            text_to_image=self.method.text_to_image,
        )

    def _classes(self, activity: Int64[Tensor, "batch"]) -> Int64[Tensor, "batch"]:
        """The merged class of each activity; unknown (−1) stays unknown."""
        if self.method.merge == "none":  # as they are: without texts any store's activities do
            return activity
        return torch.where(activity >= 0, self.codes[activity.clamp(min=0)], activity)

    def _learned_scales(self) -> dict[str, Scale]:
        if not self.method.learn_temperature:
            return {}
        return {name: m for name, m in self.named_children() if isinstance(m, Scale)}

    def _scales(self) -> dict[str, Tensor]:
        return {f"scale/{name}": s().detach() for name, s in self._learned_scales().items()}
