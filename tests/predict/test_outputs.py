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
