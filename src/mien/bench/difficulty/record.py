"""The difficulty of a lab as a committed result: tables to read, and what they say."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from mien.bench.difficulty.ladder import BESIDE, RUNGS, STEPS
from mien.bench.difficulty.plan import AUS, IMAGENET, PARTS, SMALL, Plan
from mien.bench.difficulty.prevalences import CORPORA, inside
from mien.bench.record import peak_memory, spread, write_record
from mien.facs import LAB_AUS

Rows = list[tuple[str, ...]]
_NETS: Final = ("random small64", "random MobileNetV2", "ImageNet MobileNetV2")
_ROOM, _PLACES = "other activities, same room", "other places, lights and cameras"
_ASKED: Final = (
    ("interview", "identity", _ROOM),
    ("wild", "identity", f"one picture each; {_PLACES}"),
    ("wild", "identity_known", f"many pictures each; {_PLACES}"),
    ("talking", "identity", _PLACES),
    ("talking", "identity_same_place", "other frames of the same clips"),
)
"""Where identity is asked, under which key, and how."""


def record(plan: Plan, figures: dict[str, Any], folder: Path, *, command: str) -> Path:
    """Write difficulty.json and difficulty.md to a folder of results, and return the page."""
    return write_record(
        folder,
        "difficulty",
        title=f"How hard {plan.release.name} is",
        command=command,
        figures={
            **figures,
            "plan": {
                "release": plan.release.name,
                "size": plan.release.size,
                "seeds": plan.seeds,
                "units": list(AUS),
                "few": dict(plan.few),
                "few_steps": plan.few_steps,
                "steps": plan.steps,
                "batch": plan.batch,
            },
            "peak_memory_mb": peak_memory(),
        },
        tables=tables(plan, figures),
        notes=notes(plan, figures),
    )


def tables(plan: Plan, figures: dict[str, Any]) -> list[tuple[str, Sequence[str], Rows]]:
    """Caption, header and rows of every table."""
    seeds = f"mean ± standard deviation over {plan.seeds} seeds"
    heads = ("rung", *(f"{part} AUC / F1" for part in PARTS))
    return [
        (
            "Identity: pictures whose person a linear probe of a frozen encoder guesses",
            (*("scenario", "learnt and tried on", "people", "chance"),
             *(f"{net}{what}" for what in ("", ", same-person AUC") for net in _NETS)),
            [_identity(part, split, figures[part][key]) for part, key, split in _ASKED],
        ),
        (
            "Activity: what it tells of the face (interview)",
            ("figure", "value", "chance"),
            _activity(figures["interview"]["activity"]),
        ),
        ("Frames that show little", ("share of frames", *PARTS), _little(figures)),
        (
            f"Reading {len(AUS)} units of unseen people, {seeds}",
            heads,
            [_rung(rung.name, figures) for rung in (*RUNGS, *BESIDE)],
        ),
        (
            "What each step adds to AUC, paired by seed",
            ("step", *PARTS),
            [_step(place, figures) for place in range(len(STEPS))],
        ),
        (
            "Share of frames with each unit, and in published corpora (ranges from memory)",
            ("unit", *PARTS, *(f"{part}, 2 or more" for part in PARTS),
             *(corpus.name for corpus in CORPORA)),
            [_prevalence(unit, figures) for unit in LAB_AUS],
        ),
    ]  # fmt: skip


def notes(plan: Plan, figures: dict[str, Any]) -> list[str]:
    """What the tables say, in sentences."""
    little = ", ".join(f"{plan.few[part]} ({part})" for part in PARTS)
    found = [_verdict(part, figures[part]["steps"]["auc"]) for part in PARTS]
    found.append(_near(figures["interview"]["faces"]["prevalence"]))
    found.append(
        f"Few labels: those of so many people: {little}. Every seed has a split, weights and "
        "batches of its own; test people were seen by no rung. Probes take the best of three "
        "penalties on validation people; fine-tuning starts from ImageNet weights and learns from "
        f"validation people too, {plan.few_steps} steps of {plan.batch} with few labels and "
        f"{plan.steps} with all."
    )
    found.append(
        "From units: a forest reads the true intensities of all units of unseen people; its "
        "cross-entropy bounds the mutual information from below."
    )
    found.append(
        "Base rates of published corpora are quoted from memory, as ranges, and were not checked "
        "against the corpora."
    )
    return found


def _identity(part: str, split: str, nets: dict[str, Any]) -> tuple[str, ...]:
    known = nets[IMAGENET]
    drawn = [
        [each for net, each in nets.items() if net.startswith(name)]
        for name in (f"{SMALL}-", "random-", IMAGENET)
    ]
    cells = [
        spread([each[score] for each in some])
        for score in ("accuracy", "same_person_auc")
        for some in drawn
    ]
    return (part, split, str(known["people"]), f"{known['chance']:.1%}", *cells)


def _activity(said: dict[str, Any]) -> Rows:
    chance = f"{said['chance']:.3f}"
    ranked = sorted(said["unit_bits"].items(), key=lambda each: -each[1])
    told = ", ".join(f"AU{unit} {bits:.3f}" for unit, bits in ranked[:5])
    top = max(said["subject_bits"].items(), key=lambda each: each[1])
    return [
        ("the activity's emotion is the strongest felt, share of frames",
         f"{said['on_target']:.3f}", ""),
        ("activity guessed from all true intensities", spread(said["from_units"]), chance),
        ("bits of activity in all true intensities, at least", spread(said["bits"]), "0"),
        ("bits that activity and expression label share", f"{said['expression_bits']:.3f}", "0"),
        ("bits that activity and a unit share, the five largest", told, "0"),
        ("bits that subject and a unit share, the largest", f"AU{top[0]} {top[1]:.3f}", "0"),
        ("activity guessed from pixels by a probe of the frozen ImageNet encoder",
         spread(said["from_pixels"]), chance),
    ]  # fmt: skip


def _little(figures: dict[str, Any]) -> Rows:
    faces = {part: figures[part]["faces"] for part in PARTS}
    return [
        ("expression label neutral",
         *(f"{faces[part]['expressions'].get('neutral', 0.0):.3f}" for part in PARTS)),
        ("none of BP4D's twelve units at 1 or more",
         *(f"{faces[part]['none_of_bp4d']:.3f}" for part in PARTS)),
        ("none of DISFA's eight units at 2 or more",
         *(f"{faces[part]['none_of_disfa_2']:.3f}" for part in PARTS)),
    ]  # fmt: skip


def _rung(name: str, figures: dict[str, Any]) -> tuple[str, ...]:
    cells = [name]
    for part in PARTS:
        found = figures[part]["ladder"][name]
        scores = [spread([each[score] for each in found]) for score in ("auc", "f1")]
        cells.append(" / ".join(scores))
    return tuple(cells)


def _step(place: int, figures: dict[str, Any]) -> tuple[str, ...]:
    steps = [figures[part]["steps"]["auc"][place] for part in PARTS]
    cells = [
        f"{each['mean']:+.3f} ± {each['deviation']:.3f}, least {each['least']:+.3f}"
        for each in steps
    ]
    return (f"{steps[0]['from']} → {steps[0]['to']}", *cells)


def _prevalence(unit: int, figures: dict[str, Any]) -> tuple[str, ...]:
    mine = [
        f"{figures[part]['faces'][key][str(unit)]:.2f}"
        for key in ("prevalence", "prevalence_2")
        for part in PARTS
    ]
    known = [
        "{:.2f}-{:.2f}".format(*corpus.units[unit]) if unit in corpus.units else ""
        for corpus in CORPORA
    ]
    return (str(unit), *mine, *known)


def _verdict(part: str, steps: list[dict[str, Any]]) -> str:
    unclear = [f"{each['from']} → {each['to']}" for each in steps if not each["clear"]]
    if not unclear:
        return f"{part}: every step up is above the deviation over seeds and no seed falls."
    return f"{part}: not clear beyond seed noise: {'; '.join(unclear)}."


def _near(prevalence: dict[str, float]) -> str:
    known = CORPORA[0].units
    near = [unit for unit, bounds in known.items() if inside(prevalence[str(unit)], bounds)]
    return (
        f"interview: {len(near)} of BP4D's {len(known)} units occur as often as there, within "
        "0.05 of the range."
    )
