"""A finished run as a bundle: one ONNX file that needs no torch, and its description."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Literal

import numpy as np
import onnxruntime
import torch
from torch import Tensor, nn

from mien import __version__, bundle
from mien.bundle import Bundle
from mien.engine import checkpoint, folder
from mien.engine.checkpoint import State
from mien.engine.evaluate import predictor
from mien.engine.onnx_file import plain_bytes
from mien.errors import MienError
from mien.methods.labels import LabelledMethod

PARITY = 1e-4
"""Largest difference between torch and the exported model, on any output."""
STATEMENT = (
    "Estimates what facial muscles do from a picture. Not evidence of what a person feels, "
    "thinks or intends; not for identifying people; not for use at work or in education."
)


@dataclass(frozen=True, kw_only=True)
class Exported:
    """What `export` made."""

    folder: Path
    """The bundle."""
    bundle: Bundle
    """Its description."""
    difference: float
    """Largest difference seen between torch and ONNX Runtime on the parity images."""


def export(
    run_folder: str | PathLike[str],
    out: str | PathLike[str],
    *,
    weights: Literal["last", "chosen"] = "last",
    licence: str = "",
    statement: str = STATEMENT,
    packages: tuple[str, ...] = (),
) -> Exported:
    """Write the bundle of a finished run, after checking it against torch.

    Thresholds are 0.5. Those chosen on validation subjects stand in the run's evaluation; a
    reader may pass them, knowing that they fit those subjects.

    Args:
        run_folder: a finished run of a method that predicts.
        out: the bundle's folder; must not exist.
        weights: of the last epoch, or of the one chosen on validation subjects.
        licence: licence of the weights.
        statement: what the model is for and not for.
        packages: packages of your own that the recipe's classes come from.

    Raises:
        MienError: the run is not finished or predicts nothing; `out` exists; the exported model
            differs from torch by more than 1e-4.
    """
    run_folder, out = Path(run_folder), Path(out)
    if out.exists():
        raise MienError("already exists", remedy="choose another folder", path=out)
    run, state = folder.read_run(run_folder, packages=packages), folder.read_final(run_folder)
    method = run.method
    module = predictor(run, _chosen(state, weights, run_folder), run_folder)
    if not isinstance(method, LabelledMethod):
        raise MienError(
            f"{run.name} has no labels to read",
            remedy="export a run whose method is a `LabelledMethod`",
            path=run_folder,
        )
    template, template_digest = _template(run_folder)
    reader, names = module.export_module().eval(), module.output_names
    content = to_onnx(reader, size=run.backbone.size, names=names)
    difference = parity(reader, content, size=run.backbone.size)
    aus = method.aus if {"au", "intensity"} & set(names) else ()
    description = Bundle(
        name=run.name,
        size=run.backbone.size,
        template=template,
        template_digest=template_digest,
        aus=aus,
        thresholds=tuple(0.5 for _ in aus),
        outputs=names,
        expressions=method.expressions if "expression" in names else (),
        run_digest=checkpoint.digest(run_folder / folder.FINAL / checkpoint.DIGEST),
        mien_version=__version__,
        licence=licence,
        statement=statement,
    )
    return Exported(
        folder=out, bundle=bundle.write(out, description, content), difference=difference
    )


def to_onnx(module: nn.Module, *, size: int, names: tuple[str, ...]) -> bytes:
    """One ONNX file with all weights inside and any number of images per call.

    Args:
        module: maps uint8 (n, size, size, 3) to a tuple of tensors.
        size: side of the input, in pixels.
        names: names of the outputs.
    """
    example = torch.zeros((2, size, size, 3), dtype=torch.uint8)
    with quiet(), torch.no_grad():
        program = torch.onnx.export(
            module,
            (example,),
            dynamo=True,
            verbose=False,
            input_names=[bundle.INPUT],
            output_names=list(names),
            dynamic_shapes={"image": {0: torch.export.Dim("n")}},
        )
    assert program is not None
    return plain_bytes(program.model_proto)


def parity(module: nn.Module, content: bytes, *, size: int, seed: int = 0) -> float:
    """The largest difference between torch and ONNX Runtime over batches of 1, 3 and 8 images.

    Raises:
        MienError: it exceeds 1e-4.
    """
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    values, worst = np.random.default_rng(seed), 0.0
    for count in (1, 3, 8):
        # Noise on a flat colour each: dark, bright and coloured pictures.
        colour = values.integers(0, 200, (count, 1, 1, 3))
        images = (colour + values.integers(0, 56, (count, size, size, 3))).astype(np.uint8)
        got = session.run(None, {bundle.INPUT: images})
        with torch.no_grad():
            wanted: tuple[Tensor, ...] = module(torch.from_numpy(images))
        for one, other in zip(got, wanted, strict=True):
            worst = max(worst, float(np.abs(np.asarray(one) - other.numpy()).max()))
    if not worst <= PARITY:
        raise MienError(
            f"the exported model differs from torch by {worst:.1e}, more than {PARITY:.0e}",
            remedy="report this with the recipe; until then read with torch",
        )
    return worst


def _chosen(state: State, weights: str, run_folder: Path) -> State:
    if weights == "last":
        return state
    if state.chosen is None:
        raise MienError(
            "no epoch was chosen on validation subjects",
            remedy='export the weights of the "last" epoch',
            path=run_folder,
        )
    return State(step=state.step, model=state.chosen)


def _template(run_folder: Path) -> tuple[str, str]:
    """How the crops were framed that the run was trained on: a reader must frame alike."""
    split = folder.read_split(run_folder)
    name, digest = str(split["template"]), str(split["template_digest"])
    if not (name and digest):
        raise MienError(
            "the store it was trained on does not say how its faces were framed",
            remedy="make the store from whole pictures, so that mien frames them",
            path=run_folder,
        )
    return name, digest


@contextmanager
def quiet() -> Iterator[None]:
    """Hide what torch's exporter says about packages we do not use, and about itself."""
    # It logs "torchvision is not installed" and warns of its own deprecated call.
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*treespec.*", category=FutureWarning)
            yield
    finally:
        logger.setLevel(level)
