"""Label names, descriptions and activities as prompts.

Templates and the activity sentence are those of CLEF's poster; the words put into them are ours
(`mien.facs`).
"""

from collections.abc import Sequence
from random import Random

from mien import facs
from mien.errors import MienError

ABSENT_TEMPLATE = "a photo of a person without {}"
"""The counterpart of the first name template, for the present/absent form (our choice)."""


def unit_names(aus: Sequence[int], *, template: str = facs.NAME_TEMPLATES[0]) -> list[str]:
    """One prompt per unit with its name, such as "a photo of a person with brow lowerer"."""
    return [template.format(facs.ACTION_UNITS[au].name) for au in aus]


def expression_names(
    expressions: Sequence[str], *, template: str = facs.NAME_TEMPLATES[0]
) -> list[str]:
    """One prompt per expression with its name, such as "… with an expression of anger"."""
    return [template.format(facs.EXPRESSION_PHRASES[name]) for name in expressions]


def unit_descriptions(aus: Sequence[int], *, seed: int | None) -> list[str]:
    """One prompt per unit with what it looks like (see `describe`)."""
    return describe([facs.ACTION_UNITS[au].description for au in aus], seed=seed)


def expression_descriptions(expressions: Sequence[str], *, seed: int | None) -> list[str]:
    """One prompt per expression with what it looks like (see `describe`)."""
    return describe([facs.EXPRESSION_DESCRIPTIONS[name] for name in expressions], seed=seed)


def describe(descriptions: Sequence[str], *, seed: int | None) -> list[str]:
    """Put each description into a template.

    Args:
        descriptions: noun phrases.
        seed: draws a template for each description independently (the paper pairs them at
            random; how often it draws is not known to us); None uses the first template for all.
    """
    if seed is None:
        return [facs.DESCRIPTION_TEMPLATES[0].format(each) for each in descriptions]
    draw = Random(seed)
    return [draw.choice(facs.DESCRIPTION_TEMPLATES).format(each) for each in descriptions]


def check_labels(aus: Sequence[int], expressions: Sequence[str], *, described: bool) -> None:
    """Refuse labels that are unknown, repeated, or lack the description that is asked for.

    Raises:
        MienError: names the labels concerned.
    """
    known = [au for au, unit in facs.ACTION_UNITS.items() if unit.description or not described]
    _check("action unit", aus, known)
    _check("expression", expressions, list(facs.EXPRESSIONS_8))


def _check(kind: str, labels: Sequence[object], known: Sequence[object]) -> None:
    unknown = [label for label in labels if label not in known]
    if unknown:
        raise MienError(
            f"unknown {kind}: {', '.join(map(str, unknown))}",
            remedy=f"choose among {', '.join(map(str, known))}",
        )
    if len(set(labels)) != len(labels):
        raise MienError(f"an {kind} is listed twice", remedy="list each label once")
