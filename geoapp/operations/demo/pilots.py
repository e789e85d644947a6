"""The 30 pilots that Qingdao named in 2022: published facts, not samples."""

from collections.abc import Sequence
from typing import Any, Final

from geoapp.core.paths import shipped
from geoapp.core.words import OrganisationRole, PositionBasis, Status
from geoapp.importers.open import open_table
from geoapp.importers.rows.organisations import OrganisationRow, read_organisations
from geoapp.operations.imports.named_regions import known_regions
from geoapp.operations.imports.organisations import write_given
from geoapp.store.engine import Session
from geoapp.store.organisations import add_role, lock_organisations, stored_parents
from geoapp.store.sample import add_facilities

PILOTS = "qingdao_pilots_2022.csv"
# What the document lists as bases; the others are enterprises and partners, which are no places.
_BASES: Final = "服务职工基地"
_KIND: Final = "service_base"


def register_pilots(session: Session, timezone: str) -> tuple[int, int]:
    """Register the pilots that are not there by their codes; return how many organisations, bases.

    Each base is a place as well: known by its district alone, so without a position.

    Raises
    ------
    ValueError
        If a row of the shipped file cannot be registered: the store lacks one of Qingdao's districts.
    """
    lock_organisations(session)
    stored = stored_parents(session)
    table = open_table(shipped("data") / "facts" / PILOTS, layer="organisations")
    reading = read_organisations(table, known_regions(session), stored)
    if reading.problems:
        raise ValueError(f"{PILOTS}: {reading.problems[0].text.en}")
    rows = [row for row in reading.rows if row.code not in stored]
    organisations = write_given(session, rows, reading.given).inserted
    bases = _register_bases(
        session, [row for row in reading.rows if row.listed_as == _BASES], timezone
    )
    return organisations, bases


def _register_bases(session: Session, rows: Sequence[OrganisationRow], timezone: str) -> int:
    """Register the bases that are not there as places; each is borne by the unit listed for it."""
    made = add_facilities(session, [(_base(row, timezone), None) for row in rows])
    for row in rows:
        if row.code in made:
            add_role(
                session,
                {
                    "organisation_code": row.code,
                    "facility_id": made[row.code],
                    "role": OrganisationRole.BEARS,
                    "source": _source(row),
                },
            )
    return len(made)


def _base(row: OrganisationRow, timezone: str) -> dict[str, Any]:
    known = row.region is not None
    return {
        "code": row.code,
        "kind_code": _KIND,
        "name_zh": row.name_zh,
        "position_basis": PositionBasis.REGION_ONLY if known else PositionBasis.UNKNOWN,
        "region_code": row.region,
        "region_match": "given" if known else None,
        # It was chosen as a base that serves; since when it does is not published.
        "status": Status.OPEN,
        "timezone": timezone,
        "source": _source(row),
    }


def _source(row: OrganisationRow) -> str:
    """Return where it is published: the document, its day, the place in it."""
    parts = (row.document, row.document_on and row.document_on.isoformat(), row.place_in_document)
    return "，".join(part for part in parts if part)
