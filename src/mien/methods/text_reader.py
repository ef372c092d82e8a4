"""The shipped reader's method: faces are read, and can be asked, by the words for what they show.

A face's embedding is compared with phrases that a frozen sentence encoder has turned into vectors
and a learned map has brought into the same space. Units and expressions are phrases among others;
so are statements about regions and combinations, whose truth follows from the labels. Our own
design, after CLEF's second stage (Zhang et al., 2023) and SigLIP's loss (Zhai et al., 2023, arXiv
2303.15343): sigmoid(s·cos + b) for each face and statement.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mien.data.batch import Batch
from mien.data.views import View
from mien.errors import MienError
from mien.faces import geometry as geometries
from mien.facs import EXPRESSIONS_8
from mien.facs.statements import EXPRESSION_STATEMENTS, TAUGHT, UNIT_STATEMENTS
from mien.losses.multilabel import masked_binary_loss
from mien.losses.similarity import similarity
from mien.methods.adversary import identity_head, opposed
from mien.methods.augment import LABELLED
from mien.methods.groups import parameter_groups
from mien.methods.joint import Scale, projected, projection
from mien.methods.labels import LabelledMethod, LabelLoss, Task, Weights, check_method
from mien.methods.method import PredictingModule, Step
from mien.methods.pixels import first_view
from mien.methods.scorers import linear_scorers
from mien.methods.side import Side
from mien.methods.text_reading import PixelExport, TextReading
from mien.methods.told import told_loss
from mien.methods.truth import truths
from mien.methods.wordings import Wordings
from mien.models.backbone import Backbone, ImageEncoder
from mien.models.bge import Bge
from mien.models.text import TextTower

SHIPPED_AUS = tuple(int(each.name.removeprefix("AU")) for each in UNIT_STATEMENTS)
"""The lab's units but blinks, which count as shut eyes (43) on a single picture."""


@dataclass(frozen=True, kw_only=True)
class TextReader(LabelledMethod):
    """Units, expressions and any statement by comparison with texts; intensity, affect linear.

    Raises:
        MienError: the text tower is trainable, or a number is out of its range.
    """

    text: TextTower = Bge()  # noqa: RUF009 - frozen
    """Frozen sentence encoder."""
    aus: tuple[int, ...] = SHIPPED_AUS
    expressions: tuple[str, ...] = EXPRESSIONS_8
    weights: Weights = field(
        default_factory=lambda: Weights(au=1.0, expression=0.5, intensity=0.5, affect=0.5)
    )
    view: View = LABELLED
    """How an image is altered before the encoder sees it."""
    joint: int = 256
    """Width of the space in which faces and texts meet."""
    scale: float = 10.0
    """Where the learned factors on cosines start."""
    statements: float = 1.0
    """Weight of the statements' loss."""
    text_noise: float = 0.015
    """Disturbance of each number of a wording's vector while training."""
    geometry: bool = False
    """Whether landmarks and blendshape scores are read beside the pixels."""
    side: int = 512
    """Width of what is made of them, half of each; even."""
    side_drop: float = 0.25
    """Share of training rows that must do without them."""
    part_drop: float = 0.25
    """Of the others, the share without landmarks, and as many without blendshape scores."""
    pixel_drop: float = 0.25
    """Of the rows with either, the share that must do without pixels."""
    side_noise: float = 0.1
    """Their disturbance while training, in deviations."""
    apart: tuple[Task, ...] = ("expression", "affect")
    """Tasks that read the features and do not shape them: taught by whole expressions, an encoder
    reads units by what goes with them among rendered people, and carries over worse to others."""
    distil: float = 0.0
    """Share of the teachers in the loss, 0 to 1; the labels have the rest."""

    def __post_init__(self) -> None:
        check_method(self)
        if self.text.trainable:
            raise MienError("the text tower is to be trained", remedy="give a frozen one")
        known = {f"AU{unit}" for unit in self.aus} <= {each.name for each in UNIT_STATEMENTS}
        if not (known and set(self.expressions) <= {each.name for each in EXPRESSION_STATEMENTS}):
            raise MienError(
                "a unit or an expression has no wordings",
                remedy="choose among the units and expressions of mien.facs.wordings",
            )
        shares = (self.side_drop, 2 * self.part_drop, self.pixel_drop)
        even = self.side >= 2 and self.side % 2 == 0
        if not (
            0 <= self.distil <= 1 and all(0 <= e < 1 for e in shares) and self.scale > 0 and even
        ):
            raise MienError(
                "distil, side, a share to withhold or scale is out of its range",
                remedy="give distil 0 to 1, side_drop and pixel_drop 0 to below 1, part_drop 0 to "
                "below .5, a scale above 0, and an even side",
            )

    @property
    def tables(self) -> dict[str, str]:
        """Geometry and teachers' predictions, where they are used."""
        found = {"geometry": geometries.NAME} if self.geometry else {}
        return found | ({"told": told_kind(self)} if self.distil else {})

    def build(self, backbone: Backbone, *, seed: int) -> "TextReaderModule":
        """Encoder, side, projections and linear layers drawn from `seed`."""
        return TextReaderModule(self, backbone.build(seed=seed), seed=seed + 1)

    def blank(self) -> "TextReader":
        """The same without reading the sentence encoder."""
        return replace(self, text=self.text.blank())


