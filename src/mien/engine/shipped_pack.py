"""A finished run becomes the shipped bundle: calibrated, exported, judged, described."""

import json
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import onnxruntime

from mien import __version__, bundle
from mien.bundle import Bundle
from mien.data.facts import StoreFacts
from mien.data.store import Store
from mien.engine import checkpoint, folder
from mien.engine.plan import RunData, prepare
from mien.engine.shipped_calibrate import Calibration, Seen, calibrate, see
from mien.engine.shipped_export import (
    ask_onnx,
    eighths,
    halved,
    model_onnx,
    texts_file,
)
from mien.engine.shipped_judge import crops_of
from mien.engine.shipped_read import open_reader, shapes_of
from mien.errors import MienError
from mien.faces import geometry
from mien.facs.statements import taught_phrases
from mien.methods.text_reader import TextReaderModule
from mien.metrics.f1 import f1_at
from mien.recipes import record
from mien.recipes.run import Run
from mien.text.sentence import ASSET, SentenceEncoder

Bits = Literal[32, 16, 8]
LARGEST: Final = 20 * 10**6
"""Bytes that a bundle may weigh."""
ALLOWED: Final = 0.005
"""Largest change of the mean F1 that few bits may bring."""
LICENCE: Final = "Apache-2.0"
STATEMENT: Final = (
    "Reads facial action units off pictures, by a network trained on rendered people alone. "
    "It says what facial muscles seem to do, not what a person feels, thinks or intends. Not for "
    "identifying people, nor for decisions about them; not for use at work or in education."
)
_TESTED: Final = 2048
_RANGED: Final = 256
"""Pictures that ranges of 8-bit numbers are measured on."""


@dataclass(frozen=True, kw_only=True)
class Precision:
    """What a network of so many bits weighs, and what it changes on people kept for calibration."""

    bits: Bits
    bytes: int
    mean_f1: float
    change: float
    """Of the mean F1, against 32 bits."""
    farthest: float
    """Largest change of a unit's probability on any picture."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Packed:
    """A bundle before it is judged."""

    description: Bundle
    content: bytes
    files: dict[str, bytes]
    calibration: Calibration
    precisions: tuple[Precision, ...]
    bits: Bits
    """Of the precisions, the one packed."""
    run: Run
    data: RunData


def pack(
    run_folder: Path, store: Path, *, bits: Bits = 16, tell: Callable[[str], None] = print
) -> Packed:
    """Calibrate and export a finished run.

    Args:
        run_folder: of the shipped method.
        store: the one it was trained on.
        bits: of the network that is packed, or more where these change the mean F1 too much; 16
            are stored and widened at load, which is the same arithmetic on every processor.
        tell: told what happens.

    Raises:
        MienError: the run is not finished, or of another method or store.
    """
    run, module = open_reader(run_folder)
    encoder = SentenceEncoder()
    with closing(Store(store)) as opened:
        data = prepare(run, opened)
        tell(f"calibrate on {len(data.parts['test'])} pictures of people not trained on")
        seen = see(run, module, data)
        calibration = calibrate(module, seen, encoder)
        contents, precisions = _made(module, seen, calibration, run, tell=tell)
        facts = opened.facts
    chosen = _enough(precisions, bits)
    if chosen != bits:
        tell(f"{bits} bits change the mean F1 by more than {ALLOWED}: packed with {chosen}")
    vectors = dict(zip(taught_phrases(), encoder.encode(taught_phrases()), strict=True))
    files = {
        bundle.ASK_FILE: halved(ask_onnx(module, calibration)),
        bundle.TEXTS_FILE: texts_file(vectors),
        "recipe.json": _json(record.encode(run)),
        "calibration.json": _json(asdict(calibration)),
    }
    return Packed(
        description=_description(run_folder, run, module, calibration, facts),
        content=contents[chosen],
        files=files,
        calibration=calibration,
        precisions=tuple(precisions),
        bits=chosen,
        run=run,
        data=data,
    )


def _description(
    run_folder: Path,
    run: Run,
    module: TextReaderModule,
    calibration: Calibration,
    facts: StoreFacts,
) -> Bundle:
    """What the packed model is: the run, its store's template, and what can be asked of it."""
    return Bundle(
        name=run.name,
        size=run.backbone.size,
        template=facts.template,
        template_digest=facts.template_digest,
        aus=module.method.aus,
        thresholds=calibration.thresholds,
        outputs=module.output_names,
        expressions=module.method.expressions,
        run_digest=checkpoint.digest(run_folder / folder.FINAL / checkpoint.DIGEST),
        mien_version=__version__,
        licence=LICENCE,
        statement=STATEMENT,
        geometry=geometry.NAME if module.side is not None else "",
        embedding=module.method.joint,
        text=ASSET,
    )


