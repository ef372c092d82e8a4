"""Statements about a face whose truth follows from its units: what free phrases are learnt by.

A statement is a condition on intensities and the wordings of it. Some wordings are kept from
training (`held`), and some statements altogether (`UNSEEN`): by these the answers to free phrases
are judged. Nothing is stated that the labels do not tell.
"""

from dataclasses import dataclass
from typing import Final

from mien.facs.expressions import EXPRESSION_PHRASES, EXPRESSIONS_8
from mien.facs.units import ACTION_UNITS
from mien.facs.wordings import EXPRESSION_WORDINGS, UNIT_WORDINGS

HELD: Final = 2
"""Wordings of each label that are kept from training: the last ones."""


@dataclass(frozen=True, kw_only=True)
class Term:
    """One unit's intensity, the larger side's, lies within limits."""

    unit: int
    least: float = 1.0
    """Lowest intensity."""
    below: float = 6.0
    """The intensity lies below this."""
    lopsided: bool = False
    """And one side is stronger than the other by 1.5 or more."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """Something that is true of a face or not.

    Either `ways` are given, of which one must hold with all its terms, or `expression`.
    """

    name: str
    """Short and unique, for tables."""
    wordings: tuple[str, ...]
    """What a reader learns it by."""
    held: tuple[str, ...] = ()
    """What it is tested by and never sees."""
    ways: tuple[tuple[Term, ...], ...] = ()
    """Conditions on units."""
    expression: str = ""
    """Or the expression that the face is labelled with."""


def _on(*units: int) -> tuple[Term, ...]:
    return tuple(Term(unit=unit) for unit in units)


def _off(*units: int) -> tuple[Term, ...]:
    return tuple(Term(unit=unit, least=0.0, below=1.0) for unit in units)


def _strong(unit: int, least: float) -> Term:
    return Term(unit=unit, least=least)


def _of_units() -> tuple[Statement, ...]:
    found = []
    for unit, said in UNIT_WORDINGS.items():
        known = ACTION_UNITS[unit]
        ways = ((Term(unit=43),), (Term(unit=45),)) if unit == 43 else (_on(unit),)
        found.append(
            Statement(
                name=f"AU{unit}",
                wordings=(known.name, known.description, *said[:-HELD]),
                held=said[-HELD:],
                ways=ways,
            )
        )
    return tuple(found)


def _of_expressions() -> tuple[Statement, ...]:
    return tuple(
        Statement(
            name=name,
            wordings=(name, EXPRESSION_PHRASES[name], *EXPRESSION_WORDINGS[name][:-HELD]),
            held=EXPRESSION_WORDINGS[name][-HELD:],
            expression=name,
        )
        for name in EXPRESSIONS_8
    )


_CLOSED_MOUTH = (*_off(25, 26, 27),)
_STILL_BROWS = _off(1, 2, 4)
_OPEN_EYES = _off(43, 45)

UNIT_STATEMENTS: Final = _of_units()
EXPRESSION_STATEMENTS: Final = _of_expressions()

REGION_STATEMENTS: Final[tuple[Statement, ...]] = (
    Statement(
        name="brows raised",
        ways=(_on(1, 2),),
        wordings=("raised eyebrows", "eyebrows lifted high", "both brows up"),
        held=("eyebrows going up", "high, raised brows"),
    ),
    Statement(
        name="brows at rest",
        ways=(_STILL_BROWS,),
        wordings=("relaxed eyebrows", "eyebrows at rest", "brows that do not move"),
        held=("a calm, smooth brow", "neutral eyebrows"),
    ),
    Statement(
        name="brows worried",
        ways=(_on(1, 4),),
        wordings=("worried eyebrows", "brows raised and drawn together", "a worried brow"),
        held=("anxious-looking eyebrows", "an oblique, troubled brow"),
    ),
    Statement(
        name="mouth closed",
        ways=(_CLOSED_MOUTH,),
        wordings=("closed mouth", "the lips touch each other", "mouth shut"),
        held=("a mouth that is closed", "lips together"),
    ),
    Statement(
        name="mouth open",
        ways=((_strong(25, 1.0),),),
        wordings=("mouth open", "an open mouth", "the lips are apart"),
        held=("a mouth that is open", "an opened mouth"),
    ),
    Statement(
        name="jaw open",
        ways=(_on(26), _on(27)),
        wordings=("jaw open", "the jaw is lowered", "teeth apart and jaw down"),
        held=("the lower jaw hangs down", "an open jaw"),
    ),
    Statement(
        name="smile, lips closed",
        ways=((*_on(12), *_CLOSED_MOUTH),),
        wordings=("a closed-mouth smile", "smiling with closed lips", "a smile without teeth"),
        held=("a tight-lipped smile", "smiling, but the mouth stays shut"),
    ),
    Statement(
        name="smile, lips open",
        ways=(_on(12, 25),),
        wordings=("an open smile", "smiling with parted lips", "a toothy smile"),
        held=("a smile that shows the teeth", "grinning with an open mouth"),
    ),
    Statement(
        name="broad smile",
        ways=((_strong(12, 3.0),),),
        wordings=("a broad smile", "a big smile", "a wide smile"),
        held=("a beaming smile", "smiling from ear to ear"),
    ),
    Statement(
        name="smile with cheeks",
        ways=(_on(6, 12),),
        wordings=("a smile with raised cheeks", "a genuine smile", "a smile that reaches the eyes"),
        held=("a Duchenne smile", "eyes and mouth smile together"),
    ),
    Statement(
        name="no smile",
        ways=(_off(12),),
        wordings=("no smile", "not smiling", "a mouth that does not smile"),
        held=("without a smile", "an unsmiling mouth"),
    ),
    Statement(
        name="laughter",
        ways=((_strong(12, 2.0), *_on(25, 26)),),
        wordings=("laughing", "a laughing mouth", "a laugh with the mouth open"),
        held=("bursting with laughter", "a person laughing out loud"),
    ),
    Statement(
        name="eyes open",
        ways=(_OPEN_EYES,),
        wordings=("eyes open", "open eyes", "the eyes are not closed"),
        held=("both eyes are open", "eyes that are not shut"),
    ),
    Statement(
        name="eyes relaxed",
        ways=((*_OPEN_EYES, *_off(5, 6, 7)),),
        wordings=("relaxed eyes", "eyes normally open", "eyes at rest"),
        held=("calm eyes", "ordinary, untensed eyes"),
    ),
    Statement(
        name="one brow raised",
        ways=((Term(unit=2, lopsided=True),),),
        wordings=(
            "one eyebrow raised",
            "a single raised eyebrow",
            "one brow higher than the other",
        ),
        held=("a quizzically cocked eyebrow", "only one brow goes up"),
    ),
    Statement(
        name="lopsided mouth",
        ways=((Term(unit=12, lopsided=True),), (Term(unit=14, lopsided=True),)),
        wordings=("a lopsided smile", "a smirk", "one corner of the mouth pulled up"),
        held=("a crooked smile", "a half smile on one side"),
    ),
    Statement(
        name="bared teeth",
        ways=(_on(10, 25), _on(16, 25)),
        wordings=("bared teeth", "lips drawn back from the teeth", "a snarling mouth"),
        held=("teeth bared in a snarl", "the teeth are exposed"),
    ),
    Statement(
        name="glare",
        ways=(_on(4, 5), _on(4, 7)),
        wordings=("a glare", "a hard stare under lowered brows", "glaring eyes"),
        held=("a piercing glare", "eyes that glare"),
    ),
    Statement(
        name="nothing moves",
        ways=(_off(1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 16, 17, 18, 20, 22, 23, 24, 25, 43),),
        wordings=("a relaxed face", "a face in which nothing moves", "a still, relaxed face"),
        held=("all facial muscles relaxed", "a face without any movement"),
    ),
)
"""What single regions or several units together look like."""

UNSEEN: Final[tuple[Statement, ...]] = (
    Statement(
        name="eyes shut, brows up",
        ways=((*_on(43), *_on(2)), (*_on(43), *_on(1))),
        wordings=(),
        held=("closed eyes under raised eyebrows", "eyebrows up while the eyes are shut"),
    ),
    Statement(
        name="frown with a smile",
        ways=(_on(4, 12),),
        wordings=(),
        held=("smiling while frowning", "a smile under lowered brows"),
    ),
    Statement(
        name="mouth down, chin up",
        ways=(_on(15, 17),),
        wordings=(),
        held=("a pout with the mouth corners down", "a sulking mouth"),
    ),
    Statement(
        name="wide eyes, open mouth",
        ways=(_on(5, 25),),
        wordings=(),
        held=("wide eyes and an open mouth", "gasping with wide-open eyes"),
    ),
    Statement(
        name="eyes open, smile",
        ways=((*_on(12), *_OPEN_EYES),),
        wordings=(),
        held=("smiling with open eyes", "a smile and open eyes"),
    ),
    Statement(
        name="kiss",
        ways=(_on(18),),
        wordings=(),
        held=("blowing a kiss", "about to kiss somebody"),
    ),
)
"""Statements that no reader is taught, only tested by: combinations and other words."""

TAUGHT: Final = (*UNIT_STATEMENTS, *EXPRESSION_STATEMENTS, *REGION_STATEMENTS)
"""Statements that readers are taught, in the order of their truth's columns."""

TEMPLATES: Final = ("{}", "a photo of a person with {}", "a face with {}")
"""What surrounds a wording while training; a phrase is asked as it is typed."""


def taught_phrases() -> list[str]:
    """The wordings that readers are taught, bare, each once."""
    return list(dict.fromkeys(said for each in TAUGHT for said in each.wordings))
