"""What the activity label tells of the face, how many frames show nothing, and who shows what."""

from typing import Any

import numpy as np
from jaxtyping import Float32, Int64

from mien.bench.difficulty.plan import IMAGENET, Plan, frozen_features
from mien.bench.questions.forest import forest_probabilities
from mien.bench.questions.linear import ridge_guess, standardised
from mien.data.store import Store
from mien.engine.parts import parts
from mien.facs import BP4D, DISFA8, LAB_AUS, intensity_column
from mien.lab.shows.describe import describe
from mien.recipes.run import DataPlan


def faces(plan: Plan, part: str) -> dict[str, Any]:
    """Shares of frames by unit, expression, and of frames that show nothing."""
    with plan.open_store(part) as store:
        strength = unit_strength(store)
        expression = store.column("expression")
    twelve, eight = ([LAB_AUS.index(unit) for unit in units] for units in (BP4D.aus, DISFA8.aus))
    names, counts = np.unique(expression.astype(str), return_counts=True)
    return {
        "frames": len(strength),
        "prevalence": dict(zip(map(str, LAB_AUS), _shares(strength >= 1.0), strict=True)),
        "prevalence_2": dict(zip(map(str, LAB_AUS), _shares(strength >= 2.0), strict=True)),
        "expressions": {n: int(c) / len(strength) for n, c in zip(names, counts, strict=True)},
        "none_of_bp4d": float(np.mean((strength[:, twelve] < 1.0).all(axis=1))),
        "none_of_disfa_2": float(np.mean((strength[:, eight] < 2.0).all(axis=1))),
    }


def activity(plan: Plan, part: str) -> dict[str, Any]:
    """Bits that activity and units share, unit by unit and all together, and guesses of activity.

    Together: a forest reads all true intensities of unseen people; log2 of the number of activities
    less its cross-entropy in bits is a lower bound of the mutual information.
    """
    place = plan.release.part(part)
    said = describe(place.scenario, seed=place.seed)
    features = frozen_features(plan, part, IMAGENET)
    with plan.open_store(part) as store:
        strength = unit_strength(store)
        _, kinds = np.unique(store.column("activity"), return_inverse=True)
        guesses = [_guess(store, strength, kinds, features, seed) for seed in range(plan.seeds)]
    return {
        "activities": int(kinds.max()) + 1,
        "chance": 1.0 / (int(kinds.max()) + 1),
        "on_target": said.target,
        "unit_bits": {str(unit): bits for unit, bits in said.unit_information.items()},
        "subject_bits": {str(unit): bits for unit, bits in said.subject_information.items()},
        "expression_bits": said.expression_information,
        "from_units": [each["from_units"] for each in guesses],
        "bits": [each["bits"] for each in guesses],
        "from_pixels": [each["from_pixels"] for each in guesses],
    }


def unit_strength(store: Store) -> Float32[np.ndarray, "row unit"]:
    """Intensities of the lab's units."""
    columns = [store.column(intensity_column(unit)) for unit in LAB_AUS]
    return np.stack(columns, axis=1).astype(np.float32)


def _guess(
    store: Store,
    strength: Float32[np.ndarray, "row unit"],
    kinds: Int64[np.ndarray, " row"],
    features: Float32[np.ndarray, "row dim"],
    seed: int,
) -> dict[str, float]:
    rows = parts(DataPlan(fold=seed % 3, split_seed=seed), store).rows
    train = np.concatenate([rows["train"], rows["validation"]])
    test = rows["test"]
    count = int(kinds.max()) + 1
    chances = forest_probabilities(
        strength[train],
        kinds[train],
        strength[test],
        classes=count,
        generator=np.random.default_rng(seed),
    )
    of_truth = chances[np.arange(len(test)), kinds[test]]
    pixels = standardised(features, train)
    said = ridge_guess(pixels[train], kinds[train], pixels[test])
    return {
        "from_units": float((chances.argmax(axis=1) == kinds[test]).mean()),
        "bits": float(np.log2(count) + np.log2(np.maximum(of_truth, 1e-9)).mean()),
        "from_pixels": float((said == kinds[test]).mean()),
    }


def _shares(present: np.ndarray) -> list[float]:
    return [float(share) for share in present.mean(axis=0)]
