"""A made-up evaluation and demo, with everything a report can show."""

import numpy as np

from mien import facs
from mien.metrics.blocks import (
    Resampling,
    agreement_block,
    expression_block,
    headline,
    unit_block,
)
from mien.metrics.principal import principal_components
from mien.report.demo import Clip, Demo
from mien.report.images import Picture
from mien.report.plots import Curve
from mien.report.sections import EmbeddingMap

HOW = Resampling(draws=100, seed=0)
SUBJECTS = [f"S{n:02d}" for n in range(8)]


def metrics(name: str = "clef", *, seed: int = 0, skill: float = 1.2) -> dict:
    """The content of a metrics.json with every block, one unit undefined."""
    generator = np.random.default_rng(seed)
    who = np.repeat(SUBJECTS, 60)
    logits = generator.normal(-1, 1.2, (len(who), 12))
    truth = (logits + generator.normal(size=logits.shape) > 0).astype(float)
    truth[generator.random(truth.shape) < 0.05] = np.nan
    truth[:, 7] = 0
    noisy = skill * logits + generator.normal(size=logits.shape)
    probabilities = 1 / (1 + np.exp(-noisy))
    aus = facs.DEMO_AUS
    true_class = generator.integers(0, 7, len(who))
    votes = generator.random((len(who), 7)) + 0.7 * skill * np.eye(7)[true_class] * 0.6
    intensity = np.clip(logits + 2, 0, 5)
    last = {
        "step": 1200,
        "epoch": 10.0,
        "au": unit_block(
            probabilities, truth, who, aus=aus, chosen=np.full(12, 0.35), resampling=HOW
        ),
        "intensity": agreement_block(
            intensity + generator.normal(size=intensity.shape),
            np.where(np.isnan(truth), np.nan, intensity),
            who,
            labels=aus,
            resampling=HOW,
        ),
        "expression": expression_block(
            votes, true_class, who, names=facs.EXPRESSIONS_7, resampling=HOW
        ),
        "affect": agreement_block(
            generator.normal(size=(len(who), 2)),
            generator.normal(size=(len(who), 2)),
            who,
            labels=("valence", "arousal"),
            resampling=HOW,
        ),
    }
    parts = {"train": ["S90", "S91"], "validation": ["S92"], "test": SUBJECTS}
    return {
        "format": 1,
        "name": name,
        "seed": seed,
        "mien_version": "0.1.0",
        "store": {"name": "interview", "digest": "0123456789abcdef" * 4},
        "protocol": {
            "kind": "subject-exclusive",
            "name": "K1",
            "subjects": parts,
            "rows": {"train": 2000, "validation": 500, "test": len(who)},
        },
        "bootstrap": HOW.block(),
        "headline": headline(last),
        "results": {
            "last": last,
            "chosen": {**last, "step": 900, "chosen_by": "mean F1 on validation subjects"},
        },
    }


def curves() -> dict[str, list[Curve]]:
    """Training curves of two charts."""
    steps = list(range(0, 1200, 20))
    return {
        "loss": [
            Curve(name="L_IN", x=steps, y=[2 * np.exp(-s / 400) + 0.3 for s in steps]),
            Curve(name="L_DN", x=steps, y=[np.exp(-s / 200) + 0.1 for s in steps]),
        ],
        "validation": [
            Curve(name="AU F1", x=steps[::6], y=[0.6 - 0.4 * np.exp(-s / 300) for s in steps[::6]]),
        ],
    }


def embedding() -> EmbeddingMap:
    """Clusters by expression."""
    generator = np.random.default_rng(1)
    expression = generator.integers(0, 7, 400)
    subject = generator.integers(0, 8, 400)
    points = generator.normal(size=(7, 16))[expression] * 2 + generator.normal(size=(400, 16))
    coordinates, shares = principal_components(points)
    return EmbeddingMap(
        coordinates=coordinates.tolist(),
        expression=[facs.EXPRESSIONS_7[each] for each in expression],
        subject=[SUBJECTS[each] for each in subject],
        shares=(float(shares[0]), float(shares[1])),
    )


