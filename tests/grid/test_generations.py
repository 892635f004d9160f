from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_grid.errors import InputError, NotFoundError
from gis_grid.grid.generations import Generation, generation_at, require_sequence

START = datetime(2025, 1, 1, tzinfo=UTC)
BEIJING = timezone(timedelta(hours=8))


def generation(number, start, end=None):
    to = None if end is None else START + timedelta(days=end)
    return Generation(
        number=number,
        name=f"plan {number}",
        valid_from=START + timedelta(days=start),
        valid_to=to,
    )


@st.composite
def histories(draw):
    """Generations one after the other, the last one open or not."""
    days = sorted(draw(st.sets(st.integers(0, 1000), min_size=1, max_size=8)))
    ends = [*days[1:], draw(st.none() | st.integers(1001, 2000))]
    return [generation(n, *pair) for n, pair in enumerate(zip(days, ends, strict=True), 1)]


@given(histories(), st.randoms(use_true_random=False))
def test_a_history_without_gap_is_a_sequence_in_any_order(history, shuffle):
    shuffled = list(history)
    shuffle.shuffle(shuffled)
    assert require_sequence(shuffled) is None


@given(histories(), st.integers(-10, 2100))
def test_at_most_one_is_valid_and_it_is_the_one_that_started_last(history, day):
    moment = START + timedelta(days=day)
    started = [each for each in history if each.valid_from <= moment]
    valid = [each for each in history if each.covers(moment)]
    over = history[-1].valid_to is not None and moment >= history[-1].valid_to
    if not started or over:
        assert valid == []
        with pytest.raises(NotFoundError, match="no generation is valid at"):
            generation_at(history, moment)
    else:
        assert valid == [started[-1]] == [generation_at(history, moment)]


def test_ends_are_half_open_to_the_microsecond():
    first, second = generation(1, 0, 10), generation(2, 10)
    change = START + timedelta(days=10)
    before = change - timedelta(microseconds=1)
    assert generation_at([first, second], change) == second
    assert generation_at([first, second], before) == first


def test_the_zone_of_the_moment_does_not_matter():
    history = [generation(1, 0, 10), generation(2, 10)]
    change = datetime(2025, 1, 11, 8, tzinfo=BEIJING)
    assert generation_at(history, change).number == 2


def test_nothing_at_all_is_a_sequence():
    assert require_sequence([]) is None


@pytest.mark.parametrize(
    ("history", "message"),
    [
        ([generation(1, 0, 9), generation(2, 10)], "generation 1 ends at .* they must meet"),
        ([generation(1, 0, 11), generation(2, 10)], "they must meet"),
        ([generation(1, 0), generation(2, 10)], "generation 1 ends at None"),
        ([generation(1, 10), generation(2, 0, 10)], "they must meet"),
        ([generation(1, 0, 10), generation(1, 10)], "generation 1 occurs twice"),
    ],
)
def test_refuses_gaps_overlaps_and_repeats(history, message):
    with pytest.raises(InputError, match=message):
        require_sequence(history)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"number": 0}, "generation number 0 is not positive"),
        ({"valid_from": datetime(2025, 1, 1)}, "start of generation 1 is 2025-01-01.* time zone"),  # noqa: DTZ001
        ({"valid_to": datetime(2026, 1, 1)}, "end of generation 1 is 2026-01-01"),  # noqa: DTZ001
        ({"valid_to": START}, "not after its start"),
        ({"valid_to": START - timedelta(days=1)}, "not after its start"),
    ],
)
def test_refuses_a_generation_that_could_never_be(fields, message):
    with pytest.raises(InputError, match=message):
        Generation(**{"number": 1, "name": "x", "valid_from": START} | fields)


@pytest.mark.parametrize("history", [[], [generation(1, 0)]])
def test_refuses_a_moment_without_zone(history):
    with pytest.raises(InputError, match="moment is 2025-01-01T00:00:00 without a time zone"):
        generation_at(history, datetime(2025, 1, 1))  # noqa: DTZ001
