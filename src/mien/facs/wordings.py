"""How people say what a unit or an expression looks like: wordings to learn from, and to test by.

The words are ours. A reader that is to answer free phrases must not depend on one wording, so
every label has several; the last two of each are kept from training (see `statements`).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

UNIT_WORDINGS: Final[Mapping[int, tuple[str, ...]]] = MappingProxyType(
    {
        1: (
            "inner eyebrows raised",
            "inner corners of the eyebrows pulled up",
            "eyebrows slanting up towards the middle",
            "the inner brows lifted",
            "worried, slanted inner brows",
        ),
        2: (
            "outer eyebrows raised",
            "arched outer brows",
            "the tails of the eyebrows lifted",
            "outer ends of the eyebrows pulled up",
            "the outer brow arched high",
        ),
        4: (
            "a frown between the eyebrows",
            "lowered eyebrows",
            "eyebrows knitted together",
            "brows drawn down",
            "furrowed brows",
            "a scowling brow",
        ),
        5: (
            "eyes wide open",
            "wide eyes",
            "raised upper eyelids",
            "staring, wide-open eyes",
            "widened eyes",
            "eyes opened very wide",
        ),
        6: (
            "raised cheeks",
            "cheeks pushed up under the eyes",
            "crow's feet at the eyes",
            "smiling eyes",
            "cheeks bunched up",
            "creases at the outer corners of the eyes",
        ),
        7: (
            "tightened eyelids",
            "tensed lower eyelids",
            "squinting eyes",
            "narrowed eyes",
            "a squint",
            "eyes narrowed to slits",
        ),
        9: (
            "a wrinkled nose",
            "nose scrunched up",
            "wrinkles on the bridge of the nose",
            "a crinkled nose",
            "the nose screwed up",
        ),
        10: (
            "a raised upper lip",
            "upper lip lifted",
            "upper lip curled up",
            "a sneering upper lip",
            "the upper lip pulled upwards",
        ),
        12: (
            "a smile",
            "smiling mouth",
            "lip corners pulled up",
            "mouth corners raised",
            "a grin",
            "the person smiles",
        ),
        14: (
            "dimpled mouth corners",
            "mouth corners tucked in",
            "dimples beside the mouth",
            "tightened mouth corners",
            "lip corners pressed inwards",
        ),
        15: (
            "mouth corners turned down",
            "downturned mouth",
            "lip corners pulled down",
            "a drooping mouth",
            "the corners of the lips sag downwards",
        ),
        16: (
            "lower lip pulled down",
            "lower teeth showing",
            "a lowered bottom lip",
            "the bottom lip drawn down",
            "bottom teeth visible",
        ),
        17: (
            "a raised chin boss",
            "chin wrinkled and pushed up",
            "a dimpled chin",
            "lower lip pushed up by the chin",
            "a bunched chin",
        ),
        18: (
            "puckered lips",
            "lips pursed for a kiss",
            "a pursed mouth",
            "lips pushed forwards",
            "kissing lips",
        ),
        20: (
            "lips stretched sideways",
            "a mouth stretched wide",
            "mouth corners pulled sideways",
            "a grimace that stretches the mouth",
            "horizontally stretched lips",
        ),
        22: (
            "funnelled lips",
            "lips rounded outwards",
            "flared lips",
            "lips in the shape of an o",
            "the lips form a funnel",
        ),
        23: (
            "tightened lips",
            "thin, tight lips",
            "lips narrowed by tension",
            "tense lips",
            "the lips made thin",
        ),
        24: (
            "pressed lips",
            "lips squeezed together",
            "a firmly pressed mouth",
            "lips pressed tightly shut",
            "the lips clamped together",
        ),
        25: (
            "parted lips",
            "open lips",
            "lips apart",
            "the mouth is open",
            "lips not touching",
            "a gap between the lips",
        ),
        26: (
            "a dropped jaw",
            "jaw hanging open",
            "a lowered jaw",
            "the jaw falls open",
            "a slack, open jaw",
        ),
        27: (
            "mouth wide open",
            "a mouth stretched open as in a scream",
            "a gaping mouth",
            "the mouth opened as far as it goes",
            "a yawning mouth",
        ),
        28: (
            "lips sucked in",
            "lips rolled in over the teeth",
            "hidden lips, drawn into the mouth",
            "lips folded inwards",
            "the lips tucked between the teeth",
        ),
        43: (
            "closed eyes",
            "eyes shut",
            "shut eyelids",
            "both eyes are closed",
            "sleeping eyes",
            "eyelids fully closed",
        ),
    }
)
"""Noun phrases and short sentences by unit; the last two of each are for testing. Blinks (45) are
left out: one picture cannot tell them from shut eyes."""

EXPRESSION_WORDINGS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "neutral": (
            "a neutral face",
            "a blank expression",
            "no expression",
            "an expressionless face",
            "a face at rest",
        ),
        "happiness": (
            "a happy face",
            "a joyful expression",
            "a person who looks happy",
            "a look of delight",
            "a cheerful face",
        ),
        "sadness": (
            "a sad face",
            "a sorrowful expression",
            "a person who looks sad",
            "a look of grief",
            "an unhappy face",
        ),
        "surprise": (
            "a surprised face",
            "an astonished expression",
            "a person who looks surprised",
            "a look of amazement",
            "a startled, surprised look",
        ),
        "fear": (
            "a frightened face",
            "a fearful expression",
            "a person who looks scared",
            "a look of terror",
            "an afraid face",
        ),
        "disgust": (
            "a disgusted face",
            "a look of revulsion",
            "a person who looks disgusted",
            "an expression of distaste",
            "a repelled look",
        ),
        "anger": (
            "an angry face",
            "a furious expression",
            "a person who looks angry",
            "a look of rage",
            "an enraged face",
        ),
        "contempt": (
            "a contemptuous face",
            "a scornful expression",
            "a person who looks disdainful",
            "a look of scorn",
            "a sneer of contempt",
        ),
    }
)
"""Likewise by expression."""
