"""``/steward/facilities``: facilities found by words and conditions, on the map and in a table."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request, url_for
from pydantic import Field

from geoapp.core.errors import NotFoundError, UnavailableError
from geoapp.core.geo import from_wgs84
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_CODE_CHARACTERS, MOST_REGION_CHARACTERS, MOST_SEARCH_CHARACTERS
from geoapp.core.roles import Permission
from geoapp.core.sounds import search_terms
from geoapp.core.vocabulary import load_vocabulary
from geoapp.core.words import FAMILY_TEXT, STATUS_TEXT, Datum, Family, Status
from geoapp.operations.facilities.calls import write_call_sheet
from geoapp.operations.facilities.desk import list_desk
from geoapp.operations.facilities.export import export_facilities
from geoapp.operations.facilities.stewardship import lack_texts
from geoapp.store.facilities.read import FacilityFilter
from geoapp.store.facilities.records import FacilityRecord
from geoapp.store.facilities.stewardship import OLD_DAYS, Shortfall
from geoapp.web.edge.access import require
from geoapp.web.edge.heavy import heavy
from geoapp.web.edge.language import language
from geoapp.web.edge.parameters import Parameters, without_nul
from geoapp.web.edge.services import services
from geoapp.web.pages.chrome import map_setup
from geoapp.web.pages.region_names import region_names

blueprint = Blueprint("steward_list", __name__)

FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
}
_UNREAD = Text(
    "刚导入了许多设施，还不能按名称查找；请几秒后再试。",
    "Many facilities have just come in and cannot be found by words yet; try again in seconds.",
)


class Asked(Parameters):
    """What a steward's list is asked; an empty value asks nothing."""

    q: str = Field("", max_length=MOST_SEARCH_CHARACTERS)
    region: str = Field("", max_length=MOST_REGION_CHARACTERS)
    family: Family | None = None
    kind: str = Field("", max_length=MOST_SEARCH_CHARACTERS)
    status: Status | None = None
    lack: Shortfall | None = None
    days: int = Field(OLD_DAYS, ge=1, le=36_500)
    after: str = Field("", max_length=MOST_CODE_CHARACTERS)

    def wanted(self) -> FacilityFilter:
        """Return it as a filter of the store; 409 where it asks for streets that nobody knows."""
        return FacilityFilter(
            region=self.region or None,
            kinds=frozenset({self.kind} if self.kind else ()),
            families=frozenset({self.family} if self.family else ()),
            statuses=frozenset({self.status} if self.status else ()),
            terms=tuple(search_terms(self.q)),
            lack=self.lack,
            old_days=self.days,
            far=services().work_lists.far_from_streets() if self.lack == "street" else (),
            suspected=services().duplicates.suspected() if self.lack == "duplicate" else None,
        )


def asked_now() -> Asked:
    """Return what the present address asks; 422 where a value is not accepted."""
    given = {name: without_nul(value).strip() for name, value in request.args.items()}
    return Asked.check({name: value for name, value in given.items() if value})


@blueprint.get("/steward/facilities")
@require(Permission.EDIT)
def show() -> str:
    """Show a page of the list."""
    asked = asked_now()
    database = services().database
    wanted = asked.wanted()
    unread = services().search.catch_up() if wanted.terms else 0
    page = list_desk(database, wanted, asked.after or None)
    return render_template(
        "steward/listing.html",
        asked=asked,
        page=page,
        unread=unread,
        points=[point for point in map(_point, page.records) if point is not None],
        query=_query(asked),
        next=_query(asked, after=page.after) if page.after else None,
        formats=list(FORMATS),
        statuses=STATUS_TEXT,
        families=FAMILY_TEXT,
        lacks=lack_texts(knows_streets=services().work_lists.knows_streets),
        kinds={kind.code: kind.text for kind in load_vocabulary().kinds},
        regions=region_names(database),
        is_filtered=bool(_query(asked)),
    )


@blueprint.get("/steward/facilities.<suffix>")
@require(Permission.EDIT)
@heavy
def download(suffix: str) -> Response:
    """Answer all that the list holds as a file."""
    if suffix not in FORMATS:
        raise NotFoundError(Text("格式", "format"), suffix)

    def write(path: Path) -> None:
        export_facilities(services().database, path, headers=language(), wanted=_found_all())

    return _file(f"facilities.{suffix}", write)


@blueprint.get("/steward/facilities/call-sheet.xlsx")
@require(Permission.EDIT)
@heavy
def call_sheet() -> Response:
    """Answer whom of the list to ring and what to ask, to be printed or filled in."""

    def write(path: Path) -> None:
        write_call_sheet(services().database, path, _found_all(), english=language() == "en")

    return _file("call-sheet.xlsx", write)


def _found_all() -> FacilityFilter:
    """Return what is asked, once all facilities can be found: a file does not say what it lacks."""
    wanted = asked_now().wanted()
    if wanted.terms and services().search.catch_up():
        raise UnavailableError(_UNREAD, may_pass=True)
    return wanted


def _file(name: str, write: Callable[[Path], None]) -> Response:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(path)
        response = Response(path.read_bytes(), mimetype=FORMATS[path.suffix[1:]])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _query(asked: Asked, **more: str | None) -> str:
    """Return what is asked as the query of an address, without the page."""
    values = asked.model_dump(exclude={"after"}, exclude_defaults=True) | more
    return urlencode({name: value for name, value in values.items() if value})


def _point(record: FacilityRecord) -> dict[str, object] | None:
    """Return where a facility is drawn, in the datum of the page's map; None without a position."""
    at = record.lonlat
    if at is None:
        return None
    lon, lat = from_wgs84(lon=at[0], lat=at[1], datum=Datum(map_setup().datum))
    return {
        "code": record.code,
        "lon": round(lon, 7),
        "lat": round(lat, 7),
        "name_zh": record.properties["name_zh"],
        "name_en": record.properties["name_en"],
        "href": url_for("steward_record.show", code=record.code),
    }
