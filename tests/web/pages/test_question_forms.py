"""Every field of a question has its place on the planner's page, with its range and words."""

from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import click
import pytest
from flask.testing import FlaskClient

from geoapp.commands.question_options import question_options
from geoapp.core.i18n import Text
from geoapp.core.questions.actions import ACTIONS
from geoapp.core.questions.coverage import COVERAGE
from geoapp.core.questions.field import Absent, Field, Kind, Place, Table, Unit
from geoapp.core.questions.reading import Sender, from_text
from geoapp.core.questions.siting import SITING, SitingParameters
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.streets.importing import import_streets
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from geoapp.web.api.question_bodies import question_body
from geoapp.web.pages.question_form import form_parts
from tests.osm_file import write_town_map
from tests.web.api_client import client_of, make_app


class Elements(HTMLParser):
    """Gathers the elements of a page with their attributes, and the choices of each list."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []
        self.choices: dict[str, list[str]] = {}
        self._list = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        self.found.append(known)
        if tag == "select":
            self._list = known.get("name", "")
        elif tag == "option":
            self.choices.setdefault(self._list, []).append(known.get("value", ""))

    def named(self, name: str) -> dict[str, str]:
        [one] = [known for known in self.found if known.get("name") == name]
        return one


@pytest.fixture
def planner(database: Database, settings: Settings) -> FlaskClient:
    initialise(database)
    return client_of(make_app(settings, database), database, Role.PLANNER)


@pytest.mark.parametrize(
    ("table", "address"),
    [(COVERAGE, "/plan"), (SITING, "/plan/siting"), (ACTIONS, "/plan/actions")],
)
def test_every_field_is_on_the_page(
    database: Database, settings: Settings, tmp_path: Path, table: Table, address: str
) -> None:
    initialise(database)
    import_streets(database, settings, write_town_map(tmp_path / "town.osm.pbf"))
    planner = client_of(make_app(settings, database), database, Role.PLANNER)
    page = Elements(planner.get(f"{address}?lang=en").get_data(as_text=True))
    own = {name for known in page.found for name in known.get("data-asks", "").split() if name}
    assert own == {field.name for field in table if field.page is Place.OWN}
    for field in table:
        if isinstance(field.page, Absent) or field.page is Place.OWN:
            assert all(known.get("name") != field.name for known in page.found) or field.name in own
            continue
        if field.kind is Kind.CODES:
            [group] = [known for known in page.found if known.get("data-field") == field.name]
            assert group["title"] == field.help.en
            continue
        control = page.named(field.name)
        assert control["title"] == field.help.en
        if field.choices:
            assert page.choices[field.name] == list(field.choices)
        if field.kind in (Kind.WHOLE, Kind.NUMBER):
            scale = 100 if field.unit is Unit.SHARE else 1
            bounds: Any = [float(control[one]) / scale for one in ("min", "max")]
            assert bounds == [field.least, field.most], field.name
        labels = [known for known in page.found if known.get("for") == control["id"]]
        assert len(labels) == 1, field.name


@dataclass(frozen=True)
class Wider(SitingParameters):
    """A siting question with one more parameter."""

    shade_share: float = 0.5


def test_a_parameter_of_the_table_appears_in_all_three() -> None:
    row = Field(
        name="shade_share",
        kind=Kind.NUMBER,
        label=Text("树荫", "Shade"),
        help=Text("路上的树荫", "shade on the way"),
        least=0.0,
        most=1.0,
        unit=Unit.SHARE,
        option="--shade",
        page=Place.MORE,
    )
    table = Table(Wider, (*SITING, row))
    body = question_body(table, "WiderRequest", "Wider.").model_json_schema()
    assert body["properties"]["shade_share"]["maximum"] == 1

    @click.command()
    @question_options(table)
    def wider(**_: Any) -> None:
        """Ask."""

    words = ["--standard", "500m", "--shade", "0.75"]
    given = wider.make_context("wider", words).params
    sender = Sender("Asia/Shanghai", datetime(2026, 11, 24, tzinfo=UTC))
    texts = {"--standard": [given["standard"]], "--shade": [given["shade"]]}
    assert from_text(table, texts, sender).shade_share == 0.75
    [control] = [one for one in form_parts(table)["more"] if one.name == "shade_share"]
    assert (control.id, control.most, control.value) == ("shade", "100", "50")