def picture(seed: int, *, width: int = 112, height: int = 112, caption: str = "") -> Picture:
    """A soft random picture with a face-like oval."""
    generator = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    inside = ((x / width - 0.5) / 0.33) ** 2 + ((y / height - 0.52) / 0.42) ** 2 < 1
    skin, back = generator.integers(90, 230, 3), generator.integers(20, 200, 3)
    image = np.where(inside[..., None], skin, back) + 25 * (x / width)[..., None]
    pixels = np.clip(image, 0, 255).astype(np.uint8)
    return Picture(image=pixels, alt=f"made-up face {seed}", caption=caption)


def faces(start: int, words: str) -> list[Picture]:
    """Six captioned faces."""
    return [picture(start + n, caption=f"S{n:02d}: {words}") for n in range(6)]


def rows(*, seeds: int) -> list[dict]:
    """A results.json."""
    generator = np.random.default_rng(4)
    base = {"clef": 0.61, "clef-no-stage1": 0.57, "image-only": 0.55}
    return [
        {
            "name": name,
            "seed": seed,
            "au_f1": value + 0.01 * generator.normal(),
            "au_auc": value + 0.2 + 0.01 * generator.normal(),
            "expression_uar": value - 0.05 + 0.02 * generator.normal(),
        }
        for name, value in base.items()
        for seed in range(seeds)
    ]


def demo(*, seeds: int = 1) -> Demo:
    """A whole demo."""
    seconds = [n / 12 for n in range(96)]
    units = ("AU1", "AU4", "AU6", "AU12", "AU17", "AU25")
    shape = np.array([[max(0, np.sin(t / 1.3 + k)) for t in seconds] for k in range(6)])
    read = np.clip(shape + np.random.default_rng(0).normal(scale=0.08, size=shape.shape), 0, 1)
    return Demo(
        rows=rows(seeds=seeds),
        metrics={
            "clef": metrics("clef", skill=1.4),
            "clef-no-stage1": metrics("clef-no-stage1", skill=1.0),
            "image-only": metrics("image-only", skill=0.7),
        },
        differences=[
            {
                "score": "au_f1",
                "first": "clef",
                "second": "image-only",
                "value": 0.06,
                "low": 0.02,
                "high": 0.1,
            }
        ],
        steps=[
            ("render", "24 people in 8 activities, 4,800 frames of 112 pixels", 81.2),
            ("clef, stage 1", "activity contrast on all training subjects, labels unused", 190.0),
            ("clef, stage 2", "fine-tuning on 4 labelled subjects", 95.0),
            ("clef-no-stage1", "the same from the initialisation", 94.0),
            ("image-only", "linear head, same subjects", 80.5),
            ("evaluate", "6 subjects that no run has seen", 12.0),
        ],
        facts=[("corpus", "interview: 24 people, 8 activities"), ("labelled", "4 subjects")],
        sheets=[
            picture(200, width=920, height=460, caption="One person, every unit."),
            picture(201, width=920, height=460, caption="Twenty people at rest."),
        ],
        photo=picture(300, width=512, height=512, caption="The astronaut of scikit-image."),
        photo_units=[(f"AU{au}", 0.9 / (1 + au % 5)) for au in facs.DEMO_AUS],
        clip=Clip(
            frames=[picture(310 + n, width=480, height=270, caption=f"{n} s") for n in range(3)],
            seconds=seconds,
            scores={unit: values.tolist() for unit, values in zip(units, read, strict=True)},
            truth={unit: values.tolist() for unit, values in zip(units, shape, strict=True)},
        ),
        embedding=embedding(),
        best=faces(400, "AU6 AU12"),
        worst=faces(500, "missed AU4"),
        version="0.1.0",
    )
