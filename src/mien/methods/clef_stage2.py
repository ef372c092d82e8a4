"""CLEF stage 2: fine-tuning by label names and descriptions.

Zhang et al., ICCV 2023 (arXiv 2304.00058). The loss is L_IN + L_DN; its exact form and every
hyperparameter are our choice (docs/clef.md).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mien.data.batch import Batch
from mien.data.views import View
from mien.errors import MienError
from mien.methods import prompts
from mien.methods.adversary import identity_head, opposed
from mien.methods.augment import LABELLED
from mien.methods.comparer import Comparer, Encoded, LabelPrompts
from mien.methods.groups import parameter_groups
from mien.methods.joint import check_widths, projected, projection
from mien.methods.labels import LabelledMethod, LabelLoss, Task, check_method
from mien.methods.method import PredictingModule, Step
from mien.methods.ordinal import OrdinalComparer
from mien.methods.pixels import first_view
from mien.methods.prompting import Prompting, expression_phrases, graded, named, unit_phrases
from mien.methods.reader import ExportedReader, Reader
from mien.methods.scorers import by_task, linear_scorers, score
from mien.models.backbone import Backbone, ImageEncoder
from mien.models.learned_context import LearnedContext
from mien.models.text import TextEncoder, TextTower
from mien.models.tiny_text import TinyText


@dataclass(frozen=True, kw_only=True)
class ClefFinetune(LabelledMethod):
    """Faces are told what they show by the names of units and expressions, names by descriptions.

    Units and expressions are compared with texts if `names` or `descriptions` is on, else read
    by linear layers (the paper's image-only rows). Affect, our extension, is always read by a
    linear layer, intensity, too, unless `intensity_form` says otherwise.

    Raises:
        MienError: the switches contradict each other.
    """

    text: TextTower = TinyText()  # noqa: RUF009 - frozen
    """Text tower for names and descriptions; unused without them."""
    names: bool = True
    """N: compare faces with label names (L_IN)."""
    descriptions: bool = True
    """D: with N, compare descriptions with names (L_DN); without, faces with descriptions
    (L_ID), also when reading."""
    au_form: Literal["sigmoid", "pair"] = "sigmoid"
    """How a unit's probability comes from cosines: "sigmoid" of s·cos + b; or softmax of a "pair"
    of prompts, present and absent."""
    au_bias: Literal["shared", "unit"] = "shared"
    """b of the sigmoid form: one number, or one per unit (which a new unit would not have)."""
    intensity_form: Literal["linear", "words"] = "linear"
    """How intensities are read: by a linear layer; or from "words", as the expected level over
    "without …", "trace …", "slight …" to "maximal …" (`losses.ordinal_text`, our own)."""
    prompting: Prompting = field(default_factory=Prompting)
    """What surrounds label names."""
    shuffle: bool = True
    """Pair descriptions with templates at random in every step, instead of one fixed template."""
    scale: float = 10.0
    """Where the learned factors s on cosines start."""
    joint: int | None = 256
    """Width of the space faces and texts are projected to; None compares the towers' features
    as they are."""
    view: View = LABELLED
    """How an image is altered before the encoder sees it."""

    def __post_init__(self) -> None:
        check_method(self, described=self.descriptions)
        if self.au_form == "pair" and self.descriptions and not self.names:
            raise MienError(
                "the present/absent pair is made of names, which are off",
                remedy='switch on names or use au_form "sigmoid"',
            )
        if self.prompting.context and (self.au_form == "pair" or not self.names):
            raise MienError(
                "learned words stand before names alone: not in present/absent pairs or without N",
                remedy='switch on names and use au_form "sigmoid", or set prompting.context to 0',
            )
        if self.intensity_form == "words" and not (self.names or self.descriptions):
            raise MienError(
                "intensities are to be read from words, but there are no texts",
                remedy='switch on names or descriptions, or use intensity_form "linear"',
            )
        if self.scale <= 0:
            raise MienError("the scale is not positive", remedy="give a number above 0")
        if self.names and self.descriptions and not self.text.trainable and self.joint is None:
            raise MienError(
                "descriptions would teach nothing: the text tower is frozen and not projected",
                remedy="train the text tower, or give `joint` a number",
            )

    def build(self, backbone: Backbone, *, seed: int) -> "ClefFinetuneModule":
        """Towers, projections and linear layers drawn from `seed`."""
        return ClefFinetuneModule(self, backbone.build(seed=seed), seed=seed + 1)

    def blank(self) -> "ClefFinetune":
        """The same without reading the text tower's pretrained weights."""
        return replace(self, text=self.text.blank())

    @property
    def compared(self) -> dict[Task, int]:
        """The tasks read by comparison with texts, and their numbers of labels."""
        if not (self.names or self.descriptions):
            return {}
        by_words = {"intensity"} if self.intensity_form == "words" else set()
        read = {"au", "expression"} | by_words
        return {task: n for task, n in self.labels.items() if task in read}

    def prompts(self, *, seed: int | None) -> dict[Task, LabelPrompts]:
        """The prompts of a step, or (for None) those without chance, by which faces are read."""
        return {
            task: self._prompts(task, seed if self.shuffle else None, seed)
            for task in self.compared
        }

    def _prompts(self, task: Task, pairing: int | None, seed: int | None) -> LabelPrompts:
        phrases = (
            expression_phrases(self.expressions) if task == "expression" else unit_phrases(self.aus)
        )
        if task == "intensity":
            return LabelPrompts(targets=graded(phrases, template=self.prompting.templates[0]))
        if task == "au":
            described = prompts.unit_descriptions(self.aus, seed=pairing)
        else:
            described = prompts.expression_descriptions(self.expressions, seed=pairing)
        if not self.names:
            return LabelPrompts(targets=described)
        targets, also = named(phrases, self.prompting, seed=seed)
        paired = task == "au" and self.au_form == "pair"
        return LabelPrompts(
            targets=targets,
            also=also,
            learned=self.prompting.context > 0,
            absent=prompts.unit_names(self.aus, template=prompts.ABSENT_TEMPLATE) if paired else [],
            descriptions=described if self.descriptions else [],
        )


class ClefFinetuneModule(PredictingModule):
    """Stage 2 at work. Parts that are switched off do not exist."""

    def __init__(self, method: ClefFinetune, encoder: ImageEncoder, *, seed: int) -> None:
        super().__init__()
        self.method = method
        self.encoder = encoder
        self.losses = LabelLoss(weights=method.weights, imbalance=method.imbalance)
        compared = method.compared
        linear: dict[Task, int] = {t: n for t, n in method.labels.items() if t not in compared}
        self.scorers = linear_scorers(encoder.width, linear, seed=seed)
        self.adversary = identity_head(method.adversary, encoder.width, seed=seed + 4)
        self.comparers = nn.ModuleDict(
            {task: _comparer(method, task, count) for task, count in compared.items()}
        )
        if compared:
            self.text: TextEncoder = method.text.build(seed=seed + 1)
            check_widths(encoder.width, self.text.width, method.joint)
            self.image_projection = projection(encoder.width, method.joint, seed=seed + 2)
            self.text_projection = projection(self.text.width, method.joint, seed=seed + 3)
        if method.prompting.context:
            self.context = LearnedContext(self.text, method.prompting.context, seed=seed + 5)

    def embed(self, batch: Batch) -> dict[str, Tensor]:
        """`features` (batch, dim) of the first view."""
        return {"features": self.encoder(first_view(batch))}

    def objective(self, embeddings: Mapping[str, Tensor], batch: Batch) -> Step:
        """Σ over tasks of weight·(L_IN + L_DN), whichever are on."""
        features = embeddings["features"]
        scores = score(self.scorers, features)
        prompts_now = self.method.prompts(seed=batch.seed)
        if not prompts_now:
            return opposed(self.losses(scores, batch), self.adversary, features, batch)
        encoded = self._encode(prompts_now.values())
        faces = projected(self.image_projection, features)
        for task, comparer in self._comparers().items():
            scores[task] = comparer(faces, prompts_now[task], encoded)
        step = self.losses(scores, batch)
        total, logs = step.loss, {**step.logs, **self._scales()}
        for task, comparer in self._comparers().items():
            loss = comparer.description_loss(prompts_now[task], encoded)
            if loss is not None:
                total = total + self.method.weights.of(task) * loss
                logs[f"loss/{task} descriptions"] = loss.detach()
        return opposed(Step(loss=total, logs=logs), self.adversary, features, batch)

    def after_step(self, step: int) -> None:  # noqa: ARG002 - the loop's signature
        """Learned factors stay at or below CLIP's limit."""
        for comparer in self._comparers().values():
            comparer.limit()

    def parameter_groups(self) -> dict[str, list[nn.Parameter]]:
        """The encoder as `image`, the text tower as `text`, everything else as `head`."""
        return parameter_groups(self)

    def reader(self) -> Reader:
        """The encoder, its linear layers, and comparisons with texts encoded now.

        Only names are needed where names were learned; descriptions have done their work.
        """
        scorers = by_task(self.scorers)
        found = self.method.prompts(seed=None)
        if found:
            with torch.no_grad():
                encoded = self._encode(replace(each, descriptions=[]) for each in found.values())
                for task, comparer in self._comparers().items():
                    scorers[task] = comparer.baked(self.image_projection, found[task], encoded)
        return Reader(self.encoder, scorers)

    @property
    def output_names(self) -> tuple[str, ...]:
        """The tasks that are read."""
        return tuple(self.method.labels)

    def export_module(self) -> ExportedReader:
        """The reader on raw pixels, label texts baked in."""
        return ExportedReader(self.reader())

    def phrases(self, phrases: Sequence[str]) -> Float[Tensor, "label joint"]:
        """Unit features of any noun phrases, prompted as label names are for reading."""
        targets, also = named(phrases, self.method.prompting, seed=None)
        learned = self.method.prompting.context > 0
        prompts_now = LabelPrompts(targets=targets, also=also, learned=learned)
        return self._encode([prompts_now]).targets(prompts_now)

    def _encode(self, found: Iterable[LabelPrompts]) -> Encoded:
        """Every unique prompt once."""
        every = list(found)
        learned = list(dict.fromkeys(text for each in every for text in each.bare))
        plain = list(dict.fromkeys(text for each in every for text in each.templated))
        features = [self.text.encode(plain)] if plain else []
        if learned:
            features.append(self.context(self.text, learned))
        vectors = projected(self.text_projection, torch.cat(features))
        return Encoded([*plain, *learned], vectors)

    def _comparers(self) -> dict[Task, Comparer | OrdinalComparer]:
        return {task: self.comparers[task] for task in self.method.compared}  # pyright: ignore[reportReturnType] - ModuleDict is untyped

    def _scales(self) -> dict[str, Tensor]:
        return {f"scale/{task}": each.scale().detach() for task, each in self._comparers().items()}


def _comparer(method: ClefFinetune, task: Task, labels: int) -> Comparer | OrdinalComparer:
    if task == "intensity":
        return OrdinalComparer(scale=method.scale)
    biases = {"shared": 1, "unit": labels}[method.au_bias]
    return Comparer(
        scale=method.scale,
        biases=biases if task == "au" and method.au_form == "sigmoid" else 0,
        described=method.names and method.descriptions,
    )
