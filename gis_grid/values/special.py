"""Special grids (专属网格) as a layer: polygons and lines that lie over the ground grids."""

from gis_grid.values.layers import Field, Layer

SPECIAL = Layer(
    name="special",
    singular="special_grid",
    title_zh="专属网格",
    title_en="Special grids",
    geometry="GEOMETRY",
    fields=(
        Field(name="code", required=True, doc="Unique key of the special grid in its set."),
        Field(name="name", doc="What people call it."),
        Field(name="priority", kind="real", required=True, doc="The highest owns a point."),
        Field(
            name="tolerance_m",
            kind="real",
            low=0,
            required=True,
            doc="How far from its line a street section reaches, metres; 0 for polygons.",
        ),
    ),
)
"""None of `LAYERS`: it is kept in whole sets, each valid until the next one begins, and belongs to
no grid, so everybody who may see special grids sees all of them."""
