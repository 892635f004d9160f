"""Report: cameras, and what is known of where they look."""

import numpy as np

from gis_grid.maps import palette, symbols, things
from gis_grid.maps.drawing import MapLayer, Style
from gis_grid.maps.page import Page, Section
from gis_grid.maps.reports.facility_report import class_entries
from gis_grid.maps.reports.framing import (
    CONTEXT,
    Content,
    building_entry,
    figure,
    framed,
    plain_ground,
    unplaced,
)
from gis_grid.maps.reports.material import Material
from gis_grid.maps.reports.registry import Options, kind
from gis_grid.maps.words import Text

CLUSTERED_BELOW = 13.0
FEW_TO_CLUSTER = 300
ALL_ROUND_DEG = 360.0
USUAL_VIEW_DEG = 60.0
SECTOR_DEG = 45.0
"""How far a bearing that was told as one of eight directions may be off, both sides together."""

_RING = symbols.ring(palette.CAMERA, radius=3.8)
_LOOKING = symbols.looking(_RING, palette.CAMERA, length=4.4)
STYLES: tuple[Style, ...] = (
    _LOOKING,
    symbols.roughly(_LOOKING),
    symbols.around(_RING, palette.CAMERA, length=2.2),
    symbols.ring(palette.CAMERA, radius=3.8, dashed=True),
)
KNOWN = ("looks_surveyed", "looks_roughly", "looks_round", "looks_unknown")


@kind(
    key="cameras",
    title=Text("摄像头", "Cameras"),
    about=Text("摄像头的位置与朝向（个）", "Where cameras stand and look (count)"),
    subject="cameras",
    needs=("cameras", "buildings", *CONTEXT),
    from_file="cameras",
)
def cameras(material: Material, options: Options) -> Page:
    """Draw every camera; a sector shows a known bearing and is not what the camera sees."""
    say, frame = options.say, material.layer("cameras")
    known = frame[things.has_point(frame)]
    round_ = ((known["kind"] == "panorama") | (known["fov_deg"] >= ALL_ROUND_DEG)).to_numpy(bool)
    unsure = things.is_unsure(known).to_numpy(bool)
    roughly = (known["azimuth_quality"] == "sector").to_numpy(bool)
    classes = np.select([round_, unsure, roughly], [2, 3, 1], 0)
    bearing = known["azimuth_deg"].to_numpy(np.float64, na_value=np.nan)
    view = known["fov_deg"].fillna(USUAL_VIEW_DEG).to_numpy(np.float64)
    layer = MapLayer(
        key="cameras",
        title=say("cameras"),
        kind="point",
        styles=STYLES,
        shapes=known.geometry,
        classes=classes.tolist(),
        turns=np.select([round_, unsure], [0.0, np.nan], bearing).tolist(),
        spreads=np.select([round_, roughly], [ALL_ROUND_DEG, view + SECTOR_DEG], view).tolist(),
        facts=things.camera_facts(known, say),
        cluster=CLUSTERED_BELOW if len(known) > FEW_TO_CLUSTER else 0,
        cluster_colour=palette.CAMERA,
        rank=3,
    )
    notes = (say("sector_is_no_view"), *unplaced(frame, say))
    buildings = material.layer("buildings")
    return framed(
        material,
        options,
        Content(
            title=say("camera_report"),
            subtitle=say("camera_subtitle"),
            figures=(
                figure(say, "cameras", len(frame)),
                figure(say, "looks_unknown", int((classes == len(KNOWN) - 1).sum())),
            ),
            sections=(
                Section(
                    title=say("cameras"),
                    entries=class_entries(layer, [say(key) for key in KNOWN]),
                    notes=(*notes, *((say("clustered"),) if layer.cluster else ())),
                ),
                Section(title=say("base_layers"), entries=(building_entry(buildings, say),)),
            ),
            source=Text("摄像头库", "the register of cameras"),
            ground=(
                *plain_ground(material, say),
                things.building_layer(buildings, say, plain=True),
            ),
            points=(layer,),
        ),
    )
