import pytest

from mien.errors import MienError
from mien.predict.purpose import check_purpose


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
    ],
)
def test_work_and_education_are_refused(purpose):
    with pytest.raises(MienError, match="Art"):
        check_purpose(purpose)


@pytest.mark.parametrize(
    "purpose",
    ["drowsiness of workers, for safety", "therapy of pupils", "medical study of hospital staff"],
)
def test_medical_and_safety_reasons_are_let_through(purpose):
    assert check_purpose(purpose) == purpose


def test_other_purposes_are_kept_in_one_line():
    assert check_purpose("  psychology study,\n consented ") == "psychology study, consented"
    assert check_purpose("my artwork") == "my artwork"
