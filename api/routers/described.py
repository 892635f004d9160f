"""What the layers of the city are: their fields with units, and the names of their categories."""

from fastapi import APIRouter
from pydantic import BaseModel

from api.rights import ReadCity
from gis_grid.services.overview import category_names
from gis_grid.values.layers import LAYERS, Field, GeometryKind, Kind, Layer
from gis_grid.values.special import SPECIAL

router = APIRouter(tags=["layers"])

UNITS = {"m": "m", "m2": "m²", "deg": "°"}
"""Unit of a quantity by the last part of its name."""


class FieldOut(BaseModel):
    """One field of a layer."""

    name: str
    kind: Kind
    unit: str | None
    choices: list[str]
    doc: str

    @classmethod
    def of(cls, field: Field) -> "FieldOut":
        """Make one from the description."""
        unit = UNITS.get(field.name.rpartition("_")[2]) if field.kind == "real" else None
        return cls(
            name=field.name, kind=field.kind, unit=unit, choices=[*field.choices], doc=field.doc
        )


class Names(BaseModel):
    """A name in both languages."""

    zh: str
    en: str


class LayerOut(BaseModel):
    """A layer: ``/api/v1/{name}`` lists its features."""

    name: str
    singular: str
    title: Names
    geometry: GeometryKind | None
    """``GEOMETRY``: polygons and lines alike."""

    fields: list[FieldOut]
    """Without personal data, in the order in which a feature holds them."""

    categories: dict[str, Names]
    """Names of the keys in its field `category`, as far as the published tables know them; those of
    incidents are events, one about a facility has the category of the facility."""

    @classmethod
    def of(cls, layer: Layer) -> "LayerOut":
        """Make one from the description."""
        names = category_names().get(layer.name, {})
        return cls(
            name=layer.name,
            singular=layer.singular,
            title=Names(zh=layer.title_zh, en=layer.title_en),
            geometry=layer.geometry,
            fields=[FieldOut.of(field) for field in layer.fields if not field.private],
            categories={key: Names(zh=zh, en=en) for key, (zh, en) in names.items()},
        )


@router.get(
    "/layers",
    summary="Describe every layer: fields, units, names of categories",
    description="Example: `GET /api/v1/layers`",
)
def describe_layers(_access: ReadCity) -> list[LayerOut]:
    """Answer what the layers are."""
    return [LayerOut.of(layer) for layer in (*LAYERS.values(), SPECIAL)]
