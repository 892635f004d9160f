import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.errors import CodeError
from gis_grid.grid.digits import DigitTable, next_number, numbers_after


@given(st.lists(st.integers(0, 10**9 - 1)))
def test_reads_numbers_out_of_the_middle(numbers):
    table = DigitTable([f"{number:09d}" for number in numbers], 9)
    assert table.well_formed.all()
    assert table.number(3, 6).tolist() == [number // 1000 % 1000 for number in numbers]


def objects(codes):
    return np.array(codes, object)


@pytest.mark.parametrize("kind", [list, objects, pd.Series])
def test_takes_lists_arrays_and_series(kind):
    table = DigitTable(kind(["12", "1", "123", "１2", "", "1\0", "12\0"]), 2)
    assert table.well_formed.tolist() == [True] + [False] * 6
    assert table.number(0, 2).tolist() == [12] + [0] * 6


def test_missing_values_are_rows_that_are_not_well_formed():
    table = DigitTable([None, float("nan"), "12"], 2)
    assert table.well_formed.tolist() == [False, False, True]


def test_no_codes():
    assert DigitTable([], 12).number(0, 12).shape == (0,)


def test_numbers_after_a_start_come_from_whole_codes_only():
    assert list(numbers_after("12", ["1203", "120", "12034", "13 3", "99", "12x3"], width=4)) == [3]


@given(st.sets(st.integers(-5, 15)))
def test_next_number_is_free_and_in_range(taken):
    if set(range(11)) <= taken:
        with pytest.raises(CodeError, match="box has no free number from 0 to 10"):
            next_number(taken, low=0, high=10, what="box")
        return
    number = next_number(taken, low=0, high=10, what="box")
    assert 0 <= number <= 10
    assert number not in taken
