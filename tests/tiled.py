"""Tiles as an independent decoder reads them."""

import mapbox_vector_tile
import shapely
from shapely.geometry import shape


def decoded(body: bytes, layer: str) -> list[dict]:
    """Return the features of the one layer of a tile; y grows downwards, as in the file."""
    if not body:
        return []
    options = {"y_coord_down": True}
    layers = mapbox_vector_tile.decode(body, default_options=options)
    assert list(layers) == [layer]
    assert layers[layer]["extent"] == 4096
    assert layers[layer]["version"] == 2
    return layers[layer]["features"]


def shapes(features: list[dict]) -> list[shapely.Geometry]:
    """Return the geometry of features in units of the tile."""
    return [shape(feature["geometry"]) for feature in features]


def by_code(features: list[dict]) -> dict[str, dict]:
    """Return features by their code, which must be different ones."""
    found = {feature["properties"]["code"]: feature for feature in features}
    assert len(found) == len(features)
    return found
