"""The ways of the walking network as rows of a layer."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from geoapp.analysis.network.frames import edges_frame
from geoapp.analysis.network.graph import FINE, WalkingNetwork
from geoapp.core.words import OSM_ATTRIBUTION
from geoapp.operations.layers.paging import ROWS_OF_PAGE, LayerPages, LayerRows, Wanted, paged


def streets(network: WalkingNetwork | None, wanted: Wanted) -> LayerRows:
    """Return ways as rows in order of their ids, or evenly thinned."""
    if network is None:
        return LayerRows(0, [])
    frame = edges_frame(network, bounds=wanted.bbox)
    if wanted.row_id is not None:
        frame = frame[frame.index.astype(str) == wanted.row_id]
    order = np.arange(len(frame))
    if wanted.cuts(len(frame)):
        # Steps of the golden ratio: however many are taken, they lie evenly among the numbers,
        # and with them in the city.
        number = frame.index.to_numpy().astype(np.uint64)
        keys = [number * np.uint64(0x9E3779B97F4A7C15)]
        if wanted.first is not None:
            near = edges_frame(network, bounds=wanted.first).index
            keys.append(~frame.index.isin(near))
        order = np.lexsort(keys)
    if wanted.where is not None or wanted.keys:
        return paged(_ways(network, frame), wanted)
    if wanted.after is not None:  # only the ways of the page are made into rows
        order = order[frame.index.to_numpy()[order] > wanted.after[1]]
    shown = frame.iloc[order[wanted.offset : wanted.offset + wanted.limit]]
    return LayerRows(len(frame), _ways(network, shown))


def street_pages(network: WalkingNetwork | None, wanted: Wanted) -> LayerPages:
    """Return ways as pages of rows; all at once where a filter or an order must see each."""
    if wanted.where is not None or wanted.keys:
        found = streets(network, wanted)
        return LayerPages(found.matched, iter([found.rows]))
    first = streets(network, replace(wanted, limit=min(wanted.limit, ROWS_OF_PAGE)))

    def pages() -> Iterator[list[dict[str, Any]]]:
        page, left = first.rows, wanted.limit
        while page:
            yield page
            left -= len(page)
            after = ((), page[-1]["id"])
            page = streets(
                network, replace(wanted, offset=0, limit=min(left, ROWS_OF_PAGE), after=after)
            ).rows

    return LayerPages(first.matched, pages())


def _ways(network: WalkingNetwork, shown: Any) -> list[dict[str, Any]]:
    fine = np.asarray(network.edge_fine)[shown.index] == FINE
    return [
        {
            "id": int(edge),
            "name_zh": f"路段 {edge}",
            "name_en": f"Way {edge}",
            "length_m": float(length_m),
            "reach": "joined" if joined else "cut_off",
            "source": OSM_ATTRIBUTION,
            "geometry": line,
        }
        for edge, length_m, joined, line in zip(
            shown.index, shown["length_m"], fine, shown.geometry, strict=True
        )
    ]
