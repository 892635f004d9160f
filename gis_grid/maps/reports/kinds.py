"""Every kind of report, by name. A new one is a function with `@kind` and a line here."""

from collections.abc import Mapping
from types import MappingProxyType

from gis_grid.errors import NotFoundError
from gis_grid.maps.reports.camera_report import cameras
from gis_grid.maps.reports.city_report import city
from gis_grid.maps.reports.facility_report import facilities
from gis_grid.maps.reports.grid_report import grids
from gis_grid.maps.reports.heat_report import heat
from gis_grid.maps.reports.incident_report import incidents
from gis_grid.maps.reports.plan_report import plan
from gis_grid.maps.reports.registry import Kind

KINDS: Mapping[str, Kind] = MappingProxyType(
    {kind.key: kind for kind in (grids, facilities, cameras, incidents, heat, city, plan)}
)


def kind_of(key: str) -> Kind:
    """Return the kind called `key`.

    Raises
    ------
    NotFoundError
        There is none.
    """
    if key not in KINDS:
        message = f"there is no report {key!r}; choose one of {', '.join(KINDS)}"
        raise NotFoundError(message)
    return KINDS[key]
