"""The one list of a facility's columns, held against everybody who goes by it."""

from dataclasses import fields

from geoapp.importers.rows.columns import FACILITY_COLUMNS
from geoapp.importers.rows.facility_row import FacilityRow
from geoapp.store.facilities.columns import ANSWERED, COLUMNS, IN_FILES, STAGED_COLUMNS, WRITTEN
from geoapp.store.models import Facility
from geoapp.web.api.schemas import FacilityProperties


def test_the_list_is_that_of_the_table() -> None:
    listed = {one.column for one in COLUMNS}
    assert {one.name for one in Facility.__table__.columns} == listed | {"id", "created_at"}
    assert set(WRITTEN) == listed - {"rev", "updated_at"}


def test_files_have_what_is_stored() -> None:
    beside = {"lon", "lat", "geometry_wkt", "places", "extra"}
    assert {one.name for one in FACILITY_COLUMNS} == set(IN_FILES) | beside
    # A row of a file is handed to the store by these names.
    of_row = {one.name for one in fields(FacilityRow)}
    assert set(STAGED_COLUMNS) - {"geom"} <= of_row


def test_answers_have_what_is_stored() -> None:
    # What workers said stands beside the facility, and a past day in the question.
    beside = {"family", "name", "places", "doubtful", "confirmed_on", "as_of"}
    assert set(FacilityProperties.model_fields) == set(ANSWERED) | beside
