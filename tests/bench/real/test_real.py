"""Judged by real faces: codes, measures, the whole path; rendered stand-ins for photographs."""

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest
from scipy.stats import spearmanr

from mien.bench.real import plan as real_plan
from mien.bench.real import taught
from mien.bench.real.beside import of_blendshapes
from mien.bench.real.orl_codes import UNITS, Codes, read_codes
from mien.bench.real.orl_measure import (
    COUNTERPARTS,
    area,
    centred,
    judge,
    ranks,
    spearman,
)
from mien.bench.real.orl_photos import Photos, enlarge, look
from mien.bench.real.pictures import write_pictures
from mien.cli.main import main
from mien.errors import MienError
from mien.faces.blendshapes import NAMES
from mien.faces.landmarker import Landmarker
from mien.lab.conditions.world import World
from mien.lab.expression import FaceState
from mien.lab.people.draw import sample_person
from mien.lab.render import render_scene
from mien.models.small64 import Small64

HEADER = "subject,image,au12,au25,au43,glasses\n"


@pytest.fixture(scope="module")
def stand_ins(tmp_path_factory):
    """Four people, three grey pictures each: neutral, smiling, eyes shut; and their codes."""
    root = tmp_path_factory.mktemp("orl")
    lines = []
    for number in range(1, 5):
        person = sample_person(np.random.default_rng(number))
        for image, (units, codes) in enumerate(
            [({}, "0,0,0"), ({12: 5.0, 25: 3.0, 6: 3.0}, "1,1,0"), ({43: 5.0}, "0,0,1")], start=1
        ):
            scene = render_scene(
                person,
                FaceState.of(units),
                World(),
                width=92,
                height=112,
                centre=(46.0, 46.0),
                scale=85.0,
                seed=0,
            )
            (root / f"s{number}").mkdir(exist_ok=True)
            grey = cv2.cvtColor(scene.image, cv2.COLOR_RGB2GRAY)
            cv2.imwrite(str(root / f"s{number}" / f"{image}.pgm"), grey)
            lines.append(f"s{number},{image},{codes},{number % 2}")
    return root, read_codes(HEADER + "\n".join(lines))


@pytest.fixture(scope="module")
def photos(stand_ins) -> Photos:
    root, codes = stand_ins
    return look(codes, folder=root, landmarker=Landmarker(runner="opencv"), tell=str)


def made_up(people: int, each: int, generator: np.random.Generator) -> Photos:
    """Photographs without pixels: random codes and blendshapes."""
    count = people * each
    codes = Codes(
        subjects=tuple(f"s{row // each}" for row in range(count)),
        images=tuple(str(row % each + 1) for row in range(count)),
        truth=(generator.uniform(size=(count, 3)) < 0.4).astype(float),
        glasses=generator.uniform(size=count) < 0.3,
    )
    return Photos(
        codes=codes,
        pictures=(),
        landmarks=np.zeros((count, 478, 3), np.float32),
        scores=generator.uniform(size=(count, 52)).astype(np.float32),
        missing=(),
    )


def test_the_codes_of_the_package():
    codes = read_codes()
    assert len(codes) == 400
    assert len(set(codes.subjects)) == 40
    known = ~np.isnan(codes.truth)
    assert known.sum(axis=0).tolist() == [270, 360, 382]
    assert np.nansum(codes.truth, axis=0).tolist() == [98, 164, 11]
    assert int(codes.glasses.sum()) == 119
    assert codes.files[:2] == ("s1/1.pgm", "s1/2.pgm")


@pytest.mark.parametrize("line", ["s1,1,2,0,0,0", "s1,1,0,0"])
def test_codes_that_are_none_are_refused(line):
    with pytest.raises(MienError, match="codes cannot be read"):
        read_codes(HEADER + line + "\n")


