"""Action units: number, name, muscle, a phrase for prompts and a sentence on what is seen.

The numbers, names and muscles are common knowledge of the Facial Action Coding System (Ekman and
Friesen, 1978; Ekman, Friesen and Hager, 2002); every phrase and sentence is in our own words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, kw_only=True)
class ActionUnit:
    """One facial action unit.

    Units outside `LAB_AUS` carry a name only: their other fields are empty strings.
    """

    number: int
    """FACS number, such as 12."""
    name: str
    """Short name, such as "lip corner puller": the label name N of text-driven methods."""
    muscle: str
    """Muscle or muscles that act (Latin, short form)."""
    description: str
    """Noun phrase that fills a description template: the description D of such methods."""
    look: str
    """What an onlooker sees, as a full sentence, for people rather than for prompts."""


def _unit(
    number: int, name: str, muscle: str = "", description: str = "", look: str = ""
) -> tuple[int, ActionUnit]:
    return number, ActionUnit(
        number=number, name=name, muscle=muscle, description=description, look=look
    )


_UNITS = (
    _unit(
        1,
        "inner brow raiser",
        "medial frontalis",
        "the inner ends of the brows drawn up and short lines across the middle of the forehead",
        "The inner ends of the brows rise, often into a slant, and the mid-forehead creases.",
    ),
    _unit(
        2,
        "outer brow raiser",
        "lateral frontalis",
        "the outer parts of the brows arched upwards and lines on the sides of the forehead",
        "The outer halves of the brows arch and the sides of the forehead crease.",
    ),
    _unit(
        4,
        "brow lowerer",
        "corrugator supercilii, depressor supercilii",
        "brows pulled down and together with frown lines between them",
        "The brows sink and close in on each other; upright lines form between them.",
    ),
    _unit(
        5,
        "upper lid raiser",
        "levator palpebrae superioris",
        "eyes opened wide with the upper lids lifted and white showing above the iris",
        "The upper lids rise, so that more of the iris, or white above it, shows.",
    ),
    _unit(
        6,
        "cheek raiser",
        "orbicularis oculi, orbital part",
        "cheeks lifted towards the eyes and crow's feet beside them",
        "The cheeks rise, the skin around the eyes gathers and crow's feet appear.",
    ),
    _unit(
        7,
        "lid tightener",
        "orbicularis oculi, palpebral part",
        "tense eyelids and eyes narrowed by a raised lower lid",
        "The lids tense, the lower one rises and straightens, and the eye opening narrows.",
    ),
    _unit(
        9,
        "nose wrinkler",
        "levator labii superioris alaeque nasi",
        "wrinkles over the bridge of the nose and lifted nostril wings",
        "The sides of the nose rise and wrinkle, which drags the inner brows down a little.",
    ),
    _unit(
        10,
        "upper lip raiser",
        "levator labii superioris",
        "the upper lip lifted at its middle and a deep, bent fold from nose to mouth",
        "The upper lip rises, most beside the middle, and the nose-to-mouth fold deepens.",
    ),
    _unit(
        11,
        "nasolabial deepener",
        "zygomaticus minor",
        "a deepened upper part of the fold beside the nose",
        "The upper and middle part of the fold beside the nose deepens.",
    ),
    _unit(
        12,
        "lip corner puller",
        "zygomaticus major",
        "the corners of the mouth pulled outwards and up, as in a smile",
        "The corners of the mouth travel up and out towards the cheekbones: a smile.",
    ),
    _unit(13, "sharp lip puller"),
    _unit(
        14,
        "dimpler",
        "buccinator",
        "tight mouth corners pressed inwards with dimples beside them",
        "The corners of the mouth tighten and tuck in; a dimple or bulge forms beside them.",
    ),
    _unit(
        15,
        "lip corner depressor",
        "depressor anguli oris",
        "the corners of the mouth turned down",
        "The corners of the mouth are dragged down and the lower lip stretches.",
    ),
    _unit(
        16,
        "lower lip depressor",
        "depressor labii inferioris",
        "the lower lip pulled down so that the lower teeth show",
        "The lower lip is drawn down and flattened; lower teeth or gum may show.",
    ),
    _unit(
        17,
        "chin raiser",
        "mentalis",
        "the chin pushed up and dimpled with the lower lip rising",
        "The chin boss rises and wrinkles and pushes the lower lip up.",
    ),
    _unit(
        18,
        "lip pucker",
        "incisivii labii superioris and inferioris",
        "lips drawn together and pushed forwards as for a kiss",
        "The mouth narrows and the lips come forwards with small upright creases.",
    ),
    _unit(19, "tongue show"),
    _unit(
        20,
        "lip stretcher",
        "risorius, platysma",
        "the corners of the mouth stretched straight sideways with flattened lips",
        "The mouth widens level, the lips flatten and the skin beside them stretches.",
    ),
    _unit(
        22,
        "lip funneler",
        "orbicularis oris",
        "lips flared outwards like a funnel",
        "The lips turn outwards and forwards, so that more of their red and the teeth may show.",
    ),
    _unit(
        23,
        "lip tightener",
        "orbicularis oris",
        "tight, narrow lips with little red showing",
        "The lips tense and grow thin, as if a string around the mouth were pulled.",
    ),
    _unit(
        24,
        "lip pressor",
        "orbicularis oris",
        "lips pressed firmly together",
        "Closed lips press on each other and flatten.",
    ),
    _unit(
        25,
        "lips part",
        "depressor labii inferioris, or relaxed mentalis or orbicularis oris",
        "lips apart with a gap between them",
        "The lips separate; the teeth need not.",
    ),
    _unit(
        26,
        "jaw drop",
        "relaxed masseter, temporalis and medial pterygoid",
        "the jaw hanging loosely and the teeth apart",
        "The jaw falls by relaxing, so that a space opens between the teeth.",
    ),
    _unit(
        27,
        "mouth stretch",
        "lateral pterygoids, digastric",
        "the mouth stretched wide open with the jaw pulled far down",
        "The jaw is pulled down by force and the mouth stands tall and open.",
    ),
    _unit(
        28,
        "lip suck",
        "orbicularis oris",
        "lips rolled inwards over the teeth",
        "The lips are drawn in and the skin around them stretches over the teeth.",
    ),
    _unit(29, "jaw thrust"),
    _unit(30, "jaw sideways"),
    _unit(31, "jaw clencher"),
    _unit(32, "lip bite"),
    _unit(33, "cheek blow"),
    _unit(34, "cheek puff"),
    _unit(35, "cheek suck"),
    _unit(36, "tongue bulge"),
    _unit(37, "lip wipe"),
    _unit(38, "nostril dilator"),
    _unit(39, "nostril compressor"),
    _unit(
        43,
        "eyes closed",
        "relaxed levator palpebrae superioris",
        "eyes shut with the lids resting together",
        "Both lids meet and stay shut longer than a blink.",
    ),
    _unit(
        45,
        "blink",
        "relaxed levator palpebrae superioris, then orbicularis oculi, palpebral part",
        "eyes closed for an instant in a blink",
        "The lids close and open again at once; one frame alone cannot tell it from closed eyes.",
    ),
)

ACTION_UNITS: Final[Mapping[int, ActionUnit]] = MappingProxyType(dict(_UNITS))
"""Every unit the house has a column for, by number, in ascending order."""

LAB_AUS: Final[tuple[int, ...]] = (
    *(1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 16, 17, 18, 20),
    *(22, 23, 24, 25, 26, 27, 28, 43, 45),
)
"""The 24 units that the synthetic lab animates, in the order of its arrays."""

SIDES: Final[tuple[str, str]] = ("left", "right")
"""Sides in the order of the lab's arrays; left is the subject's left."""
