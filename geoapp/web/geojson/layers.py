"""A layer's rows as GeoJSON features: raw values, and the same in the reader's words."""

from collections.abc import Mapping
from typing import Any

import shapely

from geoapp.core.geo import geometry_from_wgs84
from geoapp.core.words import Datum
from geoapp.maps.kit import Layer, class_of
from geoapp.maps.values import Speaker


def layer_feature(
    layer: Layer, row: Mapping[str, Any], speaker: Speaker, datum: Datum = Datum.WGS84
) -> dict[str, Any]:
    """Return a row as a feature with coordinates in a datum.

    Its properties are the columns that the pop-up names, the title as ``name``, and ``text``: what
    a pop-up says, by title, without what is unknown.
    """
    popup = layer.popup
    properties: dict[str, Any] = {"name": speaker.column(row, popup.title)}
    texts: dict[str, str] = {}
    for field in popup.fields:
        for column in (field.column, f"{field.column}_zh", f"{field.column}_en"):
            if column in row:
                properties[column] = row[column]
        words = speaker.value(speaker.column(row, field.column), field.format)
        if words is not None:
            texts[field.title.pick(speaker.language)] = words
    if popup.sample is not None:
        properties["is_sample"] = bool(row.get(popup.sample))
    return {
        "type": "Feature",
        "id": row["id"],
        "geometry": geometry_from_wgs84(shapely.to_wkb(row["geometry"]), datum),
        "properties": {**properties, "text": texts},
    }


def drawn_feature(
    layer: Layer, row: Mapping[str, Any], speaker: Speaker, datum: Datum
) -> dict[str, Any]:
    """Return a row as a feature that also tells ``look``: its class in the layer's legend, from 0."""
    feature = layer_feature(layer, row, speaker, datum)
    feature["properties"]["look"] = class_of(layer.style, row)
    return feature
