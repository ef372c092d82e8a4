"""Whom CLP re-expresses a face by: queries beside the memory's faces that rebuild them.

A query's weights are those of its attention over the memory at the run's end. The memory knows
the store's row of every face it holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from mien.data.store import Store
from mien.data.views import resize
from mien.engine import folder, log
from mien.engine.evaluate import same_store
from mien.engine.plan import prepare
from mien.engine.work import load_weights
from mien.errors import MienError
from mien.methods.clp import CLPModule
from mien.metrics.protocol import Part
from mien.recipes.run import Run
from mien.report import plots
from mien.report.images import Picture
from mien.report.page import Figure, Page, Pictures, Row, Section, Text

_WATCHED = ("loss", "spread", "attention")
_LEAD = (
    "Each row begins with a face of a person the run has not met. The faces after it are those of "
    "training people whose embeddings, mixed by these shares, re-express it; the method asks for "
    "equal expressions of different people."
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Retrieved:
    """A face and those of other people that re-express it."""

    row: int
    """The query's row in the store."""
    subject: str
    """Who it shows."""
    image: npt.NDArray[np.uint8]
    """Its pixels, (height, width, 3)."""
    sources: npt.NDArray[np.int64]
    """(n,) rows of the faces with the largest weights, largest first."""
    subjects: tuple[str, ...]
    """Who they show."""
    images: npt.NDArray[np.uint8]
    """(n, height, width, 3) their pixels."""
    weights: npt.NDArray[np.float32]
    """(n,) their shares of the attention; all faces of the memory together have 1."""

    def __repr__(self) -> str:
        return f"Retrieved(row {self.row}, {len(self.sources)} sources)"


def retrieve(
    run_folder: str | PathLike[str],
    store: str | PathLike[str],
    *,
    queries: int = 8,
    most: int = 7,
    part: Part = "test",
    device: str = "cpu",
) -> list[Retrieved]:
    """The faces that re-express some faces of people whom the run has not met.

    Args:
        run_folder: a finished run of CLP with reconstruction.
        store: the store it was trained on.
        queries: faces asked about, spread evenly over the part's rows.
        most: faces shown for each.
        part: whose rows to ask about: "test" or "validation".
        device: where to compute.

    Raises:
        MienError: the run is not finished, has no memory, or belongs to another store; or the
            part has no rows.
    """
    run_folder = Path(run_folder)
    run, module = _trained(run_folder)
    module.to(device)
    opened = Store(store)
    try:
        data = prepare(run, opened)
        same_store(run_folder, data)
        rows = data.parts[part].rows
        if not len(rows):
            raise MienError(
                f"no rows are for {part}", remedy="name the other part", path=run_folder
            )
        chosen = rows[np.linspace(0, len(rows) - 1, min(queries, len(rows))).astype(np.int64)]
        return _answers(module, opened, chosen, size=run.backbone.size, most=most, device=device)
    finally:
        opened.close()


def retrieval_page(found: Sequence[Retrieved], *, run_folder: str | PathLike[str]) -> Page:
    """The page of what `retrieve` found, with the run's losses and signs of life."""
    run = folder.read_run(Path(run_folder))
    shown = tuple(_pictures(each) for each in found)
    lead = Text(paragraphs=(_LEAD,))
    return Page(
        title=f"{run.name}: who re-expresses whom",
        sections=(
            Section(title="Faces by other people's faces", blocks=(lead, *shown)),
            *_curves(Path(run_folder)),
        ),
        footer=f"seed {run.seed}",
    )


def _trained(run_folder: Path) -> tuple[Run, CLPModule]:
    """A finished run and its module, in evaluation mode."""
    run, state = folder.read_run(run_folder), folder.read_final(run_folder)
    module = run.method.blank().build(run.backbone.blank(), seed=run.seed)
    if not isinstance(module, CLPModule) or module.method.reconstruction == "off":
        raise MienError(
            f"{run.name} re-expresses no faces by others",
            remedy="name a run of CLP with reconstruction, such as clp-full",
            path=run_folder,
        )
    load_weights(module, state, run_folder)
    return run, module.eval()


def _answers(
    module: CLPModule,
    store: Store,
    rows: npt.NDArray[np.int64],
    *,
    size: int,
    most: int,
    device: str,
) -> list[Retrieved]:
    """What re-expresses the faces of some rows, whose people the memory does not know."""
    pixels = store.images(rows)
    views = resize(torch.from_numpy(pixels).permute(0, 3, 1, 2).to(device), size)
    weights = module.attend(views, torch.full((len(views),), -1, device=device))
    held = min(most, int(module.memory.held.sum()))
    shares, places = weights.topk(held, dim=1)
    sources = module.memory.row[places].cpu().numpy()
    names = store.column("subject")
    return [
        Retrieved(
            row=int(row),
            subject=str(names[row]),
            image=image,
            sources=found,
            subjects=tuple(str(names[source]) for source in found),
            images=store.images(found),
            weights=share.float().cpu().numpy(),
        )
        for row, image, found, share in zip(rows, pixels, sources, shares, strict=True)
    ]


def _pictures(found: Retrieved) -> Pictures:
    query = Picture(image=found.image, alt=f"Face of {found.subject}", caption="asked")
    sources = [
        Picture(image=image, alt=f"Face of {subject}", caption=f"{weight:.0%}")
        for image, subject, weight in zip(found.images, found.subjects, found.weights, strict=True)
    ]
    return Pictures(pictures=(query, *sources), width=112)


def _curves(run_folder: Path) -> tuple[Section, ...]:
    """Losses, spread and attention over steps."""
    lines = log.records(run_folder / log.METRICS)
    figures = []
    for kind in _WATCHED:
        names = sorted({n for line in lines for n in line if n.partition("/")[0] == kind})
        if names:
            curves = [_curve(lines, name) for name in names]
            figures.append(
                Figure(
                    figure=plots.lines(curves, x_title="step", y_title=kind),
                    alt=f"{kind.capitalize()} over the steps of the run.",
                )
            )
    return (Section(title="Training", blocks=(Row(blocks=tuple(figures)),)),) if figures else ()


def _curve(lines: Sequence[dict[str, float | int | None]], name: str) -> plots.Curve:
    points = [(line["step"] or 0, line[name]) for line in lines if name in line]
    return plots.Curve(
        name=name.partition("/")[2] or name, x=[x for x, _ in points], y=[y for _, y in points]
    )
