"""What an exported model is: names of its files and fields, and what must fit together."""

import math
from dataclasses import dataclass
from typing import Final

FORMAT: Final = 2
"""Version of `bundle.json` that this code writes."""
KNOWN: Final = (1, 2)
"""Versions that it reads."""
MODEL_FILE: Final = "model.onnx"
"""The network's file in a bundle folder."""
MANIFEST_FILE: Final = "bundle.json"
"""The description's file in a bundle folder."""
ASK_FILE: Final = "ask.onnx"
"""The network that compares faces with phrases, where there is one."""
TEXTS_FILE: Final = "texts.npz"
"""Phrases the model was taught, with their vectors: `texts` (n,) and `vectors` (n, features)."""
INPUT: Final = "image"
"""Name of the network's first input."""
GEOMETRY: Final = "geometry"
"""Name of its second input, where it takes one."""
EMBEDDING: Final = "embedding"
"""Name of the output that phrases are compared with."""
TEXT, ASKED = "text", "asked"
"""Names of the second input and of the output of `ask.onnx`."""
OUTPUTS: Final[tuple[str, ...]] = ("au", "intensity", "expression", "affect")
"""Names an output may have."""
REEXPORT: Final = "export the run again with `mien export RUN`"
"""The remedy where a folder is not what it should be."""


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """What an exported model is: everything a reader must know to use it."""

    name: str
    """Name of the model, shown to people and written into provenance."""
    size: int
    """Side of the square input crop in pixels."""
    template: str
    """Name of the canonical template that frames the crops."""
    template_digest: str
    """Digest of that template; a reader with another one must refuse."""
    aus: tuple[int, ...]
    """Unit numbers, in the order of the outputs `au` and `intensity`."""
    thresholds: tuple[float, ...]
    """Probability from which each unit counts as present, in the order of `aus`."""
    outputs: tuple[str, ...]
    """Names of the network's outputs, in order."""
    expressions: tuple[str, ...] = ()
    """Class names in the order of the output `expression`; empty if it has none."""
    run_digest: str = ""
    """Digest of the training run that this came from."""
    mien_version: str = ""
    """Version of mien that exported it."""
    licence: str = ""
    """Licence of the weights."""
    statement: str = ""
    """What the model was trained on and what it must not be used for, in plain words."""
    model_sha256: str = ""
    """SHA-256 of `model.onnx`, in hexadecimal; `write` fills it in."""
    geometry: str = ""
    """Name of the features that the input `geometry` takes (`mien.faces.geometry`); "" for
    pixels alone."""
    embedding: int = 0
    """Width of the output `embedding`; 0 if there is none."""
    text: str = ""
    """Asset of the sentence encoder whose vectors `ask.onnx` takes; "" if it cannot be asked."""
    files: tuple[str, ...] = ()
    """Further files of the folder, each "NAME SHA256"; `write` fills it in."""
    format: int = FORMAT
    """Version of this description."""

    @property
    def can_ask(self) -> bool:
        """Whether any phrase can be put to it."""
        return bool(self.text)

    def __post_init__(self) -> None:
        """Check that the fields fit together.

        Raises:
            ValueError: they do not; the message says which.
        """
        problem = _problem(self)
        if problem is not None:
            raise ValueError(problem)


def _problem(bundle: Bundle) -> str | None:
    """Name the first way in which the fields do not fit together."""
    checks = (
        (bundle.format in KNOWN, f"format must be one of {', '.join(map(str, KNOWN))}"),
        (bundle.size > 0, "size must be positive"),
        (len(bundle.aus) == len(set(bundle.aus)), "aus has duplicates"),
        (len(bundle.thresholds) == len(bundle.aus), "thresholds and aus differ in length"),
        (
            all(math.isfinite(each) and 0 <= each <= 1 for each in bundle.thresholds),
            "thresholds must lie between 0 and 1",
        ),
        (len(bundle.outputs) == len(set(bundle.outputs)), "outputs has duplicates"),
        (set(bundle.outputs) <= set(OUTPUTS), f"outputs may only be {', '.join(OUTPUTS)}"),
        (bool(bundle.outputs), "outputs is empty"),
        (
            bool(bundle.aus) == bool({"au", "intensity"} & set(bundle.outputs)),
            "aus and the outputs au or intensity must come together",
        ),
        (
            bool(bundle.expressions) == ("expression" in bundle.outputs),
            "expressions and the output expression must come together",
        ),
        (
            len(bundle.expressions) == len(set(bundle.expressions)),
            "expressions has duplicates",
        ),
        (bundle.embedding >= 0, "embedding must not be negative"),
        (not bundle.text or bundle.embedding > 0, "text needs an embedding to be compared with"),
        (all(map(_sound_entry, bundle.files)), "files has an entry that is not NAME SHA256"),
    )
    return next((message for holds, message in checks if not holds), None)


def _sound_entry(entry: str) -> bool:
    """A plain file name, a space, and 64 hexadecimal digits."""
    name, _, sha256 = entry.partition(" ")
    plain = bool(name) and name not in {".", ".."} and not set(name) & set("/\\ ")
    return plain and len(sha256) == 64 and set(sha256) <= set("0123456789abcdef")