def test_every_stand_in_has_a_face_and_crops_like_prediction(photos, stand_ins):
    assert photos.missing == ()
    assert photos.crops(48).shape == (12, 48, 48, 3)
    assert photos.pictures[0].shape == (336, 276, 3)
    smiles = photos.blendshape("mouthSmile")
    truth = photos.codes.truth[:, UNITS.index(12)]
    assert smiles[truth == 1.0].mean() > smiles[truth == 0.0].mean() + 0.2
    both = photos.blendshape("jawOpen", "mouthUpperUp")
    columns = [NAMES.index(name) for name in ("mouthUpperUpLeft", "mouthUpperUpRight")]
    wanted = photos.scores[:, NAMES.index("jawOpen")] + photos.scores[:, columns].mean(axis=1)
    assert np.allclose(both, wanted)


def test_photographs_without_a_face_are_left_out_and_named(stand_ins, tmp_path):
    root, codes = stand_ins
    folder = tmp_path / "some"
    (folder / "s1").mkdir(parents=True)
    (folder / "s1" / "1.pgm").write_bytes((root / "s1" / "1.pgm").read_bytes())
    cv2.imwrite(str(folder / "s1" / "2.pgm"), np.zeros((112, 92), np.uint8))
    two = replace(
        codes,
        subjects=codes.subjects[:2],
        images=codes.images[:2],
        truth=codes.truth[:2],
        glasses=codes.glasses[:2],
    )
    found = look(two, folder=folder, landmarker=Landmarker(runner="opencv"), tell=str)
    assert found.missing == ("s1/2.pgm",)
    assert found.codes.files == ("s1/1.pgm",)


def test_enlarging_keeps_the_middle():
    picture = np.tile(np.linspace(0, 240, 30, dtype=np.uint8)[None, :, None], (20, 1, 3))
    large = enlarge(picture)
    assert large.shape == (60, 90, 3)
    assert np.abs(large[30, 1::3].astype(int) - picture[10]).max() <= 2


def test_areas_and_ranks_agree_with_scipy(generator):
    photos = made_up(8, 6, generator)
    scores = generator.normal(size=48)
    truth = photos.codes.truth[:, 0]
    above = scores[truth == 1.0][:, None] > scores[truth == 0.0]
    found = area(scores, photos, 12)
    assert found.value == pytest.approx(above.mean())
    assert found.low < found.value < found.high
    assert (found.positives, found.negatives) == ((truth == 1).sum(), (truth == 0).sum())
    some = photos.codes.glasses
    assert area(scores, photos, 12, among=some).positives == int(truth[some].sum())
    other = photos.blendshape("mouthSmile").astype(np.float64)
    assert spearman(scores, other) == pytest.approx(spearmanr(scores, other).statistic)
    assert np.isnan(spearman(scores, np.zeros(48)))
    mine = ranks(scores, photos, 12)
    subjects = np.array(photos.codes.subjects)
    inside = spearmanr(centred(scores, subjects), centred(other, subjects)).statistic
    assert mine.within == pytest.approx(inside)
    assert mine.low < mine.within < mine.high


def test_people_who_differ_do_not_count_within():
    """A score that only tells people apart has no correlation left once medians are off."""
    subjects = np.repeat(np.array(["a", "b", "c"]), 5)
    person = np.repeat([0.0, 5.0, 9.0], 5)
    assert np.all(centred(person, subjects) == 0.0)
    moving = person + np.tile([0.0, 1.0, 2.0, 3.0, 4.0], 3)
    assert centred(moving, subjects).tolist() == [-2.0, -1.0, 0.0, 1.0, 2.0] * 3


def test_a_perfect_reader_and_the_references(photos):
    scores = {unit: photos.codes.truth[:, place] for place, unit in enumerate(UNITS)}
    judged = judge(scores, photos)
    assert [each.value for each in judged.areas] == [1.0, 1.0, 1.0]
    assert {each.unit for each in judged.correlations} == set(UNITS) & set(COUNTERPARTS)
    shapes = {each.name: each.area for each in of_blendshapes(photos)}
    assert shapes["mouthSmile"].value == 1.0
    json.dumps(judged.record(), allow_nan=False)


