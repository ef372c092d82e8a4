"""Why emotions are read: expression output needs a stated purpose.

The EU AI Act, Art. 5(1)(f), prohibits inferring emotions in workplaces and education, but for
medical or safety reasons. A stated purpose is a record and a reminder; it proves nothing.
"""

import re

from mien.errors import MienError

_WORK = r"workplaces?|at work|work ?force|workers?|employ(ees?|ers?|ment)|staff|hiring|recruit\w*"
_SCHOOL = (
    r"educat\w*|schools?|class ?rooms?|students?|pupils?|teach\w*|exams?|universit\w*|lectures?"
)
_PROHIBITED = re.compile(rf"\b({_WORK}|{_SCHOOL})\b", re.IGNORECASE)
_EXEMPT = re.compile(
    r"\b(medical\w*|medicine|clinical\w*|patients?|therap\w*|health\w*|safety)\b", re.IGNORECASE
)


def check_purpose(purpose: str | None) -> str:
    """The purpose as it goes into the provenance.

    Raises:
        MienError: none is stated, or it names work or education without a medical or safety reason.
    """
    stated = "" if purpose is None else " ".join(purpose.split())
    if not stated:
        raise MienError(
            "reading expressions or affect needs a stated purpose",
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
