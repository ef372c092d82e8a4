"""face-api's expressions of the photographs of `mien bench shipped`, taken for units.

    mkdir runs/face-api
    npm pack --pack-destination runs/face-api @vladmandic/face-api@1.7.15
    cd runs/face-api
    npm install --omit=optional --ignore-scripts ./vladmandic-face-api-1.7.15.tgz
    npm install --omit=optional --ignore-scripts @tensorflow/tfjs@4.22.0
    npm install --omit=optional --ignore-scripts @tensorflow/tfjs-backend-wasm@4.22.0
    cd -
    python scripts/peers/face_api.py runs/face-api --out runs/peers/face-api.json
    mien bench shipped --beside runs/peers/face-api.json

The npm package carries its weights (MIT): it needs node and no network. It reads seven expressions,
not action units. The box is that of our landmarks, in a photograph enlarged three times; its own
landmarks follow in that box, then its expressions, as in its own chain (`face_api.mjs`). Its
detector is not used.
"""

from pathlib import Path

import numpy as np
from node import ask, options

from mien.bench.real.orl_codes import read_codes
from mien.bench.real.orl_photos import look
from mien.bench.real.peer import Peer, Reading, write_peer

ARCHIVE = "vladmandic-face-api-1.7.15.tgz"
CHAIN = Path(__file__).with_name("face_api.mjs")


def main() -> None:
    """Read the photographs, write the scores."""
    asked = options(__doc__)
    photos = look(read_codes())
    found = ask(CHAIN, asked.folder, photos, rows=range(len(photos)))["found"]
    readings = [
        Reading.of(
            name, unit, np.clip(values, 0, 1), photographs=photos.codes.files, probability=True
        )
        for name, unit, values in (
            ("happy", 12, [each["happy"] for each in found]),
            ("1 less neutral", 25, [1 - each["neutral"] for each in found]),
        )
    ]
    peer = Peer.of(
        asked.folder / ARCHIVE,
        readings,
        package="@vladmandic/face-api",
        version="1.7.15",
        licence="MIT",
        about="the box of a face is that of our landmarks",
    )
    write_peer(asked.out, peer)
    print(asked.out)


if __name__ == "__main__":
    main()
