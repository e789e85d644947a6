"""The 30 pilots that Qingdao named in 2022: published facts, not samples."""

from geoapp.core.paths import shipped
from geoapp.importers.open import open_table
from geoapp.importers.rows.organisations import read_organisations
from geoapp.operations.imports.organisations import known_regions, write_given
from geoapp.store.engine import Session
from geoapp.store.organisations import lock_organisations, stored_parents

PILOTS = "qingdao_pilots_2022.csv"


def register_pilots(session: Session) -> int:
    """Register the pilots that are not there by their codes; return how many were.

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
    return write_given(session, rows, reading.given).inserted
