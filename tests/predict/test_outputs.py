import pytest

from mien.errors import MienError
from mien.predict.outputs import plan


def test_a_folder_holds_both_tables(tmp_path):
    outputs = plan(tmp_path / "reading")
    assert outputs.root == outputs.folder == tmp_path / "reading"
    assert outputs.tables == ("readings.parquet", "readings.csv")
    assert outputs.provenance == "provenance.json"


@pytest.mark.parametrize("name", ["smiles.csv", "smiles.parquet", "smiles.JSONL"])
def test_a_file_has_its_provenance_beside_it(tmp_path, name):
    outputs = plan(tmp_path / name)
    assert outputs.folder is None
    assert (outputs.root, outputs.tables) == (tmp_path, (name,))
    assert outputs.provenance == "smiles.provenance.json"


@pytest.mark.parametrize(
    ("there", "out"),
    [("a.csv", "a.csv"), ("a.provenance.json", "a.csv"), ("reading", "reading")],
)
def test_nothing_is_overwritten(tmp_path, there, out):
    (tmp_path / there).write_text("kept")
    with pytest.raises(MienError, match="exists already") as refused:
        plan(tmp_path / out)
    assert refused.value.path == str(tmp_path / there)


def test_a_page_keeps_its_place_where_one_is_written(tmp_path):
    assert plan(tmp_path / "reading", report=True).page == tmp_path / "reading" / "report.html"
    (tmp_path / "a.html").write_text("kept")
    assert plan(tmp_path / "a.csv").page == tmp_path / "a.html"
    with pytest.raises(MienError, match="exists already") as refused:
        plan(tmp_path / "a.csv", report=True)
    assert refused.value.path == str(tmp_path / "a.html")


@pytest.mark.parametrize("name", ["a.xlsx", "a.txt", "a.mp4", "a.H5"])
def test_other_files_are_not_written(tmp_path, name):
    with pytest.raises(MienError, match="no table is written"):
        plan(tmp_path / name)


@pytest.mark.parametrize("name", ["reading", "2030.01.02", "reading.v2", "Dr. Smith"])
def test_folders_may_have_dots(tmp_path, name):
    assert plan(tmp_path / name).folder == tmp_path / name
