"""How a label's name becomes a prompt: one template, several, or words that are learned."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from mien import facs
from mien.errors import MienError
from mien.methods.prompts import ABSENT_TEMPLATE

Use = Literal["first", "random", "ensemble"]
_NAMES = 0x6E616D65  # keeps the draw of names apart from that of descriptions


@dataclass(frozen=True, kw_only=True)
class Prompting:
    """What surrounds the names of labels (our choices; CLEF's poster shows two templates).

    Raises:
        MienError: a template has no place for the name, or the fields contradict each other.
    """

    templates: tuple[str, ...] = facs.NAME_TEMPLATES[:1]
    """Templates with one {} for the name; the first is the one to read by."""
    use: Use = "first"
    """"first" alone; one drawn at "random" for each label in every step, read with the first;
    or the "ensemble": the mean of the templates' unit features, at length 1, in training and
    reading (as CLIP reads: Radford et al., 2021, section 3.1.4)."""
    context: int = 0
    """Learned words in front of the bare name instead of a template (CoOp); 0 for none."""

    def __post_init__(self) -> None:
        bad = [each for each in self.templates if each.count("{}") != 1]
        if bad or not self.templates:
            raise MienError(
                f"the template {bad[0]!r} has no single {{}}" if bad else "there is no template",
                remedy='give templates such as "a photo of a person with {}"',
            )
        if self.context < 0 or (self.context and self.use != "first"):
            raise MienError(
                "learned words stand in place of templates",
                remedy='give `context` 0 or more, and with more than 0 leave `use` at "first"',
            )


def named(
    phrases: Sequence[str], prompting: Prompting, *, seed: int | None
) -> tuple[list[str], list[list[str]]]:
    """One prompt a phrase, and further lists of the same length to be averaged with it.

    Args:
        phrases: names as noun phrases.
        prompting: what surrounds them; with learned words the phrases stay as they are.
        seed: draws templates where they are random; None takes the first.
    """
    if prompting.context:
        return list(phrases), []
    first, *others = prompting.templates
    if prompting.use == "random" and seed is not None:
        draw = Random(seed ^ _NAMES)
        return [draw.choice(prompting.templates).format(each) for each in phrases], []
    also = others if prompting.use == "ensemble" else []
    return [first.format(each) for each in phrases], [
        [template.format(each) for each in phrases] for template in also
    ]


def graded(phrases: Sequence[str], *, template: str) -> list[str]:
    """Six prompts a phrase, from absent to maximal, phrase by phrase.

    "… without lip corner puller", "… with trace lip corner puller", …, "… with maximal lip
    corner puller": the words are `facs.INTENSITY_WORDS`.
    """
    words = facs.INTENSITY_WORDS[1:]
    return [
        prompt
        for phrase in phrases
        for prompt in (
            ABSENT_TEMPLATE.format(phrase),
            *(template.format(f"{word} {phrase}") for word in words),
        )
    ]


def unit_phrases(aus: Sequence[int]) -> list[str]:
    """Units' names."""
    return [facs.ACTION_UNITS[au].name for au in aus]


def expression_phrases(expressions: Sequence[str]) -> list[str]:
    """Expressions as noun phrases, such as "an expression of anger"."""
    return [facs.EXPRESSION_PHRASES[name] for name in expressions]
