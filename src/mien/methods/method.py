"""What every method is: a frozen config, and the module whose forward is its training step."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mien.data.batch import Batch
from mien.data.views import View, ViewDraw
from mien.models.backbone import Backbone, ImageEncoder


@dataclass(frozen=True)
class Floor:
    """The lowest healthy value of something that is logged."""

    value: float
    """Below it training has gone wrong."""
    remedy: str
    """What the user can do then."""
    stop: bool = False
    """End the run, or only say so, once."""


@dataclass(frozen=True)
class Step:
    """What one training step hands to the loop.

    The losses are means such that the mean over ranks is the loss of the global batch.
    """

    loss: Float[Tensor, ""]
    """The scalar to descend, attached to the graph."""
    logs: Mapping[str, Float[Tensor, ""]] = field(default_factory=dict)
    """Detached scalars worth writing down, by name (`loss/...`, `scale/...`)."""
    floors: Mapping[str, Floor] = field(default_factory=dict)
    """Names in `logs` that must not fall too low."""


@dataclass(frozen=True, kw_only=True)
class Method(ABC):
    """A paper's hyperparameters; `build` makes the module that trains by them.

    Concrete methods are final frozen dataclasses whose fields can be compared and recorded.
    """

    view: View
    """How an image is altered before the encoder sees it."""
    inherit: tuple[str, ...] = ("encoder",)
    """Parts taken from the run that `init` names (see `mien.methods.initialise`)."""

    @property
    @abstractmethod
    def views(self) -> int:
        """How many views of each image a training batch carries."""

    @abstractmethod
    def draw(self, rows: int, *, generator: torch.Generator) -> ViewDraw:
        """Draw the views of a global batch of `rows` rows: of each row `views` views.

        Where rows do not belong together in groups this is `mien.data.views.draw`.
        """

    @abstractmethod
    def build(self, backbone: Backbone, *, seed: int) -> "MethodModule":
        """Make the module with weights drawn from `seed`.

        The same seed gives the same weights; torch's global random state is left as it was.

        Raises:
            MienError: the fields contradict each other or the backbone.
        """

    @abstractmethod
    def blank(self) -> "Method":
        """The same method without reading pretrained weights of a text tower.

        For loading a checkpoint over it, as `Backbone.blank` is.
        """


class MethodModule(nn.Module, ABC):
    """A method at work: `forward(batch)` is the training step.

    It moves nothing between devices, writes nothing and knows no rank. The step is split in two
    so that accumulation can be exact for losses that compare samples:
    `objective(concatenate(embed(part) for part in parts), whole)` equals `forward(whole)`.
    The image encoder is the attribute `encoder`; its weights are named `encoder.*` everywhere.
    """

    encoder: ImageEncoder

    @abstractmethod
    def embed(self, batch: Batch) -> dict[str, Tensor]:
        """Encode rows one by one; every tensor's first axis is the batch.

        No sample sees another one here. A frozen encoder's embeddings carry no gradient
        (`requires_grad` is False): then there is nothing to propagate back through `embed`.
        """

    @abstractmethod
    def objective(self, embeddings: Mapping[str, Tensor], batch: Batch) -> Step:
        """Compare and score: all work across samples, texts and ranks.

        Args:
            embeddings: what `embed` gave for the whole batch of this rank.
            batch: that batch; every rank holds equally many rows.
        """

    def forward(self, batch: Batch) -> Step:
        """The training step on one rank's batch."""
        return self.objective(self.embed(batch), batch)

    @abstractmethod
    def after_step(self, step: int) -> None:
        """Called once the optimiser has stepped; `step` counts from 0."""

    @abstractmethod
    def parameter_groups(self) -> dict[str, list[nn.Parameter]]:
        """Trainable parameters, each in one of `image`, `text` and `head`."""


class MomentumModule(MethodModule, ABC):
    """A method that keeps slow copies of what it trains."""

    @abstractmethod
    def catch_up(self) -> None:
        """Make the slow copies equal to what they follow: called once weights were inherited."""


class PredictingModule(MethodModule, ABC):
    """A method whose module reads faces, too."""

    @abstractmethod
    def reader(self) -> nn.Module:
        """A module from images (batch, 3, height, width) in 0–1 to the dict of `predict`.

        Label texts are encoded once, now, and held as buffers; the encoder and the heads are
        shared with this module, not copied. Use it to read many batches between two steps.
        """

    @property
    @abstractmethod
    def output_names(self) -> tuple[str, ...]:
        """What `export_module()` returns, in order, among `au, intensity, expression, affect`."""

    @abstractmethod
    def export_module(self) -> nn.Module:
        """A module from `image` uint8 (batch, size, size, 3) to a tuple named `output_names`."""

    def predict(self, images: Float[Tensor, "batch 3 height width"]) -> dict[str, Tensor]:
        """Read faces without a gradient, in whatever mode (`eval()` or not) the module is in.

        Returns:
            `au` (batch, unit) probabilities; `intensity` (batch, unit) 0–5; `expression`
            (batch, class) probabilities; `affect` (batch, 2) valence and arousal in −1..1;
            `embedding` (batch, dim): the encoder's features. Keys of absent tasks are absent.
        """
        with torch.no_grad():
            return self.reader()(images)
