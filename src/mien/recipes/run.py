"""What a run is: a method, a backbone, data, an optimiser and a seed, as plain data."""

from dataclasses import dataclass, field
from typing import Literal

from mien.data.edits import Edits
from mien.data.samplers import Sampler, Shuffled
from mien.errors import MienError
from mien.methods.method import Method
from mien.models.backbone import Backbone


@dataclass(frozen=True, kw_only=True)
class Optimiser:
    """AdamW (Loshchilov & Hutter, 2019, arXiv 1711.05101) with warm-up and half a cosine.

    Norms, biases and scalars are not decayed.
    """

    lr_image: float = 1e-3
    """Peak learning rate of the image encoder."""
    lr_text: float = 1e-4
    """Peak learning rate of the text tower."""
    lr_head: float = 1e-3
    """Peak learning rate of projections, classifiers and scales."""
    weight_decay: float = 0.05
    """Decoupled weight decay of matrices and kernels."""
    betas: tuple[float, float] = (0.9, 0.98)
    """Decay of the running mean and of the running square of gradients."""
    epsilon: float = 1e-8
    """Added to the root of the mean square: parameters with smaller gradients move less."""
    warmup: float = 0.05
    """Fraction of the run in which the rates rise linearly."""
    hold: float = 0.0
    """Fraction of the run in which they then stay at their peak, before the cosine."""
    stretch: float = 1.0
    """Length of the cosine relative to what is left of the run: above 1 it is cut off early."""
    floor: float = 0.0
    """Last learning rate as a fraction of the peak."""
    clip: float | None = 1.0
    """Largest norm of the whole gradient; None leaves it as it is."""


@dataclass(frozen=True, kw_only=True)
class DataPlan:
    """Who is trained on, chosen by and tested on, and how batches are composed.

    The store itself is named when training starts, so that a recipe fits any store.

    Raises:
        MienError: the share of labelled subjects is no share, or their number is given, too.
    """

    parts: Literal["folds", "store"] = "folds"
    """Where the parts come from: subjects dealt into folds; or the store's column `split`, whose
    rows say train, validation (or val) and test; others are left out, and folds, fold and
    validation below do not matter."""
    folds: int = 3
    """Parts into which subjects are dealt; one is tested on, the rest are for training."""
    fold: int = 0
    """Which part is tested on, 0 to folds - 1."""
    split_seed: int = 0
    """Seed by which subjects are dealt; independent of the run's seed."""
    validation: float = 0.2
    """Share of training subjects held back to choose epochs and thresholds by; 0 for none."""
    label_subjects: int | None = None
    """How many training subjects have labels; None for all. The others are left out."""
    label_share: float = 1.0
    """Share of training subjects that have labels, at least one subject; the others are left
    out. For studies that fit any store; give this or `label_subjects`."""
    threshold: float = 1.0
    """Lowest intensity that counts as occurrence where only intensity is coded."""
    activities: str | None = None
    """Key of `mien.facs.ACTIVITIES` (or several joined by +) whose order numbers activities;
    None numbers those in the store by name. A method's own activities (`ClefPretrain.own`)
    go before either."""
    sampler: Sampler = field(default_factory=Shuffled)
    """How batches are composed from the training rows."""

    def __post_init__(self) -> None:
        few = self.label_subjects is not None
        if not 0 < self.label_share <= 1 or (few and self.label_share < 1):
            raise MienError(
                f"a share of {self.label_share:g} of the training subjects"
                + (" beside a number of them" if few else ""),
                remedy="give data.label_share above 0 and at most 1, or data.label_subjects",
            )

    edits: Edits = field(default_factory=Edits)
    """What is done to a batch's frames before their views are drawn; by default nothing."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """Everything that decides a run, save the store it reads.

    Raises:
        MienError: the fields contradict each other.
    """

    name: str
    """Kebab-case name for tables and file names."""
    method: Method
    """The paper's hyperparameters."""
    backbone: Backbone
    """The image encoder."""
    data: DataPlan = field(default_factory=DataPlan)
    """Subjects and batches."""
    optimiser: Optimiser = field(default_factory=Optimiser)
    """Learning rates and decay."""
    epochs: int | None = None
    """Passes over the training rows; give this or `steps`."""
    steps: int | None = None
    """Optimiser steps; give this or `epochs`."""
    batch: int = 64
    """Samples in a step, over all processes."""
    accumulation: int = 1
    """Micro-batches per step and process; above 1 gradients are cached, exactly."""
    precision: Literal["float32", "bf16"] = "float32"
    """Number format in which layers compute."""
    compile: bool = False
    """Compile the model with torch.compile; worth it on long GPU runs."""
    seed: int = 0
    """Seed of weights, batches, views and dropout."""
    init: str | None = None
    """Run folder whose weights the method inherits."""
    log_every: int = 10
    """Steps between two lines of metrics."""

    def __post_init__(self) -> None:
        if (self.epochs is None) == (self.steps is None):
            raise MienError(
                f"{self.name} has both epochs and steps, or neither", remedy="give one of them"
            )
        length = self.steps if self.epochs is None else self.epochs
        if min(length or 0, self.batch, self.accumulation, self.log_every) < 1:
            raise MienError(
                f"{self.name}: one of epochs, steps, batch, accumulation, log_every is below 1",
                remedy="give numbers of 1 or more",
            )
        if self.batch % self.accumulation:
            raise MienError(
                f"{self.name}: batch {self.batch} is no multiple of accumulation "
                f"{self.accumulation}",
                remedy="make the batch a multiple of it",
            )
