"""The demo's page: what was rendered, scored and read, gathered from the demo's folder."""

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import pyarrow.parquet as pq
import torch

from mien import __version__, atomic
from mien.assets import locate
from mien.bench.demo.paired import differences
from mien.bench.demo.plan import Diary, Plan
from mien.engine.evaluate import evaluate
from mien.engine.illustrate import embedding_map, extremes
from mien.errors import MienError
from mien.faces.image import read_image
from mien.facs import au_column, intensity_column
from mien.lab.interview import Interview
from mien.lab.shows.clip_video import ClipFiles, write_clip
from mien.lab.shows.preview import grid_sheet, people_sheet, write_png
from mien.predict import Predictor
from mien.predict.clip import Clip
from mien.predict.drawing import ClipWriter, draw, write_picture
from mien.predict.predictor import SeenFrame
from mien.report import demo as page
from mien.report.images import Picture
from mien.report.page import write

CLIP_SECONDS: Final = 8.0
SHOWN: Final = 6
"""Annotated frames of the clip on the page."""


def write_report(
    plan: Plan, rows: Sequence[Mapping[str, Any]], metrics: Mapping[str, Any], diary: Diary
) -> Path:
    """Read the photograph and the clip, gather everything, and write `report.html`.

    Args:
        plan: the demo's.
        rows: the content of `results.json`.
        metrics: `metrics.json` of each run at seed 0, by name.
        diary: what happened so far.

    Raises:
        MienError: the photograph's asset is not fetched.
    """
    with diary.step("sheets", "contact sheets of the lab"):
        sheets = contact_sheets(plan)
    predictor = Predictor(plan.bundle)
    with diary.step("photo", "the astronaut, NASA, public domain"):
        photo, units = read_photo(plan, predictor)
    with diary.step("clip", "filmed in the lab with a person nobody was trained on, and read"):
        clip = read_clip(plan, predictor)
    with diary.step("report", "embedding map, best and worst faces, this page"):
        found = evaluate(plan.run_folder("clef", 0), plan.store)
        predictions, known = found.predictions["last", "test"], found.truth["test"]
        with plan.open_store() as store:
            best, worst = extremes(predictions, known, store)
    made = page.Demo(
        rows=rows,
        metrics=metrics,
        differences=differences(plan, 0),
        steps=diary.steps,
        facts=facts(plan),
        sheets=sheets,
        photo=photo,
        photo_units=units,
        clip=clip,
        embedding=embedding_map(predictions, known),
        best=best,
        worst=worst,
        command="make demo" if plan.seeds == 1 else f"mien demo --seeds {plan.seeds}",
        version=__version__,
    )
    return write(page.demo_page(made), plan.out / "report.html")


def contact_sheets(plan: Plan) -> list[Picture]:
    """People of the lab, and the eight expressions on some of them; also as files."""
    sheets = {
        "subjects": (
            "Subjects in rows; a frame of each of the eight activities",
            grid_sheet(plan.scenario, seed=plan.lab_seed, columns=8, lines=8),
        ),
        "expressions": (
            "Eight more people, each through the eight expressions",
            people_sheet(seed=plan.lab_seed),
        ),
    }
    pictures = []
    for name, (words, sheet) in sheets.items():
        write_png(plan.out / f"{name}.png", sheet)
        pictures.append(Picture(image=sheet, alt=words, caption=words))
    return pictures


def read_photo(plan: Plan, predictor: Predictor) -> tuple[Picture, list[tuple[str, float]]]:
    """The annotated photograph, and each unit's probability for its largest face."""
    image = read_image(locate("astronaut"))
    faces = predictor.image(image)
    drawn = draw(image, faces)
    write_picture(plan.out / "photo.png", drawn)
    if not faces:
        raise MienError("no face was found in the astronaut's portrait", remedy="file an issue")
    face = faces[0]
    units = [(au_column(n), float(p)) for n, p in zip(face.units, face.au, strict=True)]
    alt = "An astronaut's portrait with the face found, landmarks, and bars of unit probabilities."
    return Picture(image=drawn, alt=alt, caption="Astronaut E. Collins, NASA, public domain"), units


def read_clip(plan: Plan, predictor: Predictor) -> page.Clip:
    """Film a new person, read the clip frame by frame, and lay the truth beside it."""
    filmed = film(plan)
    watched = Clip(filmed.video)
    readings: list[SeenFrame] = []
    pictures: list[Picture] = []
    steps = np.linspace(0, filmed.frames - 1, SHOWN).astype(int).tolist()
    with (
        atomic.file(plan.out / "clip-read.mp4") as temporary,
        ClipWriter(temporary, rate=watched.rate) as writer,
    ):
        for seen in predictor.watch(watched):
            readings.append(replace(seen, image=None))
            if seen.image is None:
                continue
            drawn = draw(seen.image, list(seen.reading.faces))
            writer.add(drawn, time=seen.reading.time)
            if seen.reading.frame in steps:
                small = cv2.resize(drawn, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
                when = f"{seen.reading.time:.1f} s"
                pictures.append(
                    Picture(image=np.asarray(small, np.uint8), alt=f"At {when}.", caption=when)
                )
    units = predictor.model.bundle.aus
    truth = pq.read_table(filmed.truth)
    return page.Clip(
        frames=pictures,
        seconds=[seen.reading.time for seen in readings],
        scores={au_column(unit): [_score(seen, unit) for seen in readings] for unit in units},
        truth={
            au_column(unit): [v / 5 for v in truth.column(intensity_column(unit)).to_pylist()]
            for unit in units
        },
    )


def film(plan: Plan) -> ClipFiles:
    """A clip of a person of another corpus seed: nobody that any run has seen."""
    scenario = Interview(subjects=1, frames=plan.frames)
    joke = scenario.clips(plan.lab_seed + 1000)[0]
    return write_clip(scenario, joke, plan.out / "clip.mp4", seconds=CLIP_SECONDS, start=4.0)


def facts(plan: Plan) -> list[tuple[str, str]]:
    """What was rendered and on what machine all this ran."""
    clips = plan.scenario.clips(plan.lab_seed)
    return [
        ("people", str(plan.subjects)),
        ("activities", str(len({clip.activity for clip in clips}))),
        ("frames", f"{sum(clip.frames for clip in clips):,}"),
        ("crop", f"{plan.size} px"),
        ("machine", f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}"),
        ("software", f"mien {__version__}, torch {torch.__version__}"),
    ]


def _score(seen: SeenFrame, unit: int) -> float | None:
    faces = [face for face in seen.reading.faces if face.status == "ok"]
    return faces[0].unit(unit) if faces else None
