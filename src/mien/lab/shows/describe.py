"""What a scenario holds, in figures, without rendering a pixel."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from jaxtyping import Bool, Int64

from mien.facs import LAB_AUS
from mien.lab.acting.elicit import EMOTIONS
from mien.lab.scenario import Scenario

BP4D_PREVALENCE: Final[Mapping[int, float]] = MappingProxyType(
    {
        1: 0.21,
        2: 0.17,
        4: 0.20,
        6: 0.46,
        7: 0.55,
        10: 0.59,
        12: 0.56,
        14: 0.47,
        15: 0.17,
        17: 0.34,
        23: 0.17,
        24: 0.15,
    }
)
"""Share of BP4D's coded frames with each unit; quoted from memory, approximate."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Description:
    """Figures of one scenario and seed."""

    scenario: str
    seed: int
    frames: int
    subjects: int
    activities: int
    prevalence: Mapping[int, float]
    """Share of frames with an intensity of 1 or more, per unit."""
    expressions: Mapping[str, float]
    """Share of frames per expression; "" is a state that has no class."""
    target: float
    """Share of frames in which the strongest state is the activity's, felt at 0.1 or more."""
    unit_information: Mapping[int, float]
    """Mutual information of activity and occurrence, bits, less the bias of chance."""
    expression_information: float
    """Mutual information of activity and expression label, bits, less the bias of chance."""
    subject_information: Mapping[int, float]
    """Mutual information of subject and occurrence, bits, less the bias of chance."""
    guess: float
    """Share of held-out frames whose activity is guessed from all units' occurrence (naive Bayes,
    trained on every second subject). Chance is 1 / activities."""

    def __repr__(self) -> str:
        return f"Description({self.scenario}, seed {self.seed}, {self.frames} frames)"

    def markdown(self) -> str:
        """A few sentences and two tables: units, then expressions.

        Columns on activities are left out where there are none.
        """
        several = self.activities > 1
        head = ["unit", "share of frames"]
        head += ["BP4D (approx.)", "bits with activity", "bits with subject"] if several else []
        rows = [[str(unit), f"{share:.2f}"] for unit, share in self.prevalence.items()]
        for row, unit in zip(rows if several else [], self.prevalence, strict=False):
            real = BP4D_PREVALENCE.get(unit)
            row += ["" if real is None else f"{real:.2f}", f"{self.unit_information[unit]:.3f}"]
            row += [f"{self.subject_information[unit]:.3f}"]
        shares = [
            [name or "(no class)", f"{share:.3f}"] for name, share in self.expressions.items()
        ]
        tables = [_table(head, rows), _table(["expression", "share of frames"], shares)]
        return "\n\n".join([self._summary(), *tables])

    def _summary(self) -> str:
        summary = f"{self.frames} frames of {self.subjects} subjects, seed {self.seed}."
        if self.activities <= 1:
            return summary
        return (
            f"{summary}\n"
            f"The activity's own emotion is felt in {self.target:.0%} of the frames.\n"
            f"Activity and expression share {self.expression_information:.2f} bits of "
            f"{np.log2(self.activities):.1f}.\n"
            f"From the units alone the activity is guessed for {self.guess:.1%} of the frames of "
            f"held-out subjects (chance {1 / self.activities:.1%})."
        )


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def describe(scenario: Scenario, *, seed: int = 0) -> Description:
    """Measure prevalence, expression shares and how much the activity tells, from the plan alone.

    Args:
        scenario: what to measure; all of its clips are performed, none is rendered.
        seed: of the corpus.
    """
    plan = scenario.clips(seed)
    present: list[Bool[np.ndarray, "frame unit"]] = []
    expressions: list[str] = []
    on_target = 0
    for clip in plan:
        states = scenario.states(clip)
        present.append(states.intensity.max(axis=2).astype(np.float32) >= 1.0)
        expressions += scenario.expressions(states)
        on_target += _on_target(clip.emotion, states.emotion, states.felt >= 0.1)
    counts = [clip.frames for clip in plan]
    activity = np.repeat(_codes([clip.activity for clip in plan]), counts)
    subject = np.repeat(np.array([clip.person for clip in plan]), counts)
    units = np.concatenate(present)
    shares = Counter(expressions)
    return Description(
        scenario=scenario.name,
        seed=seed,
        frames=len(units),
        subjects=len(np.unique(subject)),
        activities=len(np.unique(activity)),
        prevalence={unit: float(units[:, row].mean()) for row, unit in enumerate(LAB_AUS)},
        expressions={name: count / len(units) for name, count in shares.most_common()},
        target=on_target / len(units),
        unit_information=_informations(activity, units),
        expression_information=information(activity, _codes(expressions)),
        subject_information=_informations(subject, units),
        guess=_guess(activity, subject, units),
    )


def information(one: Int64[np.ndarray, " frame"], other: Int64[np.ndarray, " frame"]) -> float:
    """Mutual information of two columns of codes, in bits, not below 0.

    Plug-in estimate less its first-order bias (Miller and Madow): (r − 1)(c − 1) / (2 n ln 2).
    Frames of one clip are alike, so that the true bias is larger.
    """
    table = np.zeros((int(one.max()) + 1, int(other.max()) + 1))
    np.add.at(table, (one, other), 1.0)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    joint = table / len(one)
    expected = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    some = joint > 0
    bits = float(np.sum(joint[some] * np.log2(joint[some] / expected[some])))
    rows, columns = table.shape
    return max(bits - (rows - 1) * (columns - 1) / (2.0 * len(one) * np.log(2.0)), 0.0)


def _informations(
    codes: Int64[np.ndarray, " frame"], units: Bool[np.ndarray, "frame unit"]
) -> dict[int, float]:
    return {
        unit: information(codes, units[:, row].astype(np.int64)) for row, unit in enumerate(LAB_AUS)
    }


def _guess(
    activity: Int64[np.ndarray, " frame"],
    subject: Int64[np.ndarray, " frame"],
    units: Bool[np.ndarray, "frame unit"],
) -> float:
    train, test = subject % 2 == 0, subject % 2 == 1
    if not train.any() or not test.any():
        return float("nan")
    kinds = np.unique(activity[train])
    score = []
    for kind in kinds:
        chosen = units[train & (activity == kind)]
        rate = (chosen.sum(axis=0) + 1.0) / (len(chosen) + 2.0)
        log_odds = np.where(units[test], np.log(rate), np.log1p(-rate))
        score.append(log_odds.sum(axis=1))
    return float(np.mean(kinds[np.argmax(score, axis=0)] == activity[test]))


def _on_target(
    emotion: str, strongest: Int64[np.ndarray, " frame"], enough: Bool[np.ndarray, " frame"]
) -> int:
    if emotion not in EMOTIONS:
        return 0
    return int(np.sum((strongest == EMOTIONS.index(emotion)) & enough))


def _codes(words: list[str]) -> Int64[np.ndarray, " word"]:
    return np.unique(words, return_inverse=True)[1].astype(np.int64)
