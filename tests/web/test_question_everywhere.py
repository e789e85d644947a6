"""Whatever goes out of a run, its whole question goes with it: every kind of run, every format."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pyogrio
import pytest
from arro3.io import read_parquet
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import text

from geoapp.core.questions.actions import ActionParameters
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.questions.places import DrawnSite
from geoapp.core.questions.quota import Quota
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.core.words import RunStatus
from geoapp.operations.actions import run as action_run
from geoapp.operations.actions.files import save_actions
from geoapp.operations.coverage import run as coverage_run
from geoapp.operations.coverage.files import save_coverage
from geoapp.operations.plan_report import save_plan
from geoapp.operations.siting import run as siting_run
from geoapp.operations.upkeep.init import initialise
from geoapp.store.cluster.cluster import Cluster
from geoapp.store.engine import Database
from tests.conftest import run_sql
from tests.seed import TOWN_LAT, TOWN_LON, seed_town
from tests.web.api_client import client_of, make_app

AT = datetime(2026, 11, 24, 22, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
FAR = {
    "type": "Polygon",
    "coordinates": [[[121.35, 36.0], [121.45, 36.0], [121.45, 36.1], [121.35, 36.0]]],
}
DRAWN = (DrawnSite("M7", TOWN_LON + 0.003, TOWN_LAT + 0.003, "=1+1 画的"),)
WALK = {"standard_m": 437.0, "region": "370203", "demand": "town", "families": ("station",)}
QUESTIONS: dict[str, Any] = {
    "coverage": CoverageParameters(at=AT, **WALK),
    "siting": SitingParameters(
        p=3,
        at=AT,
        hours="19:30-23:30",
        candidates="generated",
        spacing_m=133.0,
        drawn=(*DRAWN, DrawnSite("M8", TOWN_LON + 0.005, TOWN_LAT)),
        fixed=("M7",),
        forbidden=("M8",),
        forbidden_areas=(FAR,),
        without_dropped_m=59.0,
        near_hosts="facilities",
        near_hosts_m=61_313.0,
        min_spacing_m=47.0,
        quotas=tuple((f"37020{one}", Quota(None, 3 + one)) for one in range(2, 7)),
        time_limit_seconds=41.0,
        target_gap=0.0123,
        alternatives=1,
        differ=1,
        within_share=0.234,
        **WALK,
    ),
    "actions": ActionParameters(
        moments=tuple(AT - timedelta(hours=one) for one in range(5)),
        budget=61.5,
        hours="05:30-23:30",
        spacing_m=133.0,
        drawn=DRAWN,
        min_spacing_m=47.0,
        build_cost=8.25,
        extend_cost=2.75,
        most_actions=9,
        time_limit_seconds=41.0,
        target_gap=0.0123,
        **WALK,
    ),
}
WALK_WORDS = ("市北区", "437 米", "小镇", "户外劳动者服务站")
WORDS = {
    "coverage": (*WALK_WORDS, "2026-11-24 周二 22:00"),
    "siting": (
        *WALK_WORDS,
        *("2026-11-24 周二 22:00", "19:30-23:30", "133 米", "M7 =1+1 画的", "必选 1 处：M7"),
        *("不用 1 处：M8", "禁设范围 1 处", "59 米", "47 米", "至多 8 个", "至多 9 个", "41 秒"),
        *("1.23%", "另找 1 个方案", "至少换 1 处", "23.4%", "最大覆盖", "按需求生成"),
    ),
    "actions": (
        *WALK_WORDS,
        *(f"2026-11-24 周二 {hour}:00" for hour in (18, 19, 20, 21, 22)),
        *("61.5", "05:30-23:30", "133 米", "M7 =1+1 画的", "47 米", "8.25", "2.75", "9 项"),
        *("41 秒", "1.23%", "按需求生成"),
    ),
}
FORMATS = {
    "coverage": ("geojson", "csv", "gpkg", "parquet", "xlsx", "page", "map"),
    "siting": ("geojson", "csv", "gpkg", "xlsx", "pdf", "html", "page"),
    "actions": ("geojson", "csv", "gpkg", "xlsx", "page"),
}
SAVE: dict[str, Any] = {
    "coverage": lambda town, run, path: save_coverage(town.database, run, path),
    "siting": lambda town, run, path: save_plan(town.database, town.settings, run, path),
    "actions": lambda town, run, path: save_actions(town.database, run, path),
}
PAGES = {"coverage": "/plan", "siting": "/plan/siting", "actions": "/plan/actions"}


@dataclass(frozen=True, slots=True)
class Town:
    """The store, a planner who asks, and the number of each kind's run."""

    database: Database
    settings: Settings
    planner: FlaskClient
    runs: dict[str, int]


