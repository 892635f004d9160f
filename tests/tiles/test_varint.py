from itertools import pairwise

import numpy as np
from google.protobuf.internal import encoder
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.tiles.varint import varint, varints, zigzag

NUMBERS = st.integers(0, 2**62)


def by_protobuf(number):
    written = []
    encoder._VarintEncoder()(written.append, number, None)  # noqa: SLF001
    return b"".join(written)


@given(NUMBERS)
def test_writes_what_protobuf_writes(number):
    assert varint(number) == by_protobuf(number)


@given(st.lists(NUMBERS | st.integers(0, 300)))
def test_writes_many_as_one_by_one(numbers):
    written, starts = varints(np.array(numbers, np.int64))
    cut = [written[a:b].tobytes() for a, b in pairwise(starts)]
    assert cut == [by_protobuf(number) for number in numbers]


@given(st.lists(st.integers(-(2**40), 2**40)))
def test_zigzag_is_undone(numbers):
    bent = zigzag(np.array(numbers, np.int64))
    assert (bent >= 0).all()
    assert [n >> 1 if n % 2 == 0 else -(n >> 1) - 1 for n in bent.tolist()] == numbers
