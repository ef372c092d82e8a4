"""SSLFER beyond the paper's table: what was left open, and the released code's traps one by one.

Each changes one thing of the row that its name begins with.
"""

from dataclasses import replace

from mien.data.component_mask import ComponentMask
from mien.data.face_swap import FaceSwap
from mien.data.tuples import Tuples
from mien.methods.finetune import FineTune
from mien.methods.labels import AffectLoss
from mien.methods.mask_fn import MaskFN
from mien.methods.sslfer import SslFer
from mien.recipes.run import Run
from mien.recipes.sslfer import (
    sslfer_a,
    sslfer_affect,
    sslfer_b,
    sslfer_e,
    sslfer_f,
)

STRETCH = 1000 / 290
"""Length of the released code's cosine, were its epochs 1000 steps long, relative to the 290
epochs that are left."""


def sslfer_a_even() -> Run:
    """Row a whose shifts are equally likely (weights a)."""
    return _sampled(sslfer_a(), "even", Tuples(negatives="none", weights="a"))


def sslfer_a_far() -> Run:
    """Row a whose longer shifts are likelier (weights b)."""
    return _sampled(sslfer_a(), "far", Tuples(negatives="none", weights="b"))


def sslfer_a_few() -> Run:
    """Row a of as many clips a step as row b, hence half the frames, in as many steps."""
    run = sslfer_a()
    return replace(run, name="sslfer-a-few", batch=run.batch // 2)


def sslfer_b_drawn_once() -> Run:
    """Row b whose tuples are drawn once (trap 1)."""
    return _sampled(sslfer_b(), "drawn-once", Tuples(redraw="never"))


def sslfer_b_unsorted() -> Run:
    """Row b on frames in an arbitrary order (trap 2)."""
    return _sampled(sslfer_b(), "unsorted", Tuples(listing="arbitrary"))


def sslfer_b_flat_rate() -> Run:
    """Row b whose cosine is cut off early: four fifths of the rate are left at the end (trap 6)."""
    run = sslfer_b()
    optimiser = replace(run.optimiser, stretch=STRETCH)
    return replace(run, name="sslfer-b-flat-rate", optimiser=optimiser)


def sslfer_b_one_component() -> Run:
    """Row b that covers the same part of the face in the whole run (trap 7)."""
    return _edited(sslfer_b(), "one-component", component=ComponentMask(component="run"))


def sslfer_e_bgr() -> Run:
    """Row e trained on exchanged red and blue (trap 8)."""
    return _edited(sslfer_e(), "bgr", swap=FaceSwap(channels="bgr"))


def sslfer_e_wrap() -> Run:
    """Row e whose corrected colours wrap round (trap 8)."""
    return _edited(sslfer_e(), "wrap", swap=FaceSwap(overflow="wrap"))


def sslfer_e_hard_edge() -> Run:
    """Row e whose swapped faces end in a hard edge (trap 8)."""
    return _edited(sslfer_e(), "hard-edge", swap=FaceSwap(feather=0.0))


def sslfer_e_fixed_donor() -> Run:
    """Row e with one donor for each clip, who may be the same person (trap 9)."""
    swap = FaceSwap(donor="fixed", other_identity=False)
    return _edited(sslfer_e(), "fixed-donor", swap=swap)


def sslfer_f_first_frame() -> Run:
    """Row f whose hard negatives are the clip's first frame (trap 3)."""
    return _sampled(sslfer_f(), "first-frame", Tuples(negatives="first"))


def sslfer_f_own_clip() -> Run:
    """Row f that may take a view's own hard negative for its false one (trap 4)."""
    return _masked("own-clip", MaskFN(exclude_own_clip=False))


def sslfer_f_faceless() -> Run:
    """Row f that compares faces it has not found, black with black (trap 5)."""
    return _masked("faceless", MaskFN(skip_faceless=False))


def sslfer_f_lambda_0() -> Run:
    """Row f with λ = 0: false negatives are masked and nothing more."""
    return _masked("lambda-0", MaskFN(weight=0.0))


def sslfer_f_lambda_half() -> Run:
    """Row f with half the paper's λ, 0.4."""
    return _masked("lambda-half", MaskFN(weight=0.4))


def sslfer_f_lambda_double() -> Run:
    """Row f with twice the paper's λ, 1.6."""
    return _masked("lambda-double", MaskFN(weight=1.6))


def sslfer_affect_mixed() -> Run:
    """Fine-tuning by one CCC of valence and arousal together (trap 11)."""
    return _affect("mixed", AffectLoss(smooth=False, mixed=True))


def sslfer_affect_integers() -> Run:
    """Fine-tuning on valence and arousal cut to whole numbers (trap 11)."""
    return _affect("integers", AffectLoss(smooth=False, integers=True))


def _sampled(run: Run, suffix: str, sampler: Tuples) -> Run:
    return replace(run, name=f"{run.name}-{suffix}", data=replace(run.data, sampler=sampler))


def _edited(
    run: Run,
    suffix: str,
    *,
    swap: FaceSwap | None = None,
    component: ComponentMask | None = None,
) -> Run:
    before = run.data.edits
    edits = replace(before, swap=swap or before.swap, component=component or before.component)
    return replace(run, name=f"{run.name}-{suffix}", data=replace(run.data, edits=edits))


def _masked(suffix: str, mask: MaskFN) -> Run:
    return replace(sslfer_f(), name=f"sslfer-f-{suffix}", method=SslFer(mask=mask))


def _affect(suffix: str, affect: AffectLoss) -> Run:
    run = sslfer_affect()
    assert isinstance(run.method, FineTune)
    return replace(run, name=f"sslfer-affect-{suffix}", method=replace(run.method, affect=affect))
