"""Claims judged on made-up readings: signs, noise, pairing, correction."""

import numpy as np
import pytest
from sklearn.metrics import f1_score, roc_auc_score

from mien.bench.papers.paper import Claim, Paper, Row
from mien.bench.trials.piece import Piece, read_piece, write_piece
from mien.bench.verdicts.compare import gap_of, judge, level_of, verdict
from mien.bench.verdicts.scores import NAMES, draws, has, said, values
from mien.errors import MienError
from mien.metrics.hierarchical import Effect

PEOPLE, EACH = 12, 10


def piece(row: str, seed: int, *, noise: float) -> Piece:
    """Readings of the same people, wrong in proportion to the noise."""
    draw = np.random.default_rng(100 + seed)
    truth = draw.integers(0, 2, (PEOPLE * EACH, 2)).astype(np.float32)
    classes = draw.integers(0, 3, PEOPLE * EACH)
    classes[0] = -1
    affect = draw.uniform(-1, 1, (PEOPLE * EACH, 2)).astype(np.float32)
    own = np.random.default_rng(hash_of(row) + seed)
    chances = np.eye(3)[np.maximum(classes, 0)] + noise * own.normal(size=(PEOPLE * EACH, 3))
    readings = {
        "subjects": np.repeat([f"p{n}" for n in range(PEOPLE)], EACH),
        "au": (truth * 0.6 + 0.2 + noise * own.normal(size=truth.shape)).astype(np.float32),
        "au_true": truth,
        "intensity": (5 * truth * 0.6 + noise * own.normal(size=truth.shape)).astype(np.float32),
        "intensity_true": 5 * truth,
        "expression": chances.astype(np.float32),
        "expression_true": classes,
        "affect": (affect + noise * own.normal(size=affect.shape)).astype(np.float32),
        "affect_true": affect,
    }
    hits = own.random(PEOPLE * EACH) > min(0.9, noise)
    who = {"subjects": readings["subjects"], "hit": hits}
    same = np.arange(PEOPLE * EACH) % 2 == 0
    near = (same + 2 * noise * own.normal(size=PEOPLE * EACH)).astype(np.float32)
    pairs = {"subjects": readings["subjects"], "near": near, "same": same}
    found = {"probe": readings, "identity": who, "places": pairs}
    return Piece(facts={"row": row, "seed": seed}, readings=found)


def hash_of(row: str) -> int:
    return sum(map(ord, row))


def pieces(**noise: float) -> dict[str, dict[int, Piece]]:
    return {
        row: {seed: piece(row, seed, noise=each) for seed in range(3)}
        for row, each in noise.items()
    }


def test_values_are_those_of_scikit_learn():
    one = piece("a", 0, noise=0.4)
    found = one.readings["probe"]
    f1 = [f1_score(found["au_true"][:, n], found["au"][:, n] >= 0.5) for n in range(2)]
    np.testing.assert_allclose(values(one, "probe:au-f1"), f1)
    areas = [roc_auc_score(found["au_true"][:, n], found["au"][:, n]) for n in range(2)]
    np.testing.assert_allclose(values(one, "probe:au-auc"), areas)
    known = found["expression_true"] >= 0
    guess = found["expression"][known].argmax(axis=1)
    macro = f1_score(found["expression_true"][known], guess, average="macro")
    assert values(one, "probe:expression-f1").mean() == pytest.approx(macro)
    hits = (guess == found["expression_true"][known]).mean()
    assert values(one, "probe:expression-accuracy") == pytest.approx([hits])
    pairs = one.readings["places"]
    area = roc_auc_score(pairs["same"], pairs["near"])
    assert values(one, "places:same-person-auc") == pytest.approx([area])


@pytest.mark.parametrize("kind", list(NAMES))
def test_draws_lie_about_the_value(kind):
    one = piece("a", 0, noise=0.4)
    asked = {"accuracy": "identity", "same-person-auc": "places"}
    score = f"{asked.get(kind, 'probe')}:{kind}"
    assert has(one, score)
    assert not has(one, f"finetune:{kind}")
    assert kind.split("-", maxsplit=1)[0].lower() in said(score).lower() or kind == "accuracy"
    drawn = draws(one, score, count=300)
    assert drawn.shape[0] == 300
    np.testing.assert_allclose(drawn.mean(axis=0), values(one, score), atol=0.03)


