from hypothesis import given
from hypothesis import strategies as st

from gis_grid.standards.schema import Column, Source, Table, merge, parse, to_frame

TABLE = Table(
    name="things",
    columns=(
        Column(name="code"),
        Column(name="count", kind="integer", required=False),
        Column(name="size", kind="real", required=False),
        Column(name="good", kind="flag"),
    ),
)
numbers = st.none() | st.integers(0, 10**9 - 1)
records = st.lists(
    st.tuples(st.sampled_from("abcdef"), numbers, numbers, st.booleans()),
    unique_by=lambda row: row[0],
)


def parsed(rows):
    texts = [["" if value is None else str(value) for value in row] for row in rows]
    return parse(TABLE, Source(name="t.csv", header=TABLE.names, rows=texts))


@given(records)
def test_reads_back_what_was_written(rows):
    assert [tuple(record.values()) for record in parsed(rows)] == rows


@given(records, records)
def test_merging_is_what_a_dictionary_does(rows, changes):
    expected = {row[0]: row for row in rows} | {row[0]: row for row in changes}
    merged = merge(TABLE, parsed(rows), parsed(changes))
    assert [tuple(record.values()) for record in merged] == list(expected.values())


@given(records)
def test_a_frame_has_the_types_of_its_columns_even_when_empty(rows):
    frame = to_frame(TABLE, parsed(rows))
    assert [str(dtype) for dtype in frame.dtypes] == ["str", "Int64", "float64", "bool"]
    assert frame["count"].isna().tolist() == [row[1] is None for row in rows]
    assert frame["code"].tolist() == [row[0] for row in rows]