@pytest.fixture(scope="module")
def town(
    cluster: Cluster, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    run_sql(cluster, f"create database questions template {template_database}")
    database = Database(cluster.parameters("questions"))
    settings = Settings(data=tmp_path_factory.mktemp("data"), database_url=None)
    initialise(database)
    seed_town(database)
    with database.session() as session:
        # With a second demand set, and districts beyond those that a title names.
        session.execute(
            text(
                "insert into demand_set (code, name_zh, points, weight) values ('other', '别的', 0, 0)"
            )
        )
        for code in ("370202", "370204", "370205", "370206"):
            session.execute(
                text(
                    "insert into region (code, parent_code, level, name_zh) values "
                    "(:code, '370200', 'district', '区' || :code)"
                ),
                {"code": code},
            )
    operations: dict[str, Any] = {
        "coverage": coverage_run,
        "siting": siting_run,
        "actions": action_run,
    }
    runs = {}
    for kind, question in QUESTIONS.items():
        run = operations[kind].run_here(database, settings, question)
        assert run.status is RunStatus.SUCCEEDED, run.error
        runs[kind] = run.id
    planner = client_of(make_app(settings, database), database, Role.PLANNER)
    yield Town(database, settings, planner, runs)
    database.close()
    run_sql(cluster, "drop database questions with (force)")


class Words(HTMLParser):
    """The text of a page, whatever is in its scripts left out; frames' documents are read, too."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []
        self._within = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._within = tag

    def handle_endtag(self, tag: str) -> None:
        self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within not in ("script", "style", "title"):
            self.told.append(data)


def words_of_page(page: str) -> str:
    parser = Words()
    parser.feed(page)
    return " ".join(parser.told)


def words_of_file(path: Path) -> str:
    """Return what a reader of the format finds in a file; of GeoJSON, the words for people alone."""
    match path.suffix:
        case ".geojson":
            members = json.loads(path.read_text(encoding="utf-8"))["question"]
            return " ".join(f"{one['label']['zh']} {one['value']['zh']}" for one in members)
        case ".csv":
            with path.open(encoding="utf-8-sig", newline="") as file:
                rows = list(csv.DictReader(file))
            assert rows
            assert len({row["question"] for row in rows}) == 1
            return rows[0]["question"]
        case ".xlsx":
            book = openpyxl.load_workbook(path)
            cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
            assert not [cell for cell in cells if cell.data_type == "f"]
            return " ".join(str(cell.value) for cell in cells)
        case ".parquet":
            table = read_parquet(str(path)).read_all()
            return str(table["question"][0].as_py())
        case ".gpkg":
            told = []
            for layer in ("question", "summary"):
                if layer in pyogrio.list_layers(path)[:, 0]:
                    frame = pyogrio.read_dataframe(path, layer=layer)
                    told += [str(value) for row in frame.itertuples() for value in row]
            return " ".join(told)
        case ".pdf":
            return "".join(page.extract_text() for page in PdfReader(path).pages)
    return words_of_page(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("kind", "form"), [(kind, form) for kind, forms in FORMATS.items() for form in forms]
)
def test_the_whole_question_stands_wherever_the_answer_goes(
    town: Town, tmp_path: Path, kind: str, form: str
) -> None:
    number = town.runs[kind]
    if form in ("page", "map"):
        maps = "/maps/stations,gaps.html"
        address = PAGES[kind] if form == "page" else maps
        answer = town.planner.get(address, query_string={"run": number, "lang": "zh"})
        assert answer.status_code == 200
        found = words_of_page(answer.get_data(as_text=True))
    else:
        path = tmp_path / f"run.{form}"
        SAVE[kind](town, number, path)
        found = words_of_file(path)
    # A page of a PDF breaks its lines anywhere.
    tight = "".join(found.split())
    assert [one for one in WORDS[kind] if "".join(one.split()) not in tight] == []
