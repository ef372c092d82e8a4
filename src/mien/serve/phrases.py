"""Phrases of earlier requests are remembered as vectors, so that each is encoded once."""

import threading
from collections.abc import Sequence
from pathlib import Path

from mien.errors import MienError
from mien.predict.ask import phrases, vectors
from mien.predict.model import Model
from mien.predict.reading import Values
from mien.serve.problems import of_mien

_MOST = 2000
"""Phrases remembered beside those of the model; then all but the model's are forgotten."""


class Phrases:
    """Phrases that the model's text side knows.

    Args:
        model: what is asked.
        cache: cache of assets, where the sentence encoder lies; the user's by default.
    """

    def __init__(self, model: Model, *, cache: Path | None = None) -> None:
        self._model = model
        self._cache = cache
        self._lock = threading.Lock()
        self._own = len(model.known_texts)
        self.known: dict[str, Values] = dict(model.known_texts)
        """Phrase to vector; the model's own come first."""

    def learn(self, asked: Sequence[str]) -> None:
        """Encode what is new.

        Raises:
            Refused: a phrase is empty or comes twice (422), or the encoder is not there (501).
        """
        if not asked:
            return
        try:
            even = phrases(asked)
        except MienError as problem:
            raise of_mien(problem) from problem
        with self._lock:
            new = [phrase for phrase in even if phrase not in self.known]
            if not new:
                return
            if len(self.known) + len(new) > self._own + _MOST:
                for phrase in list(self.known)[self._own :]:
                    del self.known[phrase]
            try:
                found = vectors(new, self._model, cache=self._cache)
            except MienError as problem:
                raise of_mien(problem, status=501) from problem
            if found is not None:
                self.known.update(zip(new, found, strict=True))
