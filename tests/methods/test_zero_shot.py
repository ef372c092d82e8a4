"""Classes without labels: their texts and prototypes, against loops."""

import math

import numpy as np
import pytest
import torch

from methods import tiny
from methods.tiny import unit
from mien import facs
from mien.errors import MienError
from mien.facs import DEMO_AUS, EXPRESSIONS_7, LAB_AUS
from mien.methods.phrases import face_features, phrase_features, text_side
from mien.methods.prompting import Prompting
from mien.methods.zero_shot import FLOOR, class_features, prototype_scores

ALL = EXPRESSIONS_7
BOTH = Prompting(templates=("a photo of a person with {}", "the face shows {}"), use="ensemble")


def built(method):
    return method.build(tiny.BACKBONE, seed=0).eval()


def said(module, prompts):
    return unit(module.text_projection(module.text.encode(prompts)))


@torch.no_grad()
@pytest.mark.parametrize("method", [tiny.pretrain(), tiny.finetune(expressions=())])
def test_names_and_descriptions_of_classes(method):
    module = built(method)
    names = [f"a photo of a person with {facs.EXPRESSION_PHRASES[name]}" for name in ALL]
    torch.testing.assert_close(class_features(module, ALL, way="names"), said(module, names))
    looks = [
        [template.format(facs.EXPRESSION_DESCRIPTIONS[name]) for name in ALL]
        for template in facs.DESCRIPTION_TEMPLATES
    ]
    described = unit(sum(said(module, each) for each in looks))
    got = class_features(module, ALL, way="descriptions")
    torch.testing.assert_close(got, described)
    both = unit(said(module, names) + described)
    torch.testing.assert_close(class_features(module, ALL, way="both"), both)
    with pytest.raises(ValueError, match="prototypes"):
        class_features(module, ALL, way="prototypes")


@torch.no_grad()
@pytest.mark.parametrize("prompting", [Prompting(), BOTH, Prompting(context=2)])
def test_a_label_said_as_a_phrase_reads_as_the_label(prompting):
    """Phrases are prompted as label names are: scores agree with the reader's."""
    module = built(tiny.finetune(prompting=prompting))
    features = module.encoder(tiny.batch().views[:, 0])
    text = phrase_features(module, [facs.EXPRESSION_PHRASES[name] for name in tiny.EXPRESSIONS])
    shares = (10 * face_features(module, features) @ text.T).softmax(1)
    torch.testing.assert_close(module.predict(tiny.batch().views[:, 0])["expression"], shares)


@pytest.mark.parametrize(
    "method",
    [
        tiny.pretrain(texts=False),
        tiny.finetune(names=False, descriptions=False),
        tiny.every_method()["supervised"],
    ],
)
def test_runs_without_texts_are_refused(method):
    with pytest.raises(MienError, match="images alone") as caught:
        text_side(built(method), name="it")
    assert caught.value.remedy


def test_prototype_scores_are_a_sum_over_units():
    rng = np.random.default_rng(0)
    units = rng.random((5, len(DEMO_AUS))).astype(np.float32)
    got = prototype_scores(units, aus=DEMO_AUS, expressions=ALL)
    for row, p in enumerate(units.tolist()):
        for column, name in enumerate(ALL):
            total = 0.0
            for value, au in zip(p, DEMO_AUS, strict=True):
                q = FLOOR + (1 - 2 * FLOOR) * facs.PROTOTYPES[name].get(au, 0.0) / 5
                total += value * math.log(q) + (1 - value) * math.log(1 - q)
            assert got[row, column] == pytest.approx(total)


def test_a_prototype_reads_as_itself():
    """Cross-entropy is least at the distribution itself (Gibbs)."""
    table = np.array([[facs.PROTOTYPES[n].get(au, 0.0) for au in LAB_AUS] for n in ALL])
    units = FLOOR + (1 - 2 * FLOOR) * table / 5
    scores = prototype_scores(units, aus=LAB_AUS, expressions=ALL)
    np.testing.assert_array_equal(scores.argmax(1), np.arange(len(ALL)))
    nothing = prototype_scores(np.zeros((1, len(LAB_AUS))), aus=LAB_AUS, expressions=ALL)
    assert ALL[int(nothing.argmax())] == "neutral"
