from hypothesis import given
from hypothesis import strategies as st

from gis_grid.locating.folding import fold, pieces
from gis_grid.locating.ranking import Fit, fit_of, likeness, says_all, starts_for

NAMES = st.text(st.sampled_from("人民大街花园柏12"), min_size=2, max_size=8)


@given(NAMES)
def test_the_whole_name_fits_better_than_a_part_of_it(name):
    folded = fold(name)
    assert fit_of(folded, folded, [name, None], is_address=False) is Fit.WHOLE
    for piece in pieces(name)[1:]:
        assert fit_of(piece, piece, [name], is_address=False) >= Fit.WHOLE
        if not folded.startswith(piece):
            assert fit_of(piece, piece, [name], is_address=False) is Fit.WITHIN


@given(NAMES, st.integers(0, 7))
def test_one_wrong_character_of_four_is_still_alike(name, at):
    name = (fold(name).strip("12") + "路灯广场")[:4]
    wrong = name[: at % 4] + "错" + name[at % 4 + 1 :]
    assert likeness(fold(wrong), name) >= 60
    starts = starts_for(fold(wrong))
    assert any(piece.startswith(start) for piece in pieces(name) for start in starts)


def test_says_all_words_or_not():
    assert says_all(["a", "b"], ["xa", None, "yb"])
    assert not says_all(["a", "c"], ["xa", "yb"])
