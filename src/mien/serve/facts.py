"""What the service tells of its model and its limits."""

from mien import __version__
from mien.facs import ACTION_UNITS
from mien.predict.model import Model
from mien.serve import shapes
from mien.serve.settings import Settings


def describe(model: Model, settings: Settings) -> shapes.ModelFacts:
    """The answer of GET /model."""
    bundle = model.bundle
    return shapes.ModelFacts(
        name=bundle.name,
        sha256=bundle.model_sha256,
        version=__version__,
        licence=bundle.licence,
        statement=bundle.statement,
        units=[
            shapes.UnitFacts(
                unit=unit,
                name=ACTION_UNITS[unit].name if unit in ACTION_UNITS else f"unit {unit}",
                look=ACTION_UNITS[unit].look if unit in ACTION_UNITS else "",
                threshold=round(threshold, 4),
            )
            for unit, threshold in zip(bundle.aus, bundle.thresholds, strict=True)
        ],
        intensity="intensity" in model.outputs,
        expressions=list(bundle.expressions),
        affect="affect" in model.outputs,
        can_ask=model.can_ask,
        limits=shapes.Limits(
            photo_bytes=settings.photo_bytes,
            photo_pixels=settings.photo_pixels,
            clip_bytes=settings.clip_bytes,
            clip_pixels=settings.clip_pixels,
            clip_seconds=settings.clip_seconds,
            faces=settings.faces,
            prompts=settings.prompts,
            keep_seconds=settings.keep_seconds,
        ),
    )
