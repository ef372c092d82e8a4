"""A reading as the service answers it."""

import math

from mien.bundle import Bundle
from mien.predict.levels import NO_LEVEL
from mien.predict.reading import FaceReading, Values
from mien.serve import shapes
from mien.serve.readers import Seen


def answer(seen: Seen, bundle: Bundle, *, landmarks: bool) -> shapes.Reading:
    """A photo's faces as JSON has them; numbers are rounded to what they can be trusted for."""
    return shapes.Reading(
        width=seen.width,
        height=seen.height,
        status="ok" if seen.faces else "no face",
        faces=[_face(face, bundle, landmarks=landmarks) for face in seen.faces],
        purpose=seen.purpose,
        model=bundle.model_sha256,
    )


def _face(reading: FaceReading, bundle: Bundle, *, landmarks: bool) -> shapes.Face:
    left, top, right, bottom = (round(float(value), 1) for value in reading.box)
    pose, quality = reading.pose, reading.quality
    assert reading.status != NO_LEVEL  # the service takes no levels off
    return shapes.Face(
        face=reading.face,
        status=reading.status,
        box=shapes.Box(left=left, top=top, right=right, bottom=bottom),
        score=round(reading.score, 4),
        presence=round(reading.presence, 4),
        pose=shapes.Pose(
            yaw=round(pose.yaw, 1), pitch=round(pose.pitch, 1), roll=round(pose.roll, 1)
        ),
        quality=shapes.Quality(
            size=round(quality.size, 1),
            blur=round(quality.blur, 3),
            frontal=round(quality.frontal, 3),
        ),
        units=_units(reading, bundle),
        landmarks=_points(reading) if landmarks else None,
        expressions=_expressions(reading),
        asked=_asked(reading),
    )


def _units(reading: FaceReading, bundle: Bundle) -> list[shapes.Unit]:
    if reading.status != "ok":
        return []
    units: list[shapes.Unit] = []
    for place, (unit, threshold) in enumerate(zip(bundle.aus, bundle.thresholds, strict=True)):
        probability = _number(reading.au, place)
        units.append(
            shapes.Unit(
                unit=unit,
                probability=probability,
                present=None if probability is None else probability >= threshold,
                intensity=_number(reading.intensity, place),
            )
        )
    return units


def _points(reading: FaceReading) -> list[tuple[float, float]]:
    return [(round(float(x), 1), round(float(y), 1)) for x, y in reading.landmarks[:, :2]]


def _expressions(reading: FaceReading) -> shapes.Expressions | None:
    if reading.status != "ok" or (reading.expression is None and reading.affect is None):
        return None
    return shapes.Expressions(
        probabilities={
            name: round(float(value), 4)
            for name, value in zip(reading.expressions, _known(reading.expression), strict=True)
        },
        valence=_number(reading.affect, 0),
        arousal=_number(reading.affect, 1),
    )


def _asked(reading: FaceReading) -> list[shapes.Asked] | None:
    if reading.status != "ok" or reading.asked is None:
        return None
    return [
        shapes.Asked(phrase=phrase, probability=round(float(value), 4))
        for phrase, value in zip(reading.prompts, reading.asked, strict=True)
    ]


def _known(values: Values | None) -> list[float]:
    return [] if values is None else [float(value) for value in values]


def _number(values: Values | None, place: int) -> float | None:
    if values is None or place >= len(values) or not math.isfinite(float(values[place])):
        return None
    return round(float(values[place]), 4)