def write(packed: Packed, out: Path, *, files: dict[str, bytes] | None = None) -> Bundle:
    """Write the bundle, with further files.

    Raises:
        MienError: it would weigh more than 20 MB, or `out` exists.
    """
    held = {**packed.files, **(files or {})}
    weight = len(packed.content) + sum(map(len, held.values()))
    if weight > LARGEST:
        raise MienError(
            f"the bundle weighs {weight / 1e6:.1f} MB, more than {LARGEST / 1e6:.0f}",
            remedy="use fewer bits or a smaller backbone",
            path=out,
        )
    return bundle.write(out, packed.description, packed.content, files=held)


def _made(
    module: TextReaderModule,
    seen: Seen,
    calibration: Calibration,
    run: Run,
    *,
    tell: Callable[[str], None],
) -> tuple[dict[Bits, bytes], list[Precision]]:
    """The network in 32, 16 and 8 bits, each measured."""
    rows = seen.data.parts["test"].rows[:_TESTED]
    feed = _feed(module, seen, rows, run.backbone.size)
    single = model_onnx(module, calibration, size=run.backbone.size)
    some = {name: values[:_RANGED] for name, values in feed.items()}
    batches = [
        {name: values[start : start + 32] for name, values in some.items()}
        for start in range(0, len(next(iter(some.values()))), 32)
    ]
    contents: dict[Bits, bytes] = {
        32: single, 16: halved(single), 8: eighths(single, batches)
    }  # fmt: skip
    truth = seen.data.parts["test"].targets.occurrence[:_TESTED]
    limits = np.array(calibration.thresholds)
    precisions: list[Precision] = []
    first: npt.NDArray[np.float32] | None = None
    for bits, content in contents.items():
        found = run_onnx(content, feed)
        first = found if first is None else first
        score = f1_at(found, truth, threshold=limits).summary([str(a) for a in module.method.aus])
        before = precisions[0].mean_f1 if precisions else score.mean
        precisions.append(
            Precision(
                bits=bits,
                bytes=len(content),
                mean_f1=score.mean,
                change=score.mean - before,
                farthest=float(np.abs(found - first).max()),
            )
        )
        tell(f"{bits} bits: {len(content) / 1e6:.1f} MB, mean F1 {score.mean:.3f}")
    return contents, precisions


def run_onnx(content: bytes, feed: dict[str, npt.NDArray[np.generic]]) -> npt.NDArray[np.float32]:
    """Units' probabilities of a network for inputs by name."""
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    count = len(next(iter(feed.values())))
    parts = [
        session.run(["au"], {name: values[start : start + 64] for name, values in feed.items()})[0]
        for start in range(0, count, 64)
    ]
    return np.concatenate([np.asarray(part, np.float32) for part in parts])


def _enough(precisions: Sequence[Precision], least: Bits) -> Bits:
    """The fewest bits, from `least` on, that change little."""
    fine = [each for each in precisions if each.bits >= least and abs(each.change) <= ALLOWED]
    return min(fine, key=lambda each: each.bits).bits


def _feed(
    module: TextReaderModule, seen: Seen, rows: npt.NDArray[np.int64], size: int
) -> dict[str, npt.NDArray[np.generic]]:
    feed: dict[str, npt.NDArray[np.generic]] = {bundle.INPUT: crops_of(seen.data.store, rows, size)}
    shapes = shapes_of(module, seen.data.store, rows)
    return feed if shapes is None else {**feed, bundle.GEOMETRY: shapes}


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=1) + "\n").encode()
