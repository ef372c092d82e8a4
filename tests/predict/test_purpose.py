import pytest

from mien.errors import MienError
from mien.predict.purpose import check_phrases, check_purpose, needed_purpose


@pytest.mark.parametrize("purpose", [None, "", "  \n"])
def test_a_purpose_is_required(purpose):
    with pytest.raises(MienError, match="needs a stated purpose"):
        check_purpose(purpose)


@pytest.mark.parametrize(
    "purpose",
    [
        "workplace mood",
        "mood of employees",
        "hiring",
        "recruitment interviews",
        "education",
        "attention of students",
        "Class room monitoring",
        "proctored exams",
        "see who smiles at work",
        "interviews of job applicants",
        "call centre agents",
        "college lectures",
        "mood of my team in the office",
        "interview candidates",
        "watch trainees",
        "apprentices",
        "are the coworkers happy",
        "the mood of interns",
        "boredom during the lesson",
        "non-medical study of employees",
        "mood of staff, not for medical reasons",
        "no therapy, just the class room",
    ],
)
def test_work_and_education_are_refused(purpose):
    with pytest.raises(MienError, match="Art"):
        check_purpose(purpose)


@pytest.mark.parametrize(
    "purpose",
    [
        "drowsiness of workers, for safety",
        "therapy of pupils",
        "medical study of hospital staff",
        "non-commercial medical study of staff",
    ],
)
def test_medical_and_safety_reasons_are_let_through(purpose):
    assert check_purpose(purpose) == purpose


def test_other_purposes_are_kept_in_one_line():
    assert check_purpose("  psychology study,\n consented ") == "psychology study, consented"
    assert check_purpose("my artwork") == "my artwork"
    assert check_purpose("international interviews on film") == "international interviews on film"


@pytest.mark.parametrize(
    "phrase",
    ["an angry man", "Happiness", "a sad look", "she feels ill", "fearful eyes", "startled"],
)
def test_phrases_that_name_an_emotion_need_a_purpose(phrase):
    with pytest.raises(MienError, match="purpose"):
        check_phrases(["a smile", phrase], None)
    check_phrases(["a smile", phrase], "a study of consented volunteers")
    with pytest.raises(MienError, match="prohibited"):
        check_phrases([phrase], "hiring")


def test_looks_need_none():
    check_phrases(["eyes wide open", "lip corner puller", "a wide smile", "brows drawn"], None)


def test_a_purpose_is_kept_only_where_it_is_needed():
    assert needed_purpose("a study", expressions=True, prompts=()) == "a study"
    assert needed_purpose("a study", expressions=False, prompts=("a wink",)) == ""
    assert needed_purpose("a study", expressions=False, prompts=("a sad look",)) == "a study"
    with pytest.raises(MienError, match="purpose"):
        needed_purpose(None, expressions=True, prompts=())


def test_a_phrase_that_needs_a_purpose_is_named():
    with pytest.raises(MienError, match="the phrase 'she looks happy' names an emotion"):
        check_phrases(["a wink", "she looks happy"], None)
    with pytest.raises(MienError, match="reading expressions or affect needs"):
        needed_purpose(None, expressions=True, prompts=("she looks happy",))
