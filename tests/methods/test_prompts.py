import pytest
from hypothesis import given
from hypothesis import strategies as st

from methods import tiny
from mien import facs
from mien.errors import MienError
from mien.methods import activities, prompts
from mien.models.text import TextEncoder


def test_names_fill_the_first_template():
    assert prompts.unit_names([12, 4]) == [
        "a photo of a person with lip corner puller",
        "a photo of a person with brow lowerer",
    ]
    assert prompts.expression_names(["neutral", "anger"]) == [
        "a photo of a person with a neutral expression",
        "a photo of a person with an expression of anger",
    ]
    assert prompts.unit_names([12], template=prompts.ABSENT_TEMPLATE) == [
        "a photo of a person without lip corner puller"
    ]


@given(st.integers(0, 2**63 - 1))
def test_descriptions_are_shuffled_by_the_seed_alone(seed):
    one = prompts.unit_descriptions(facs.LAB_AUS, seed=seed)
    assert one == prompts.unit_descriptions(facs.LAB_AUS, seed=seed)
    for prompt, au in zip(one, facs.LAB_AUS, strict=True):
        look = facs.ACTION_UNITS[au].description
        assert prompt in [template.format(look) for template in facs.DESCRIPTION_TEMPLATES]


def test_every_template_is_drawn_and_none_is_for_reading():
    drawn = {
        prompt.replace(facs.EXPRESSION_DESCRIPTIONS["fear"], "{}")
        for seed in range(50)
        for prompt in prompts.expression_descriptions(["fear"], seed=seed)
    }
    assert drawn == set(facs.DESCRIPTION_TEMPLATES)
    (fixed,) = prompts.expression_descriptions(["fear"], seed=None)
    assert fixed.startswith("a photo of a person with ")


@pytest.mark.parametrize(
    "options",
    [
        {"aus": (1, 99)},
        {"aus": (1, 1)},
        {"aus": (13,)},  # a unit with a name but no description
        {"expressions": ("joy",)},
        {"aus": (), "expressions": (), "weights": tiny.Weights()},
        {"weights": tiny.Weights(au=-1.0)},
        {"weights": tiny.Weights(au=0.0, expression=0.0)},
        {"imbalance": tiny.Imbalance(positive_weights=(1.0,))},
        {"imbalance": tiny.Imbalance(expression_counts=(1.0,))},
        {"names": False, "au_form": "pair"},
        {"scale": 0.0},
        {"text": tiny.FROZEN, "joint": None},
    ],
)
def test_configs_that_cannot_be_meant_are_refused(options):
    with pytest.raises(MienError) as caught:
        tiny.finetune(**options)
    assert caught.value.remedy


def test_units_without_description_can_be_named():
    assert tiny.finetune(aus=(13,), descriptions=False).compared == {"au": 1, "expression": 3}


@pytest.mark.parametrize(
    "options",
    [
        {"images": False, "texts": False},
        {"temperature": 0.0},
        {"activities": "disfa"},
        {"own": (("joke", "A joke."), ("joke", "Another."))},
        {"own": (("joke", " "),)},
        {"own": (("", "A joke."),)},
        {"own": (("joke", "A joke."), ("ice", "Ice.")), "merge": "state"},
    ],
)
def test_stage_1_refuses_what_cannot_be_meant(options):
    with pytest.raises(MienError) as caught:
        tiny.pretrain(**options)
    assert caught.value.remedy


def test_towers_that_do_not_meet_are_refused():
    with pytest.raises(MienError, match="24 features"):
        tiny.finetune(joint=None).build(tiny.WIDE, seed=0)


def test_activities_are_listed_one_corpus_after_the_other():
    both = activities.listed("bp4d+bp4d-plus")
    assert both == facs.ACTIVITIES["bp4d"] + facs.ACTIVITIES["bp4d-plus"]


def test_own_activities_replace_the_listed_ones():
    own = (("joke", "A joke."), ("ice", "Ice."), ("pun", "A joke."))
    assert [each.code for each in activities.listed("bp4d", own=own)] == ["joke", "ice", "pun"]
    plain = activities.classes("bp4d", merge="none", own=own)
    assert plain == ([0, 1, 2], ["A joke.", "Ice.", "A joke."])
    assert activities.classes("bp4d", merge="text", own=own) == ([0, 1, 0], ["A joke.", "Ice."])


def test_activities_merge_by_words_or_by_emotion():
    codes, texts = activities.classes("bp4d", merge="none")
    assert codes == list(range(8))
    assert texts == [facs.activity_text(each) for each in facs.ACTIVITIES["bp4d"]]
    listed = activities.listed("bp4d+bp4d-plus")
    for merge, key in (("text", "text"), ("state", "state")):
        codes, texts = activities.classes("bp4d+bp4d-plus", merge=merge)
        assert len(texts) == max(codes) + 1 < len(listed)
        for i, one in enumerate(listed):
            for j, two in enumerate(listed):
                same = getattr(one, key) == getattr(two, key)
                assert (codes[i] == codes[j]) == same


@pytest.mark.parametrize("method", [tiny.pretrain(), tiny.finetune(au_form="pair")])
def test_every_prompt_is_encoded_once_a_step(monkeypatch, method):
    calls = []
    encode = TextEncoder.encode

    def counted(self, texts):
        calls.append(list(texts))
        return encode(self, texts)

    monkeypatch.setattr(TextEncoder, "encode", counted)
    module = method.build(tiny.BACKBONE, seed=0)
    module(tiny.batch())
    assert len(calls) == 1
    assert len(set(calls[0])) == len(calls[0])


def test_reading_encodes_names_only(monkeypatch):
    calls = []
    encode = TextEncoder.encode

    def counted(self, texts):
        calls.extend(texts)
        return encode(self, texts)

    monkeypatch.setattr(TextEncoder, "encode", counted)
    tiny.finetune().build(tiny.BACKBONE, seed=0).reader()
    assert calls == prompts.unit_names(tiny.AUS) + prompts.expression_names(tiny.EXPRESSIONS)
