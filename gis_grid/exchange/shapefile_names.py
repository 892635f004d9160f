"""Names of at most ten characters for the fields of a Shapefile, and back."""

from collections.abc import Mapping
from types import MappingProxyType

SHORT: Mapping[str, str] = MappingProxyType(
    {
        "parent_code": "parent",
        "area_code_year": "area_year",
        "building_code": "bldg_code",
        "painted_number": "painted_no",
        "police_number": "police_no",
        "accuracy_class": "acc_class",
        "surveyed_on": "surveyed",
        "azimuth_deg": "azimuth",
        "azimuth_quality": "azim_qual",
        "reported_at": "reported",
        "facility_code": "facil_code",
        "duplicate_of": "dup_of",
    }
)
"""The short name of each field whose own is longer; import knows both."""


def short_name(field: str) -> str:
    """Return the name of a field in a Shapefile.

    Examples
    --------
    >>> short_name("area_code_year"), short_name("grid_code")
    ('area_year', 'grid_code')
    """
    return SHORT.get(field, field)
