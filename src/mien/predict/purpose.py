"""Why emotions are read: expression output needs a stated purpose.

The EU AI Act, Art. 5(1)(f), prohibits inferring emotions in workplaces and education, but for
medical or safety reasons. A stated purpose is a record and a reminder; it proves nothing.
"""

import re
from collections.abc import Sequence

from mien.errors import MienError
from mien.facs import EXPRESSIONS_8, PROTOTYPES

_WORK = (
    r"workplaces?|at work|work ?force|(?:co)?workers?|employ(?:ees?|ers?|ment)|staff|personnel"
    r"|colleagues?|my team|team ?mates?|offices?|managers?|hiring|recruit\w*|jobs?|applicants?"
    r"|candidates?|trainees?(?:hips?)?|interns?(?:hips?)?|apprentices?(?:hips?)?|human resources"
    r"|call cent(?:re|er)s?"
)
_SCHOOL = (
    r"educat\w*|(?:pre)?schools?|class ?rooms?|students?|pupils?|learners?|teach\w*|tutor\w*|exams?"
    r"|universit\w*|colleges?|campus\w*|kindergartens?|lectures?|lessons?|in class|home ?work"
    r"|seminars?"
)
_PROHIBITED = re.compile(rf"\b({_WORK}|{_SCHOOL})\b", re.IGNORECASE)
_EXEMPT = re.compile(
    r"(?<!non-)(?<!non )(?<!not )(?<!not for )(?<!no )(?<!without )"  # a denial is no reason
    r"\b(?:medical\w*|medicine|clinical\w*|patients?|therap\w*|health\w*|safety)\b",
    re.IGNORECASE,
)
_STEMS = (
    *("afraid", "amus", "ang(?:er|ry)", "annoy", "anxi", "bored", "calm", "confus", "contempt"),
    *("depress", "disgust", "embarrass", "emotion", "excit", "fear", "feel", "fright", "frustrat"),
    *("furi", "grie", "guilt", "happ", "hate", "joy", "mood", "nervous", "pain", "proud", "sad"),
    *("scar(?:e|y)", "sceptic", "shame", "skeptic", "sorrow", "startl", "stress", "surpris"),
    *("terr(?:or|ified)", "upset", "worr"),
)
_EMOTION = re.compile(
    rf"\b(?:{'|'.join((*_STEMS, *PROTOTYPES.keys() - {'neutral'}, *EXPRESSIONS_8[1:]))})\w*",
    re.IGNORECASE,
)


def check_purpose(purpose: str | None, *, what: str = "reading expressions or affect") -> str:
    """The purpose as it goes into the provenance.

    Args:
        purpose: as stated.
        what: needs it, for the message.

    Raises:
        MienError: none is stated, or it names work or education without a medical or safety reason.
    """
    stated = "" if purpose is None else " ".join(purpose.split())
    if not stated:
        raise MienError(
            f"{what} needs a stated purpose",
            remedy="say what for, for example --purpose 'psychology study, consented volunteers'",
        )
    named = _PROHIBITED.search(stated)
    if named and not _EXEMPT.search(stated):
        raise MienError(
            f"the purpose names {named.group(0)!r}: inferring emotions in workplaces and education "
            "is prohibited in the EU (AI Act, Art. 5(1)(f)) except for medical or safety reasons",
            remedy="read action units only, or state the medical or safety reason",
        )
    return stated


def check_phrases(phrases: Sequence[str], purpose: str | None) -> str:
    """See that phrases which name an emotion come with a purpose, as expressions must.

    A list of word stems, which no one should take for complete.

    Returns:
        The purpose as it goes into the provenance; empty where none is needed.

    Raises:
        MienError: one does, and the purpose is missing or prohibited.
    """
    return needed_purpose(purpose, expressions=False, prompts=phrases)


def needed_purpose(purpose: str | None, *, expressions: bool, prompts: Sequence[str]) -> str:
    """The purpose of a reading, where it needs one.

    Args:
        purpose: as stated.
        expressions: whether expressions, valence and arousal are read.
        prompts: phrases that are asked.

    Returns:
        The purpose as it goes into the provenance; empty where none is needed.

    Raises:
        MienError: expressions are read or a phrase names an emotion, and the purpose is missing or
            prohibited.
    """
    if expressions:
        return check_purpose(purpose)
    naming = next((phrase for phrase in prompts if _EMOTION.search(phrase)), None)
    if naming is None:
        return ""
    return check_purpose(purpose, what=f"the phrase {naming!r} names an emotion, and that")
