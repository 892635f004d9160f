"""What the keys of the standards' tables are called, in both languages."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import pandas as pd

from gis_grid.maps.reports.material import Vocabulary
from gis_grid.maps.words import Text
from gis_grid.standards.tables import event_categories, facility_categories, majors, place_kinds


@cache
def vocabularies() -> Mapping[str, Vocabulary]:
    """Return what categories are called, by vocabulary and key."""
    kinds = majors()
    ours = kinds[(kinds["kind"] == "facility") & (kinds["edition"] == "CJ/T 214-2007")]
    tables = {
        "facilities": facility_categories().set_index("code"),
        "facility_majors": ours.set_index("code"),
        "events": event_categories().set_index("code"),
        "places": place_kinds().set_index("key"),
    }
    return MappingProxyType({name: _texts(table) for name, table in tables.items()})


def _texts(table: pd.DataFrame) -> Vocabulary:
    english = table["name_en"].fillna(table["name_zh"])
    pairs = zip(table.index, table["name_zh"], english, strict=True)
    return MappingProxyType({str(key): Text(str(zh), str(en)) for key, zh, en in pairs})
