"""human's expressions and gestures in the photographs of `mien bench shipped`, taken for units.

    mkdir runs/human
    npm pack --pack-destination runs/human @vladmandic/human@3.3.6
    cd runs/human
    npm install --omit=optional --ignore-scripts ./vladmandic-human-3.3.6.tgz
    npm install --omit=optional --ignore-scripts @tensorflow/tfjs@4.22.0
    npm install --omit=optional --ignore-scripts @tensorflow/tfjs-backend-wasm@4.22.0
    cd -
    python scripts/peers/human.py runs/human --out runs/peers/human.json
    mien bench shipped --beside runs/peers/human.json

The npm package carries its weights (MIT). Beside seven expressions it says how far the mouth is
open, in whole per cent above 10, and which eyes blink. It finds faces itself (its interface takes
no boxes), in a photograph enlarged three times; where it finds none, every score is 0. Expressions
come in hundredths.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from node import ask, options

from mien.bench.real.orl_codes import read_codes
from mien.bench.real.orl_photos import look
from mien.bench.real.peer import Peer, Reading, write_peer

ARCHIVE = "vladmandic-human-3.3.6.tgz"
SCRIPT = Path(__file__).with_name("human.mjs")


def opening(gestures: Sequence[str]) -> float:
    """Per cent that the mouth is open, 0 where nothing is said of it."""
    said = (re.fullmatch(r"mouth (\d+)% open", each) for each in gestures)
    return max((float(each[1]) for each in said if each), default=0.0)


def main() -> None:
    """Read the photographs, write the scores."""
    asked = options(__doc__)
    photos = look(read_codes())
    found = ask(SCRIPT, asked.folder, photos, rows=range(len(photos)))["found"]
    seen = sum(each["face"] for each in found)
    readings = [
        Reading.of(name, unit, values, photographs=photos.codes.files, probability=probability)
        for name, unit, values, probability in (
            ("happy", 12, [each["emotions"].get("happy", 0.0) for each in found], True),
            ("mouth open", 25, [opening(each["gestures"]) for each in found], False),
            (
                "eyes that blink",
                43,
                [sum(said.startswith("blink") for said in each["gestures"]) for each in found],
                False,
            ),
        )
    ]
    peer = Peer.of(
        asked.folder / ARCHIVE,
        readings,
        package="@vladmandic/human",
        version="3.3.6",
        licence="MIT",
        about=f"finds {seen} of {len(found)} faces by its own detector; elsewhere scores are 0",
    )
    write_peer(asked.out, peer)
    print(asked.out)


if __name__ == "__main__":
    main()
