"""The exported model's folder: `model.onnx` beside `bundle.json`, which says what it holds.

The network takes `image`, uint8 (n, size, size, 3), RGB crops framed by the named template, and
normalises them itself; where `Bundle.geometry` names features, also `geometry`, float32
(n, features), a row of which is NaN where it is not known. Outputs, in the order of
`Bundle.outputs`:

- `au`, float32 (n, units): probability of each unit, 0 to 1;
- `intensity` (optional), float32 (n, units): 0 to 5;
- `expression` (optional), float32 (n, classes): probabilities;
- `affect` (optional), float32 (n, 2): valence and arousal, each -1 to 1.

A model that can be asked also gives `embedding`, float32 (n, `Bundle.embedding`), and has a second
network, `ask.onnx`: `embedding` and `text`, float32 (phrases, features) of the sentence encoder
that `Bundle.text` names, become `asked`, float32 (n, phrases): the probability that each phrase
is true of each face.

Formats: 1 has no geometry, no embedding and no further files; 2 may have them.
"""

from mien.bundle.description import (
    ASK_FILE,
    ASKED,
    EMBEDDING,
    FORMAT,
    GEOMETRY,
    INPUT,
    KNOWN,
    MANIFEST_FILE,
    MODEL_FILE,
    OUTPUTS,
    TEXT,
    TEXTS_FILE,
    Bundle,
)
from mien.bundle.folder import digest, listed, read, write

__all__ = [
    "ASKED",
    "ASK_FILE",
    "EMBEDDING",
    "FORMAT",
    "GEOMETRY",
    "INPUT",
    "KNOWN",
    "MANIFEST_FILE",
    "MODEL_FILE",
    "OUTPUTS",
    "TEXT",
    "TEXTS_FILE",
    "Bundle",
    "digest",
    "listed",
    "read",
    "write",
]
