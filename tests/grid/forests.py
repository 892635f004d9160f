"""Random forests of grids."""

from hypothesis import strategies as st

from gis_grid.grid.levels import COMMUNITY_GRID, FIVE_LEVEL


@st.composite
def forests(draw, max_size=40):
    """Codes, parents, levels and their scheme, shuffled, all by the rules."""
    scheme = draw(st.sampled_from([FIVE_LEVEL, COMMUNITY_GRID]))
    rows = []
    for number in range(draw(st.integers(0, max_size))):
        level = draw(st.sampled_from(scheme.keys))
        above = [code for code, _, key in rows if key in scheme.parents_of(level)]
        parent = draw(st.sampled_from(above)) if above and draw(st.integers(0, 5)) else None
        rows.append((f"g{number * 7919 % 101:03d}", parent, level))
    rows = draw(st.permutations(rows))
    codes, parents, levels = ([row[column] for row in rows] for column in range(3))
    return codes, parents, levels, scheme
