"""The words that filters and files use: kinds, amenities and standards, regions, demand sets."""

from typing import Any

from geoapp.core.words import Level
from geoapp.store.engine import Database
from geoapp.store.regions import RegionShape, region_shapes
from geoapp.store.runs.inputs import list_demand_sets
from geoapp.store.runs.sites import CandidateSetRow, host_types_of_sets, list_candidate_sets
from geoapp.store.vocabulary import list_amenities, list_kinds, list_standards


def read_region_shapes(
    database: Database,
    level: Level | None,
    parent: str | None,
    *,
    simplify_m: float,
    within: str | None = None,
) -> list[RegionShape]:
    """Return regions in order of code.

    Parameters
    ----------
    parent, within
        Only regions directly below this one; only this one and all in it, at whatever level.
    simplify_m
        How far, about, an outline may move to have fewer points; 0 keeps every point.
    """
    with database.snapshot() as session:
        return region_shapes(session, level, parent, simplify_m=simplify_m, within=within)


def read_kinds(database: Database) -> list[dict[str, Any]]:
    """Return the kinds in their order."""
    with database.snapshot() as session:
        return [
            {
                "code": kind.code,
                "family": kind.family,
                "name_zh": kind.name_zh,
                "name_en": kind.name_en,
            }
            for kind in list_kinds(session)
        ]


def read_amenities(database: Database) -> dict[str, Any]:
    """Return the amenities, and the standards with what they require and where they stand."""
    with database.snapshot() as session:
        amenities = [
            {
                "code": amenity.code,
                "name_zh": amenity.name_zh,
                "name_en": amenity.name_en,
                "synonyms": amenity.synonyms,
            }
            for amenity in list_amenities(session)
        ]
        standards = [
            {
                "code": standard.code,
                "name_zh": standard.name_zh,
                "name_en": standard.name_en,
                "region": standard.region_code,
                "issuer": standard.issuer,
                "published_on": standard.published_on,
                "source": standard.source,
                "source_note": standard.source_note,
                "amenities": items,
            }
            for standard, items in list_standards(session)
        ]
    return {"amenities": amenities, "standards": standards}


def read_demand_sets(database: Database) -> list[dict[str, Any]]:
    """Return the demand sets, the newest first."""
    with database.snapshot() as session:
        return [
            {
                "code": one.code,
                "name_zh": one.name_zh,
                "name_en": one.name_en,
                "source": one.source,
                "points": one.points,
                "weight": one.weight,
                "sample": one.is_sample,
            }
            for one in list_demand_sets(session)
        ]


def read_host_types(database: Database) -> dict[str, list[str]]:
    """Return by code of a candidate set the types of host that its candidates have."""
    with database.snapshot() as session:
        return host_types_of_sets(session)


def read_candidate_sets(database: Database) -> list[CandidateSetRow]:
    """Return the candidate sets, the newest first."""
    with database.snapshot() as session:
        return list_candidate_sets(session)
