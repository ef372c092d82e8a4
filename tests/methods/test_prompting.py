"""Templates, ensembles, learned words and intensity words, put together from the outside."""

from dataclasses import replace

import pytest
import torch

from losses import slow_losses
from methods import tiny
from methods.tiny import unit
from mien import facs
from mien.errors import MienError
from mien.methods.prompting import Prompting, graded, named, unit_phrases
from mien.methods.prompts import unit_names

TWO = ("a photo of a person with {}", "the face shows {}")
ENSEMBLE = Prompting(templates=TWO, use="ensemble")
BATCH = tiny.batch(dtype=torch.float64)
PHRASES = unit_phrases(tiny.AUS)


def double(**options):
    return tiny.finetune(**options).build(tiny.BACKBONE, seed=0).double().eval()


def test_the_first_template_is_the_default():
    assert named(PHRASES, Prompting(), seed=3) == (unit_names(tiny.AUS), [])
    both = Prompting(templates=TWO)
    assert named(PHRASES, both, seed=3)[0] == unit_names(tiny.AUS)


def test_random_templates_follow_the_seed_and_reading_takes_the_first():
    prompting = Prompting(templates=TWO, use="random")
    drawn = [named(PHRASES, prompting, seed=seed) for seed in range(20)]
    assert drawn == [named(PHRASES, prompting, seed=seed) for seed in range(20)]
    said = {prompt for prompts, also in drawn for prompt in prompts}
    assert said == {template.format(phrase) for template in TWO for phrase in PHRASES}
    assert not any(also for _, also in drawn)
    assert named(PHRASES, prompting, seed=None) == (unit_names(tiny.AUS), [])


def test_random_templates_are_drawn_anew_each_step():
    prompting = Prompting(templates=TWO, use="random")
    method = tiny.finetune(descriptions=False, prompting=prompting, expressions=())
    module = method.build(tiny.BACKBONE, seed=0)
    assert len({module(replace(tiny.batch(), seed=seed)).loss.item() for seed in range(8)}) > 1


@torch.no_grad()
def test_an_ensemble_is_the_mean_of_unit_features():
    module = double(prompting=ENSEMBLE, descriptions=False)
    texts = [
        unit(module.text_projection(module.text.encode([t.format(p) for p in PHRASES])))
        for t in TWO
    ]
    mean = unit((texts[0] + texts[1]) / 2)
    face = unit(module.image_projection(module.encoder(BATCH.views[:, 0])))
    wanted = torch.sigmoid(10 * face @ mean.T)
    torch.testing.assert_close(module.predict(BATCH.views[:, 0])["au"], wanted)


@torch.no_grad()
def test_an_ensemble_of_equal_templates_is_one_of_them():
    same = Prompting(templates=(TWO[0], TWO[0]), use="ensemble")
    one, other = double(), double(prompting=same)
    torch.testing.assert_close(one(BATCH).loss, other(BATCH).loss)


@torch.no_grad()
def test_intensities_are_the_expected_level_of_words():
    module = double(intensity_form="words", descriptions=False)
    module.comparers["intensity"].bias.copy_(torch.linspace(0.5, -0.5, 6))
    levels = [
        [
            f"a photo of a person without {phrase}",
            *(f"a photo of a person with {word} {phrase}" for word in facs.INTENSITY_WORDS[1:]),
        ]
        for phrase in PHRASES
    ]
    flat = [prompt for texts in levels for prompt in texts]
    assert graded(PHRASES, template=facs.NAME_TEMPLATES[0]) == flat
    face = unit(module.image_projection(module.encoder(BATCH.views[:, 0]))).tolist()
    bias = torch.linspace(0.5, -0.5, 6).tolist()
    wanted = torch.zeros(len(BATCH), 3, dtype=torch.float64)
    for column, texts in enumerate(levels):
        said = unit(module.text_projection(module.text.encode(texts))).tolist()
        for row, v in enumerate(face):
            logits = [10 * slow_losses.dot(v, t) + b for t, b in zip(said, bias, strict=True)]
            share = torch.tensor(logits).double().softmax(0)
            wanted[row, column] = (share * torch.arange(6)).sum()
    found = module.predict(BATCH.views[:, 0])["intensity"]
    torch.testing.assert_close(found, wanted, rtol=1e-6, atol=1e-6)


def test_learned_words_and_names_meet_faces():
    module = double(prompting=Prompting(context=3), descriptions=False)
    with torch.no_grad():
        text = unit(module.text_projection(module.context(module.text, PHRASES)))
        face = unit(module.image_projection(module.encoder(BATCH.views[:, 0])))
        wanted = torch.sigmoid(10 * face @ text.T)
    torch.testing.assert_close(module.predict(BATCH.views[:, 0])["au"], wanted)
    groups = module.parameter_groups()
    assert any(each is module.context.vectors for each in groups["head"])


def test_too_many_words_are_refused():
    with pytest.raises(MienError, match="no room") as caught:
        tiny.finetune(prompting=Prompting(context=64)).build(tiny.BACKBONE, seed=0)
    assert "tokens" in (caught.value.remedy or "")


@pytest.mark.parametrize(
    "options",
    [
        {"templates": ()},
        {"templates": ("a photo",)},
        {"templates": ("{} and {}",)},
        {"context": -1},
        {"context": 2, "use": "ensemble"},
    ],
)
def test_prompting_that_cannot_be_meant_is_refused(options):
    with pytest.raises(MienError) as caught:
        Prompting(**options)
    assert caught.value.remedy


@pytest.mark.parametrize(
    "options",
    [
        {"prompting": Prompting(context=2), "au_form": "pair"},
        {"prompting": Prompting(context=2), "names": False},
        {"intensity_form": "words", "names": False, "descriptions": False},
    ],
)
def test_stage_2_refuses_options_at_odds(options):
    with pytest.raises(MienError) as caught:
        tiny.finetune(**options)
    assert caught.value.remedy
