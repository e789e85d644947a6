"""Offers and duty desks: telephones go by the rule of facilities."""

from geoapp.importers.formats.table import Record, Table
from geoapp.importers.rows.services import read_desks, read_offers


def test_a_telephone_without_a_digit_is_none() -> None:
    def table(*names: str) -> Table:
        cells = {"facility": "T-1", "service": "S-1", "phone": "abc"}
        return Table(list(names), [Record(2, [cells[name] for name in names])], has_geometry=False)

    desks = read_desks(table("facility", "phone"), {"T-1": 1})
    offers = read_offers(
        table("service", "facility", "phone"), frozenset({"S-1"}), {"T-1": 1}, frozenset()
    )
    for reading in (desks, offers):
        assert [(one.field, one.code) for one in reading.problems] == [("phone", "bad_phone")]