def told_kind(method: LabelledMethod) -> str:
    """What the columns of a table of teachers' predictions mean: tasks and labels in order."""
    units, names = " ".join(map(str, method.aus)), " ".join(method.expressions)
    return f"{' '.join(method.labels)}; units {units}; expressions {names}"


class TextReaderModule(PredictingModule):
    """The method at work."""

    def __init__(self, method: TextReader, encoder: ImageEncoder, *, seed: int) -> None:
        super().__init__()
        self.method = method
        self.encoder = encoder
        self.losses = LabelLoss(weights=method.weights, imbalance=method.imbalance)
        self.adversary = identity_head(method.adversary, encoder.width, seed=seed + 5)
        self.side = (
            Side(
                method.side,
                drop=method.side_drop,
                part_drop=method.part_drop,
                pixel_drop=method.pixel_drop,
                noise=method.side_noise,
                seed=seed + 4,
            )
            if method.geometry
            else None
        )
        width = encoder.width + (method.side if method.geometry else 0)
        linear: dict[Task, int] = {
            task: count for task, count in method.labels.items() if task in {"intensity", "affect"}
        }
        self.scorers = linear_scorers(width, linear, seed=seed)
        self.wordings = Wordings(TAUGHT, method.text.build(seed=seed + 1), noise=method.text_noise)
        self.image_projection = projection(width, method.joint, seed=seed + 2)
        self.text_projection = projection(method.text.width, method.joint, seed=seed + 3)
        self.scales = nn.ModuleDict({task: Scale(method.scale) for task in self._compared})
        self.biases = nn.ParameterDict(
            {task: nn.Parameter(torch.zeros(n)) for task, n in self._compared.items()}
        )

    @property
    def _compared(self) -> dict[str, int]:
        """What is compared with texts, and how many biases each has."""
        labels = self.method.labels
        found: dict[str, int] = {t: labels[t] for t in ("au", "expression") if t in labels}
        return found | ({"statement": 1} if self.method.statements else {})

    def embed(self, batch: Batch) -> dict[str, Tensor]:
        """`features` (batch, dim) of the first view, and of the shape."""
        features = self.encoder(first_view(batch))
        if self.side is None:
            return {"features": features}
        side, shown = self.side.of(batch)
        seen = features.float() * shown[:, None]
        return {"features": torch.cat([seen, side.float()], dim=1)}

    def objective(self, embeddings: Mapping[str, Tensor], batch: Batch) -> Step:
        """The labels' losses, the statements', and the teachers'."""
        features = embeddings["features"]
        faces = projected(self.image_projection, features)
        scores = self.scores(features, faces)
        step = self.losses(scores, batch)
        total, logs = step.loss, {**step.logs, **self._told(scores, batch)}
        share = self.method.distil
        if "loss/told" in logs:
            total = (1 - share) * total + share * logs["loss/told"]
        if self.method.statements:
            logs["loss/statements"] = self._stated(features, faces, batch)
            total = total + self.method.statements * logs["loss/statements"]
        logs |= {f"scale/{task}": scale() for task, scale in self.scales.items()}
        step = Step(loss=total, logs={name: value.detach() for name, value in logs.items()})
        pixels = features[:, : self.encoder.width]
        return opposed(step, self.adversary, pixels, batch)

    def scores(self, features: Tensor, faces: Tensor) -> dict[Task, Tensor]:
        """Raw scores of every task; those apart teach neither the encoder nor the side."""
        found: dict[Task, Tensor] = {}
        texts, still = self.label_texts(), features.detach()
        for task in self.method.labels:
            apart = task in self.method.apart
            if task in texts:
                seen = projected(self.image_projection, still) if apart else faces
                cosine = similarity(seen, texts[task])
                found[task] = self.scales[task]() * cosine + self.biases[task]
            else:
                found[task] = self.scorers[task](still if apart else features)
        return found

    def texts(self, vectors: Float[Tensor, "text dim"]) -> Float[Tensor, "text joint"]:
        """Phrases' vectors in the space of the faces, at length 1."""
        return projected(self.text_projection, vectors - self.wordings.centre)

    def label_texts(self) -> dict[str, Float[Tensor, "label joint"]]:
        """The labels' own vectors: of each the mean of its wordings."""
        names = [each.name for each in TAUGHT]
        wanted = {
            "au": [f"AU{unit}" for unit in self.method.aus],
            "expression": list(self.method.expressions),
        }
        return {
            task: self.texts(
                torch.cat([self.wordings.means(names.index(each), 1) for each in labels])
            )
            for task, labels in wanted.items()
            if task in self._compared
        }

    def _stated(self, features: Tensor, faces: Tensor, batch: Batch) -> Float[Tensor, ""]:
        known = truths(
            TAUGHT,
            aus=self.method.aus,
            expressions=self.method.expressions,
            intensity=batch.intensity,
            sided=batch.sided,
            expression=batch.expression,
        )
        texts = self.texts(self.wordings.drawn(batch.seed))
        cosine = similarity(faces, texts)
        if "expression" in self.method.apart:
            still = similarity(projected(self.image_projection, features.detach()), texts)
            of_expressions = torch.tensor([bool(each.expression) for each in TAUGHT])
            cosine = torch.where(of_expressions.to(cosine.device), still, cosine)
        scores = self.scales["statement"]() * cosine + self.biases["statement"]
        return masked_binary_loss(scores, known)

    def _told(self, scores: Mapping[Task, Tensor], batch: Batch) -> dict[str, Tensor]:
        if not self.method.distil or batch.told is None:
            return {}
        losses = told_loss(scores, batch.told)
        weighed = [self.method.weights.of(task) * loss for task, loss in losses.items()]
        return {"loss/told": torch.stack(weighed).sum()}

    def after_step(self, step: int) -> None:  # noqa: ARG002 - the loop's signature
        """Learned factors stay at or below CLIP's limit."""
        for scale in self.scales.values():
            assert isinstance(scale, Scale)
            scale.limit()

    def parameter_groups(self) -> dict[str, list[nn.Parameter]]:
        """The encoder as `image`, everything else as `head`."""
        return parameter_groups(self)

    def reader(self) -> TextReading:
        """The encoder and comparisons with the labels' texts; shape is taken if it is given."""
        with torch.no_grad():
            compared = {
                task: (text, self.scales[task](), self.biases[task])
                for task, text in self.label_texts().items()
            }
        return TextReading(
            self.encoder,
            self.side,
            projection=self.image_projection,
            linear=self.scorers,
            compared=compared,
            output_names=self.output_names,
        )

    @property
    def output_names(self) -> tuple[str, ...]:
        """The tasks that are read."""
        return tuple(self.method.labels)

    def export_module(self) -> PixelExport:
        """The reader on raw pixels alone."""
        return PixelExport(self.reader())