def test_a_clear_difference_is_seen_and_signs_decide():
    found = pieces(good=0.2, bad=1.0)
    claims = (
        Claim(first="good", second="bad", score="probe:au-auc", sign=1, paper=2.0, column="F1"),
        Claim(first="good", second="bad", score="probe:au-auc", sign=-1),
        Claim(first="bad", second="good", score="probe:valence-ccc", sign=0),
        Claim(first="bad", second="good", score="identity:accuracy", sign=-1),
        Claim(first="good", second="none", score="probe:au-auc", sign=1),
    )
    judged = judge(claims, found)
    verdicts = [each.verdict for each in judged]
    assert verdicts == ["holds", "does not hold", "below", "holds", "not run"]
    assert [each.sign for each in judged] == [1, 1, -1, -1, 0]
    assert judged[0].survives
    assert judged[0].effect is not None
    assert judged[0].corrected == pytest.approx(4 * judged[0].effect.p)
    assert np.isnan(judged[-1].corrected)
    assert len(judged[0].gaps) == 3
    assert judged[0].effect.value == pytest.approx(np.mean(judged[0].gaps))
    assert judged[0].effect.low < judged[0].effect.value < judged[0].effect.high


def test_a_row_beside_itself_is_noise():
    found = pieces(one=0.4)
    effect, gaps = gap_of("one", "one", "probe:au-f1", found)
    assert effect is not None
    assert gaps == (0.0, 0.0, 0.0)
    assert (effect.value, effect.low, effect.high, effect.p) == (0.0, 0.0, 0.0, 1.0)
    assert verdict(effect, Claim(first="one", second="one", score="x", sign=1)) == "within noise"


def test_other_rows_cannot_be_paired():
    found = pieces(one=0.4, two=0.4)
    found["two"][1].readings["probe"]["subjects"][:] = "p0"
    with pytest.raises(ValueError, match="cannot be paired"):
        gap_of("one", "two", "probe:au-f1", found)


def test_levels_are_means_over_seeds():
    found = pieces(one=0.4)
    level = level_of("one", "probe:au-auc", found)
    assert level is not None
    each = [values(piece, "probe:au-auc").mean() for piece in found["one"].values()]
    assert level.value == pytest.approx(np.mean(each))
    assert level_of("one", "labels:au-auc", found) is None


def test_an_undefined_interval_is_noise():
    nan = float("nan")
    effect = Effect(value=0.1, low=nan, high=nan, p=nan, visible=nan)
    assert verdict(effect, Claim(first="a", second="b", score="x", sign=1)) == "within noise"


def test_a_piece_comes_back_as_it_was(tmp_path):
    one = piece("a", 0, noise=0.4)
    path = tmp_path / "deep" / "a-seed0.json"
    write_piece(path, one.facts, one.readings)
    again = read_piece(path)
    assert again.facts == one.facts
    assert again.readings.keys() == one.readings.keys()
    np.testing.assert_array_equal(again.readings["probe"]["au"], one.readings["probe"]["au"])
    whole = path.with_suffix(".npz").read_bytes()
    for damaged in (b"no zip", whole[: len(whole) // 2], b""):
        path.with_suffix(".npz").write_bytes(damaged)
        with pytest.raises(MienError, match="cannot be read"):
            read_piece(path)


def test_a_paper_refuses_claims_about_rows_it_has_not():
    row = Row(name="a", recipe="a", part="wild")
    claim = Claim(first="a", second="b", score="probe:au-f1", sign=1)
    with pytest.raises(MienError, match="'b'"):
        Paper(name="p", title="p", rows=(row,), claims=(claim,), headline={}, caveats=())
    with pytest.raises(MienError, match="one name"):
        Paper(name="p", title="p", rows=(row, row), claims=(), headline={}, caveats=())
