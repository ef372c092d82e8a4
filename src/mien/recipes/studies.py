"""One thing of CLEF changed at a time: lists of named runs, each trainable by its name.

A variant of stage 1 comes with the stage 2 that starts from it, row 13 at home. Everything that
is not named is as in `clef-pretrain-lab` and `clef-r13-lab`, learning rates included.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from mien.errors import MienError
from mien.facs import NAME_TEMPLATES
from mien.methods.clef_stage1 import ClefPretrain
from mien.methods.clef_stage2 import ClefFinetune
from mien.methods.labels import Weights
from mien.methods.method import Method
from mien.methods.prompting import Prompting
from mien.methods.simclr import SimCLR
from mien.recipes.rows_lab import clef_pretrain_lab, clef_r1_lab, clef_r3_lab, clef_r13_lab
from mien.recipes.run import Run

Equal = Literal["images", "steps"]
"""What runs of different batch sizes have in common; the other differs."""
SHARES = (0.01, 0.1, 1.0)
"""Of labelled people; of fewer than a hundred, one hundredth is one person."""


def batch_sizes(run: Run, sizes: Sequence[int], *, equal: Equal = "images") -> tuple[Run, ...]:
    """The run at other batch sizes, named `…-batch-32`.

    Args:
        run: measured in steps.
        sizes: rows of a step.
        equal: keep the number of images, so that larger batches take fewer steps (at least one),
            or the number of steps.

    Raises:
        MienError: the run is measured in epochs.
    """
    if run.steps is None:
        raise MienError(
            f"{run.name} is measured in epochs, which hold fewer steps where batches are larger",
            remedy="give it steps",
        )
    seen = run.steps * run.batch
    return tuple(
        replace(
            run,
            name=f"{run.name}-batch-{size}",
            batch=size,
            steps=run.steps if equal == "steps" else max(1, round(seen / size)),
        )
        for size in sizes
    )


def temperatures(run: Run, values: Sequence[float]) -> tuple[Run, ...]:
    """The run at other temperatures, named `…-temperature-0.07`.

    Raises:
        MienError: the method has none.
    """
    return tuple(
        replace(run, name=f"{run.name}-temperature-{value:g}", method=_at(run.method, value))
        for value in values
    )


def label_fractions(run: Run, shares: Sequence[float] = SHARES) -> tuple[Run, ...]:
    """The run with labels of a share of the training people, named `…-labels-10`, in percent.

    With one seed, fewer people are a subset of more.
    """
    return tuple(
        replace(
            run,
            name=f"{run.name}-labels-{100 * share:g}",
            data=replace(run.data, label_share=share),
        )
        for share in shares
    )


def batch_size_study() -> tuple[Run, ...]:
    """Stage 1 over as many images in smaller and larger batches."""
    return _followed(batch_sizes(clef_pretrain_lab(), (16, 32, 128, 256)))


def temperature_study() -> tuple[Run, ...]:
    """Stage 1 at temperatures from 0.02 to 0.5."""
    return _followed(temperatures(clef_pretrain_lab(), (0.02, 0.05, 0.1, 0.2, 0.5)))


def label_study() -> tuple[Run, ...]:
    """Rows 1, 3 and 13 with labels of 1, 10 and 100 % of the training people."""
    rows = (clef_r1_lab(), clef_r3_lab(), clef_r13_lab())
    return tuple(each for row in rows for each in label_fractions(row))


def pairing_study() -> tuple[Run, ...]:
    """Stage 1 by instance instead of activity, and with positives of other people only."""
    return _followed(
        (
            _pretrain("instance", pairing="instance"),
            _pretrain("across", same_subject="negative"),
            _pretrain("without-own-view", own_view=False),
            _pretrain("text-to-image", text_to_image=True),
        )
    )


def form_study() -> tuple[Run, ...]:
    """Row 13 with units by pairs of prompts, with a bias for each, and with the encoder alone."""
    return (
        _finetune("pair", au_form="pair"),
        _finetune("unit-bias", au_bias="unit"),
        _finetune("encoder-alone", inherit=("encoder",)),
    )


def prompting_study() -> tuple[Run, ...]:
    """Row 13 with random templates, an ensemble of them, and 4 or 16 learned words."""
    return (
        _finetune("random", prompting=Prompting(templates=NAME_TEMPLATES, use="random")),
        _finetune("ensemble", prompting=Prompting(templates=NAME_TEMPLATES, use="ensemble")),
        _finetune("context-4", prompting=Prompting(context=4)),
        _finetune("context-16", prompting=Prompting(context=16)),
    )


def intensity_study() -> tuple[Run, ...]:
    """Row 13 that reads intensities, too: by a linear layer, and from words."""
    weights = Weights(intensity=0.5)
    return (
        _finetune("intensity", weights=weights),
        _finetune("intensity-words", weights=weights, intensity_form="words"),
    )


def _at(method: Method, temperature: float) -> Method:
    if isinstance(method, ClefPretrain | SimCLR):
        return replace(method, temperature=temperature)
    raise MienError(
        f"{type(method).__name__} has no temperature to study",
        remedy="study one of clef-pretrain-lab, clef-simclr-lab",
    )


def _pretrain(tag: str, **changes: object) -> Run:
    run = clef_pretrain_lab()
    assert isinstance(run.method, ClefPretrain)
    return replace(run, name=f"{run.name}-{tag}", method=_changed(run.method, changes))


def _finetune(tag: str, **changes: object) -> Run:
    run = clef_r13_lab()
    assert isinstance(run.method, ClefFinetune)
    return replace(run, name=f"{run.name}-{tag}", method=_changed(run.method, changes))


def _changed(method: Method, changes: dict[str, object]) -> Method:
    return replace(method, **changes)  # pyright: ignore[reportArgumentType] - checked by tests


def _followed(firsts: Sequence[Run]) -> tuple[Run, ...]:
    """Each stage 1, and row 13 from it under the same tag."""
    last, begin = clef_r13_lab(), clef_pretrain_lab().name
    return tuple(
        each
        for first in firsts
        for each in (
            first,
            replace(
                last, name=f"{last.name}{first.name.removeprefix(begin)}", init=f"runs/{first.name}"
            ),
        )
    )
