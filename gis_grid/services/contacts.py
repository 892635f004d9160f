"""The contact of a duty post; whoever asks is written down."""

import pandas as pd
from sqlalchemy.orm import Session

from gis_grid.accounts.areas import EVERYWHERE, Area
from gis_grid.accounts.audit import Change
from gis_grid.storage.audit import record
from gis_grid.storage.layers import LayerStore
from gis_grid.values.layers import OFFICERS


def contact_of(session: Session, code: str, *, area: Area = EVERYWHERE) -> dict[str, str | None]:
    """Return the fields of an officer with personal data, missing ones None.

    That somebody asked is recorded, what they were told is not.

    Raises
    ------
    NotFoundError
        There is no such post in the area.
    """
    frame = LayerStore(session).get(OFFICERS, code, private=True, area=area)
    record(session, Change(action="contact", layer=OFFICERS.name, code=code))
    return {
        name: None if pd.isna(value) else str(value)
        for name, value in frame.iloc[0].items()
        if isinstance(name, str)
    }
