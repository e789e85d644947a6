"""Standards and how facilities stand to them, as programs read them: the API and the command alike."""

from typing import Any

from geoapp.core.i18n import Text
from geoapp.core.results.standards import ComplianceCount, FacilityCompliance, StandardResult
from geoapp.core.standards import Standard


def standard_document(one: Standard) -> dict[str, Any]:
    """Return a standard with its source and its items; None is unknown."""
    return {
        "code": one.code,
        "name_zh": one.zh,
        "name_en": one.en,
        "nature": one.nature,
        "region": one.region_code,
        "region_zh": one.region_zh,
        "region_en": one.region_en,
        "kinds": list(one.kinds),
        "document": None if one.document is None else one.document.model_dump(mode="json"),
        "note_zh": one.note_zh,
        "note_en": one.note_en,
        "can_be_checked": one.can_be_checked,
        "items": None
        if one.items is None
        else [
            {"number": number, "zh": item.zh, "en": item.en, "amenities": list(item.amenities)}
            for number, item in enumerate(one.items, start=1)
        ],
        "spacing": None if one.spacing is None else one.spacing.model_dump(mode="json"),
        "other_requirements": [
            {"zh": other.zh, "en": other.en} for other in one.other_requirements
        ],
    }


def figures_document(found: StandardResult) -> dict[str, Any]:
    """Return the figures of a result, without its facilities."""
    return {
        "region": found.region,
        "sample": found.sample,
        "left_out_samples": found.left_out_samples,
        "total": _count(found.total),
        "regions": [
            {"code": one.code, "level": one.level, **_names(one.name), **_count(one.count)}
            for one in found.regions
        ],
    }


def facility_document(one: FacilityCompliance) -> dict[str, Any]:
    """Return how a facility stands: the numbers of the items that are there, lacking, unknown."""
    return {
        "code": one.code,
        **_names(one.name),
        "region": one.region_code,
        "district": one.district,
        "sample": one.sample,
        "lon": None if one.lon is None else round(one.lon, 7),
        "lat": None if one.lat is None else round(one.lat, 7),
        "state": one.state,
        "there": list(one.there),
        "lacking": list(one.lacking),
        "unknown": list(one.unknown),
    }


def _names(name: Text) -> dict[str, str]:
    return {"name_zh": name.zh, "name_en": name.en}


def _count(count: ComplianceCount) -> dict[str, Any]:
    return {
        "facilities": count.facilities,
        "complies": count.complies,
        "lacks": count.lacks,
        "unknown": count.unknown,
        "items": [
            {
                "number": number,
                "there": one.there,
                "lacking": one.lacking,
                "unknown": one.unknown,
            }
            for number, one in enumerate(count.items, start=1)
        ],
    }
