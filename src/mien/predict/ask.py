"""Free phrases as vectors that a model can be asked with."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mien.errors import MienError
from mien.predict.reading import Values
from mien.text.near import near
from mien.text.sentence import ASSET, SentenceEncoder

if TYPE_CHECKING:
    from mien.predict.model import Model


def phrases(ask: Sequence[str]) -> tuple[str, ...]:
    """The phrases as columns will name them: white space evened out.

    Raises:
        MienError: one is empty or comes twice.
    """
    if isinstance(ask, str):
        raise MienError("ask wants a sequence of phrases", remedy=f"write ask=({ask!r},)")
    even = tuple(" ".join(phrase.split()) for phrase in ask)
    for place, phrase in enumerate(even):
        if not phrase:
            raise MienError("an empty phrase was asked", remedy="leave it out")
        if phrase in even[:place]:
            raise MienError(f"{phrase!r} is asked twice", remedy="ask it once")
    return even


def vectors(ask: Sequence[str], model: "Model", *, cache: Path | None = None) -> Values | None:
    """Vectors of phrases for `model.ask`.

    Phrases that the model was taught come from its bundle; others need the asset of the sentence
    encoder (`understood`).

    Args:
        ask: phrases, as of `phrases`.
        model: what will be asked.
        cache: cache of assets; the user's by default.

    Returns:
        (phrases, features) float32, or None where nothing is asked.

    Raises:
        MienError: the model cannot be asked, or the asset is not fetched.
    """
    if not ask:
        return None
    if not model.can_ask:
        raise MienError(
            f"the model {model.bundle.name!r} cannot be asked: it has no text side",
            remedy="use the shipped model, or one that `mien train shipped` made",
            path=model.folder,
        )
    if model.bundle.text != ASSET:
        raise MienError(
            f"the model reads phrases by {model.bundle.text!r}; this mien has {ASSET!r}",
            remedy="use the version of mien that made the model",
            path=model.folder,
        )
    if all(phrase in model.known_texts for phrase in ask):
        return np.stack([model.known_texts[phrase] for phrase in ask]).astype(np.float32)
    return understood(ask, model, SentenceEncoder(cache=cache))


def understood(ask: Sequence[str], model: "Model", encoder: SentenceEncoder) -> Values:
    """Vectors of phrases: taught ones from the bundle, others encoded and moved near to those.

    Args:
        ask: phrases.
        model: what will be asked.
        encoder: the one that the model was taught with.

    Returns:
        (phrases, features) float32.
    """
    known = dict(model.known_texts)
    unknown = [phrase for phrase in ask if phrase not in known]
    if unknown:
        taught = np.array(list(known.values()), np.float32).reshape(len(known), -1)
        found = near(encoder.encode(unknown), taught)
        known.update(zip(unknown, found, strict=True))
    return np.stack([known[phrase] for phrase in ask]).astype(np.float32)
