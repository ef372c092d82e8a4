"""What a page's Python may find in its folder: a photo, a lab, a trained run, a bundle."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory, assets_cache: Path) -> Iterator[Path]:
    """`photo.jpg`, `clip.mp4`, a store `lab`, a run `runs/smoke`, its `bundle`."""
    import cv2

    from mien.assets import locate
    from mien.engine.export import export
    from mien.engine.train import train
    from mien.lab.corpus.make import make
    from mien.lab.interview import Interview
    from mien.lab.shows.clip_video import write_clip
    from mien.recipes.catalogue import named

    folder = tmp_path_factory.mktemp("workspace")
    astronaut = cv2.imread(str(locate("astronaut", cache=assets_cache)))
    cv2.imwrite(str(folder / "photo.jpg"), astronaut)
    scenario = Interview(subjects=6, frames=2)
    make(scenario, folder / "lab", size=40, jobs=1)
    write_clip(scenario, scenario.clips(0)[0], folder / "clip.mp4", seconds=0.4)
    run = replace(named("smoke-no-stage1"), steps=4)
    train(run, folder / "runs" / "smoke", store=folder / "lab", progress=False)
    export(folder / "runs" / "smoke", folder / "bundle")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
