from hypothesis import given
from hypothesis import strategies as st

from gis_grid.locating.words import SPOKEN, categories_of
from gis_grid.standards.tables import facility_categories

NAMES = {
    code: (zh, en)
    for code, zh, en in facility_categories()[["code", "name_zh", "name_en"]].itertuples(
        index=False
    )
}


def test_every_spoken_word_means_something_in_the_published_table():
    for word in SPOKEN:
        assert categories_of(word, NAMES), word


def test_every_category_is_found_by_its_own_name():
    for code, (zh, _) in NAMES.items():
        assert code in categories_of(zh, NAMES)


@given(st.text(max_size=10))
def test_any_word_gives_known_categories_in_order(word):
    found = categories_of(word, NAMES)
    assert [code for code in NAMES if code in found] == list(found)