def test_pictures_stay_out_of_checkouts(photos, tmp_path):
    scores = {unit: np.linspace(0.0, 1.0, 12) for unit in UNITS}
    text = write_pictures(tmp_path / "private", scores, photos).read_text()
    assert "s1/2.pgm" in text
    assert "AT&amp;T Laboratories Cambridge" in text
    (tmp_path / "checkout" / ".git").mkdir(parents=True)
    with pytest.raises(MienError, match="git checkout"):
        write_pictures(tmp_path / "checkout" / "deep" / "er", scores, photos)


@pytest.fixture
def small_recipe(monkeypatch):
    """The recipe with a small net from random weights."""
    run = replace(
        real_plan.lab_probe(),
        backbone=Small64(size=32, channels=(8, 16, 16, 24, 32)),
        batch=8,
        steps=2,
    )
    monkeypatch.setattr(real_plan, "lab_probe", lambda: run)


def test_the_whole_path_on_both_looks(small_recipe, photos, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("mien.bench.real.orl_photos.look", lambda _: photos)
    words = ["bench", "real", "--work", str(tmp_path / "work"), "--people", "12", "--jobs", "1"]
    words += [
        "--look",
        "both",
        "--sizes",
        "32",
        "--steps",
        "2",
        "--seeds",
        "1",
        "--out",
        str(tmp_path / "out"),
    ]
    words += ["--pictures", str(tmp_path / "pictures")]
    assert main([*words, "--max-seconds", "0"]) == 1
    assert main(words) == 0
    record = json.loads((tmp_path / "out" / "looks.json").read_text())
    readers = record["figures"]["readers"]
    assert [one["name"] for one in readers] == ["lab-32-seed0", "plain-32-seed0"]
    assert set(readers[0]["lab_auc"]) == {"lab", "plain"}
    assert "AU43 rests on 11 photographs" in (tmp_path / "out" / "looks.md").read_text()
    assert "--look both" in record["command"]
    assert str(tmp_path / "pictures") not in record["command"]
    assert (tmp_path / "pictures" / "errors.html").exists()
    capsys.readouterr()
    run = str(tmp_path / "work" / "runs" / "lab-32-seed0")
    assert main(["bench", "real", "--run-folders", run]) == 0
    assert "lab-32-seed0" in capsys.readouterr().out


def test_a_run_that_reads_other_units_is_refused(small_recipe, tmp_path):
    plan = real_plan.Plan(work=tmp_path, people=12, jobs=1, sizes=(32,))
    recipe = plan.recipe(32, 0)
    narrow = replace(recipe, method=replace(recipe.method, aus=(1, 2)))
    assert taught.prepare_stores(plan, tell=str)
    taught.train(narrow, tmp_path / "narrow", store=plan.store("lab", 32))
    with pytest.raises(MienError, match="does not read units"):
        taught.open_reader(tmp_path / "narrow")


def test_readers_are_averaged_and_mirrored(photos, generator):
    chances = generator.uniform(size=(2, len(photos), len(UNITS)))
    each = []
    for number, one in enumerate(chances):
        scores = {unit: one[:, place] for place, unit in enumerate(UNITS)}
        judged = judge(scores, photos)
        each.append(taught.Result(name=str(number), scores=scores, judged=judged, lab={}))
    both = taught.average(each, photos, name="both")
    for place, unit in enumerate(UNITS):
        assert both.scores[unit] == pytest.approx((chances[0] + chances[1])[:, place] / 2)
        assert both.judged.areas[place] == area(both.scores[unit], photos, unit)
    run = replace(
        real_plan.lab_probe(), backbone=Small64(size=32, channels=(8, 16, 16, 24, 32)), steps=1
    )
    module = run.method.build(run.backbone, seed=0)
    reader = taught.Reader(name="untaught", run=run, module=module.eval())
    crops = generator.integers(0, 256, (5, 32, 32, 3), dtype=np.uint8)
    mirrored = np.ascontiguousarray(crops[:, :, ::-1])
    assert np.allclose(
        taught.read_crops(reader, crops), taught.read_crops(reader, mirrored), atol=1e-6
    )
