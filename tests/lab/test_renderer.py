"""Another renderer in place of the lab's own: whoever makes pictures takes one."""

import json
import pickle
from dataclasses import dataclass

import av
import numpy as np
import pyarrow.parquet as pq
import pytest

from mien.data.store import Store
from mien.errors import MienError
from mien.lab.corpus.make import creation_facts, make
from mien.lab.corpus.parts import Part
from mien.lab.render import Rendered, render, render_scene
from mien.lab.renderer import CPU, CpuRenderer, Renderer
from mien.lab.shows.clip_video import write_clip
from mien.lab.shows.preview import shoot
from mien.lab.wild import Wild

SCENARIO = Wild(people=2)


@dataclass(frozen=True, kw_only=True)
class Flat:
    """Paints one grey."""

    grey: int = 200

    def render(self, person, face, world, *, size, seed):
        return self.paint(size, size)

    def render_scene(self, person, face, world, *, width, height, centre, scale, seed):
        return self.paint(width, height)

    def paint(self, width, height):
        return Rendered(
            image=np.full((height, width, 3), self.grey, np.uint8),
            landmarks=np.full((478, 2), width / 2, np.float32),
            pose=(1.0, 2.0, 3.0),
        )


def test_a_store_by_another_renderer(tmp_path):
    out = tmp_path / "store"
    assert make(SCENARIO, out, size=16, jobs=1, renderer=Flat()).finished
    store = Store(out)
    assert np.abs(store.images([0, 1]).astype(int) - 200).max() <= 1
    assert store.column("yaw").tolist() == [1.0, 1.0]
    facts = store.facts.created
    store.close()
    assert facts["renderer"].endswith(":Flat")
    assert facts["renderer_fields"] == {"grey": 200}
    assert make(SCENARIO, out, size=16, jobs=1, renderer=Flat()).finished
    for other in (Flat(grey=100), CPU):
        with pytest.raises(MienError, match="other settings"):
            make(SCENARIO, out, size=16, jobs=1, renderer=other)


def test_the_usual_renderer_is_not_named():
    facts = creation_facts(SCENARIO, seed=0, size=16)
    assert facts == creation_facts(SCENARIO, seed=0, size=16, renderer=CpuRenderer())
    assert "renderer" not in json.dumps(facts)


def test_the_usual_renderer_goes_to_other_processes(tmp_path):
    part = Part(scenario=SCENARIO, clips=(), size=16, path=tmp_path)
    assert part.renderer == CPU
    assert pickle.loads(pickle.dumps(part)) == part
    assert isinstance(CPU, Renderer)
    assert isinstance(Flat(), Renderer)


def test_the_usual_renderer_is_the_lab_s():
    shot = SCENARIO.frame(SCENARIO.clips(0)[0], 0)
    what = (shot.person, shot.face, shot.world)
    one, other = CPU.render(*what, size=24, seed=3), render(*what, size=24, seed=3)
    np.testing.assert_array_equal(one.image, other.image)
    place = {"width": 40, "height": 32, "centre": (20.0, 14.0), "scale": 20.0, "seed": 3}
    one, other = CPU.render_scene(*what, **place), render_scene(*what, **place)
    np.testing.assert_array_equal(one.image, other.image)
    np.testing.assert_array_equal(one.landmarks, other.landmarks)


def test_one_frame_and_a_clip_by_another_renderer(tmp_path):
    clip = SCENARIO.clips(0)[0]
    assert (shoot(SCENARIO, clip, 0, size=20, renderer=Flat(grey=7)) == 7).all()
    assert (shoot(SCENARIO, clip, 0, size=20) != 7).any()
    files = write_clip(SCENARIO, clip, tmp_path / "clip.mp4", width=32, height=16, renderer=Flat())
    with av.open(str(files.video)) as video:
        (frame,) = [each.to_ndarray(format="rgb24") for each in video.decode(video=0)]
    assert frame.shape == (16, 32, 3)
    assert np.abs(frame.astype(int) - 200).max() <= 4
    assert pq.read_table(files.truth)["pitch"].to_pylist() == [2.0]
