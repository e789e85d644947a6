"""A contest from its entries to the catalogue, and what everybody sees of it."""

from pathlib import Path

from sqlalchemy import text

from geoapp.core.paths import shipped
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.history.undo import undo_change_set
from geoapp.operations.imports.file import import_file
from geoapp.operations.keyed_export import export_keyed
from geoapp.operations.services.catalogue import read_catalogue
from geoapp.operations.services.edit import add_offer, add_service
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.operations.imports.importing import write_csv
from tests.seed import seed_town
from tests.web.api_client import client_of, make_app

CONTEST = ["contest", "code", "organisation", "project", "points", "votes", "prize", "service"]


def test_from_entries_to_the_catalogue(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    initialise(database)
    seed_town(database)
    with database.session() as session:
        session.execute(
            text(
                "insert into region (code, level, name_zh) values ('500105', 'district', '江北区')"
            )
        )

    def contest(stage: str) -> tuple[int, list[str]]:
        rows = [["K-1", "小镇竞赛", stage, "目的明确；方案合理", "3"]]
        header = ["code", "name_zh", "stage", "criteria", "entered"]
        path = write_csv(tmp_path / "k.csv", header, rows)
        report = import_file(database, settings, "contests", path)
        return report.inserted + report.updated, [one.code for one in report.problems]

    def entries(*rows: list[str]) -> list[str]:
        path = write_csv(tmp_path / "e.csv", CONTEST, list(rows))
        report = import_file(database, settings, "entries", path)
        return [one.code for one in report.problems]

    assert contest("报名") == (1, [])
    add_service(database, {"code": "S-1", "category": "心理疏导", "name_zh": "心灵驿站"})
    told = entries(
        ["K-1", "1", "甲中心", "心灵驿站", "", "", "", ""],
        ["K-1", "2", "乙学校", "", "", "", "一等奖", ""],  # nobody has won yet
        ["K-1", "3", "丙厂", "", "好看 9", "", "", ""],  # no criterion of the contest
        ["K-9", "4", "丁", "", "", "", "", "S-9"],
    )
    assert told == ["no_result", "bad_points", "unknown_contest", "unknown_service"]
    assert contest("投票") == (1, [])
    assert contest("评审") == (0, ["transition"])
    # Three were entered, as is stored: a file that does not speak of them has no more in the final.
    path = write_csv(
        tmp_path / "f.csv",
        ["code", "name_zh", "stage", "finalists"],
        [["K-1", "小镇竞赛", "投票", "4"]],
    )
    report = import_file(database, settings, "contests", path)
    assert [one.code for one in report.problems] == ["too_many"]
    [shown] = read_catalogue(database, settings).contests
    assert (shown.contest.stage, shown.prizes) == ("votes", [])
    assert contest("result") == (1, [])
    told = entries(
        ["K-1", "1", "甲中心", "心灵驿站", "方案合理 9.50；目的明确：8", "41", "一等奖", "S-1"],
        ["K-1", "2", "乙学校", "", "", "12", "", ""],
    )
    assert told == []

    add_offer(database, "T-1", {"service": "S-1"})
    add_offer(database, "T-1", {"service": "S-1", "valid_from": "2020-01-01"})  # one place still
    add_offer(database, "T-2", {"service": "S-1", "valid_to": "2020-01-01"})  # over
    add_offer(database, "T-5", {"service": "S-1"})  # the place has closed
    [(category, [item])] = read_catalogue(database, settings).categories
    assert (category.code, item.item.code, item.places) == ("counselling", "S-1", 1)
    assert [(one.code, prize.zh) for one, prize in item.prizes] == [("K-1", "一等奖")]
    # Jiangbei's contest goes in as it ships, and all of it comes back from a file unchanged.
    for what in ("contests", "entries"):
        name = {"contests": "contest", "entries": "entries"}[what]
        path = shipped("data") / "services" / f"jiangbei_{name}_2023.csv"
        copy = tmp_path / path.name
        copy.write_bytes(path.read_bytes())
        report = import_file(database, settings, what, copy)
        assert (report.inserted, report.rejected) == ({"contests": 1, "entries": 5}[what], 0)
        out = tmp_path / f"{what}.xlsx"
        export_keyed(database, what, out)  # type: ignore[arg-type]
        again = import_file(database, settings, what, out)
        assert (again.updated, again.rejected, again.change_set) == (0, 0, None)
    app = make_app(settings, database)
    public = client_of(app, database).get("/services/catalogue?lang=zh").text
    for words in ("心灵驿站", "一等奖", "1 处", "104 个项目", "可复制性高", "爱尔眼科医院（总院）"):
        assert words in public, words
    assert "只列出知道名称的获奖项目" in public  # five of nine
    for words in ("乙学校", "方案合理 9.5", ">41<"):
        assert words not in public, words
    inside = client_of(app, database, Role.MANAGER).get("/services/catalogue?lang=zh").text
    for words in ("乙学校", "方案合理 9.5; 目的明确 8", ">41<"):
        assert words in inside, words
    assert report.change_set is not None
    undo_change_set(database, settings, report.change_set)
    jiangbei = next(
        one for one in read_catalogue(database, settings).contests if one.contest.code == "JB23"
    )
    assert jiangbei.entries == []
