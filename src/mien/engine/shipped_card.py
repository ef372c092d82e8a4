"""The model card: what the shipped model is, how well it reads whom, and what it is not for."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from mien.engine.shipped_pack import Packed
from mien.facs import ACTION_UNITS

_USE: Final = """## What it is for, and what not

It says what facial muscles seem to do on a picture: action units with probability and intensity,
and, where somebody asks for them with a purpose, expressions, valence and arousal. It answers
phrases about a face. It is for research and for tools that people use on themselves.

- An expression is not a feeling. Nothing here is evidence of what a person feels, thinks, intends,
  or whether they tell the truth.
- Not for decisions about people, not for identifying them, and not at work or in education except
  for medical or safety reasons (EU AI Act, Art. 5).
- Not for diagnosing anybody, and not for watching people who do not know of it.
- No certified FACS coding. Use it as one coder among several, and check it on pictures like yours.
"""
_DATA: Final = """## What it was trained on

On rendered people alone: heads of the project's synthetic lab, whose geometry is CC0 (MakeHuman
data), with exact labels. No photograph of anybody, labelled or not, was used, save by three
networks that others trained and this model starts from or listens to: MobileNetV2's weights from
ImageNet, the FaceLandmarker that finds landmarks and blendshape scores, and the sentence encoder
bge-small-en-v1.5. Thresholds and probabilities were fitted on people of the lab who were not
trained on. No real photograph was used for that.
"""
_LIMITS: Final = """## Limits

- Rendered people are not people. The lab has no freckles of one's own, no tears, no make-up as
  people wear it; how a unit looks on a face unlike the lab's is not known.
- No figure above is of a real person. How the finished model reads photographs of people is
  measured apart, by `mien bench shipped`: three units, 400 old grey photographs of 40 people,
  mostly young, male and fair-skinned. Of other real people nothing is known.
- Groups of the table are groups of rendered people: they tell of unequal pictures, not of unequal
  treatment of real people.
- A single picture cannot tell a blink from shut eyes: both are 43.
- Probabilities hold for the lab's share of acting faces; where a unit is rarer, they are too high.
- Below about 40 pixels between the outer eye corners, far from frontal, or blurred: read with care.
"""


def card(packed: Packed, figures: Mapping[str, Any]) -> str:
    """The card as Markdown.

    Args:
        packed: the bundle.
        figures: `measured.json`: `held_out`, `second_look`, each with and without geometry, and
            `asked`.
    """
    described = packed.description
    inputs = "pixels, landmarks and blendshape scores" if described.geometry else "pixels alone"
    units = ", ".join(map(str, described.aus))
    lead = [
        f"# {described.name}",
        "",
        (
            f"Reads action units {units} from {inputs}, at {described.size} pixels; made by "
            f"mien {described.mien_version}, licence {described.licence}."
        ),
        "",
    ]
    return "\n".join(
        [*lead, _USE, _DATA, *_stores(packed), "", *_quality(packed, figures), _LIMITS]
    )


def _stores(packed: Packed) -> list[str]:
    parts = packed.data.parts
    shown = ", ".join(
        f"{len(part)} pictures of {len(part.targets.subjects)} people ({name})"
        for name, part in parts.items()
        if len(part)
    )
    return [f"Store `{packed.data.store.facts.name}`: {shown}; part test is for calibration."]


def _quality(packed: Packed, figures: Mapping[str, Any]) -> list[str]:
    lines = ["## How well it reads", ""]
    lines += [
        (
            "Rendered people whose identities, skins, lights and cameras are not in the training "
            "pool. The second look is another renderer's; F1 at the bundle's thresholds."
        ),
        "",
    ]
    for each in (overall, by_unit, by_group):
        lines += [*table(*each(figures)), ""]
    if "asked" in figures:
        lines += ["Phrases, on the same held-out people:", "", *table(*by_phrase(figures)), ""]
    few = f"Packed with {packed.bits} bits; measured on people kept for calibration:"
    lines += [few, ""]
    lines += table(
        ("bits", "MB", "mean F1", "change", "farthest probability"),
        [
            (
                str(each.bits),
                f"{each.bytes / 1e6:.1f}",
                f"{each.mean_f1:.4f}",
                f"{each.change:+.4f}",
                f"{each.farthest:.4f}",
            )
            for each in packed.precisions
        ],
    )
    return [*lines, ""]


Rows = tuple[Sequence[str], Sequence[Sequence[str]]]
"""Header and rows."""


def overall(figures: Mapping[str, Any]) -> Rows:
    """One row per test: mean F1, AUC and ICC of units, expressions, affect."""
    header = ("tested on", "inputs", "pictures", "mean F1", "mean AUC", "mean ICC", "UAR", "CCC")
    rows = [
        (
            name.replace("_", " "),
            inputs,
            str(each["pictures"]),
            *(shown(each[f"mean_{what}"]) for what in ("f1", "auc", "icc")),
            shown(each["expression_uar"]),
            shown(each["affect_ccc"]),
        )
        for name in ("held_out", "second_look")
        for inputs, each in figures.get(name, {}).items()
    ]
    peers = figures.get("blendshapes")
    if peers:
        mean = shown(peers["mean_auc"])
        rows.append(("held out", f"blendshapes alone, {len(peers['auc'])} units", *(
            "", "", mean, "", "", ""
        )))  # fmt: skip
    return header, rows


def by_unit(figures: Mapping[str, Any]) -> Rows:
    """One row per unit, with all inputs, beside the blendshape that comes nearest."""
    held, look = _best(figures["held_out"]), _best(figures["second_look"])
    peers = figures.get("blendshapes", {}).get("auc", {})
    header = ("unit", "name", "positives", "F1", "AUC", "ICC", "AUC, second look", "blendshape AUC")
    rows = [
        (
            unit,
            ACTION_UNITS[int(unit.removeprefix("AU"))].name,
            str(each["positives"]),
            *(shown(each[what]) for what in ("f1", "auc", "icc")),
            shown(look["units"][unit]["auc"]),
            shown(peers.get(unit)),
        )
        for unit, each in held["units"].items()
    ]
    return header, rows


def by_group(figures: Mapping[str, Any]) -> Rows:
    """One row per group of people."""
    header = ("group", "pictures", "mean F1", "mean AUC")
    rows = [
        (name, str(each["pictures"]), shown(each["mean_f1"]), shown(each["mean_auc"]))
        for name, each in _best(figures["held_out"])["groups"].items()
    ]
    return header, rows


def by_phrase(figures: Mapping[str, Any]) -> Rows:
    """One row per kind of phrase."""
    header = ("phrases", "number", "mean AUC", "calibration error")
    rows = [
        (kind, str(each["phrases"]), shown(each["mean_auc"]), shown(each["calibration_error"]))
        for kind, each in figures["asked"].items()
    ]
    return header, rows


def shown(value: float | None) -> str:
    """A figure in three places; empty if it is not defined."""
    return "" if value is None else f"{value:.3f}"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a Markdown table."""
    return [f"| {' | '.join(each)} |" for each in (header, ["---"] * len(header), *rows)]


def _best(each: Mapping[str, Any]) -> Mapping[str, Any]:
    """With all inputs, where there are more than pixels."""
    return each.get("pixels and geometry", each.get("pixels", {}))
