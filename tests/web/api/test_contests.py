"""``/api/v1/contests`` read by everybody as far as it is public, and edited by stewards."""

from sqlalchemy import text

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.upkeep.init import initialise
from geoapp.operations.upkeep.users import set_rights
from geoapp.store.engine import Database
from tests.seed import seed_town
from tests.web.api_client import client_of, make_app, problem_of

URL = "/api/v1/contests"
ANY = {"If-Match": "*"}


def test_from_entries_to_the_catalogue(database: Database, settings: Settings) -> None:
    initialise(database)
    seed_town(database)
    app = make_app(settings, database)
    steward, anybody = client_of(app, database, Role.STEWARD), client_of(app, database)
    new = {"code": "K-1", "name_zh": "小镇竞赛", "region": "370203", "rules": "jiangbei-2023"}
    added = steward.post(URL, json=new)
    assert (added.status_code, added.get_json()["stage"]) == (201, "entries")
    assert added.headers["Location"].endswith(f"{URL}/K-1")
    problem_of(steward.post(URL, json=new), 409)
    problem_of(steward.post(URL, json=new | {"code": "K-2", "rules": "x"}), 422, "rules")
    problem_of(steward.post(URL, json=new | {"code": "K-2", "prize": "x"}), 422, "prize")
    twice = new | {"code": "K-2", "rules": "common", "criteria": ["甲", "甲"]}
    problem_of(steward.post(URL, json=twice), 422, "criteria")
    for code in ("1", "2"):
        entry = {"code": code, "organisation": f"单位{code}"}
        assert steward.post(f"{URL}/K-1/entries", json=entry).status_code == 201
    problem_of(steward.post(f"{URL}/K-1/entries", json={"code": "１", "organisation": "丁"}), 409)
    first, second = f"{URL}/K-1/entries/1", f"{URL}/K-1/entries/2"
    problem_of(steward.patch(first, json={"votes": 3}, headers=ANY), 422, "votes")

    # The version is that of the contest with its entries; a stage is not gone back to, none is made up.
    stale = {"If-Match": added.headers["ETag"]}
    for refused in (
        steward.patch(f"{URL}/K-1", json={"stage": "review"}, headers=stale),
        steward.delete(f"{URL}/K-1", headers=stale),
    ):
        assert "已被他人修改" in problem_of(refused, 409)["detail_zh"]
    tag = {"If-Match": steward.get(f"{URL}/K-1").headers["ETag"]}
    skipped = problem_of(steward.patch(f"{URL}/K-1", json={"stage": "result"}, headers=tag), 409)
    assert "只能进入：初审、路演和专家评审（review）；不能到“结果已定”" in skipped["detail_zh"]
    assert "(review). It does not become" in skipped["detail"]
    for stage in ("review", "votes", "result"):
        moved = steward.patch(f"{URL}/K-1", json={"stage": stage}, headers=tag)
        assert moved.get_json()["stage"] == stage
        last, tag = tag, {"If-Match": moved.headers["ETag"]}
    tag = last
    problem_of(steward.patch(f"{URL}/K-1", json={"stage": "result"}, headers=tag), 409)
    problem_of(steward.patch(f"{URL}/K-1", json={"stage": "votes"}, headers=ANY), 409)
    problem_of(steward.patch(f"{URL}/K-1", json={"stage": "final"}, headers=ANY), 422, "stage")
    problem_of(steward.patch(f"{URL}/K-1", json={"finalists": 10}, headers=ANY), 422, "finalists")
    problem_of(steward.patch(f"{URL}/K-1", json={"name_zh": None}, headers=ANY), 422, "name_zh")

    won = {"points": ["目的明确 9", "方案合理 8.5"], "votes": 0, "finalist": True}
    done = steward.patch(first, json=won | {"prize": "first"}, headers=ANY)
    assert done.status_code == 200, done.text
    told = done.get_json()
    assert told["points"] == {"目的明确": 9, "方案合理": 8.5}
    assert (told["votes"], told["finalist"], told["prize"]) == (0, True, "一等奖")
    problem_of(steward.patch(first, json={"votes": 1}, headers={"If-Match": '"1"'}), 409)
    over = problem_of(steward.patch(second, json={"prize": "一等奖"}, headers=ANY), 422, "prize")
    assert (over["detail_zh"], "2 entries" in over["detail"]) == (
        "“一等奖”有 2 个项目，只设 1 个。",
        True,
    )
    service = {"code": "S-1", "category": "leisure", "name_zh": "夜校"}
    set_rights(database, "a-steward", regions=["370203"])
    problem_of(steward.post(f"{first}/service", json=service), 403)
    set_rights(database, "a-steward", regions=[])
    made = steward.post(f"{first}/service", json=service)
    assert (made.status_code, made.get_json()["service"]) == (201, "S-1")
    problem_of(steward.post(f"{first}/service", json=service | {"code": "S-2"}), 409)
    problem_of(steward.post(f"{second}/service", json=service), 409)

    # Everybody sees who won what, and no points, votes or others.
    shown = anybody.get(f"{URL}/K-1")
    assert shown.get_json()["entries"] is None
    [prize] = shown.get_json()["prizes"]
    assert (prize["name_en"], [one["code"] for one in prize["entries"]]) == ("first prize", ["1"])
    assert "单位2" not in shown.text
    assert "votes" not in shown.text
    listed = anybody.get(URL).get_json()
    assert [one["code"] for one in listed["contests"]] == ["K-1"]
    rules = {one["code"]: one for one in listed["rules"]}
    assert rules["jiangbei-2023"]["finalists"] == 9
    seen = client_of(app, database, Role.MANAGER).get(f"{URL}/K-1").get_json()
    assert [(one["code"], one["votes"]) for one in seen["entries"]] == [("1", 0), ("2", None)]

    assert steward.delete(second, headers=ANY).status_code == 204
    assert steward.delete(f"{URL}/K-1", headers=ANY).status_code == 204
    problem_of(anybody.get(f"{URL}/K-1"), 404)
    # Rules whose file is gone are no reason to show nothing.
    with database.session() as session:
        session.execute(
            text(
                "insert into contest (code, name_zh, rules, stage) values "
                "('K-9', '旧', 'gone', 'final')"
            )
        )
    assert anybody.get(f"{URL}/K-9").get_json()["stage"] == "final"
    assert anybody.get("/services/catalogue").status_code == 200
    assert "gone" in steward.get("/steward/contests/K-9").text
    mended = {"rules": "common", "stage": "result"}
    assert steward.patch(f"{URL}/K-9", json=mended, headers=ANY).status_code == 200


def test_a_version_never_comes_twice(database: Database, settings: Settings) -> None:
    """What is deleted and brought back is no longer what an old page or program has read."""
    initialise(database)
    seed_town(database)
    steward = client_of(make_app(settings, database), database, Role.STEWARD)
    steward.post(URL, json={"code": "K-1", "name_zh": "竞赛"})
    steward.post(f"{URL}/K-1/entries", json={"code": "1", "organisation": "甲"})
    begun = {"scheme": "qingdao-2022", "track": "base", "facility": "T-1"}
    application = steward.post("/api/v1/applications", json=begun).get_json()["id"]
    addresses = (f"{URL}/K-1", f"/api/v1/applications/{application}")

    def versions() -> list[int]:
        answers = [steward.get(address) for address in addresses]
        assert [one.status_code for one in answers] == [200, 200]
        entry = answers[0].get_json()["entries"][0]["rev"]
        return [*(int(one.headers["ETag"].strip('"')) for one in answers), entry]

    def newest() -> int:
        found: int = steward.get("/api/v1/change-sets?limit=1").get_json()["change_sets"][0]["id"]
        return found

    before, made = versions(), newest()
    assert steward.delete(addresses[0], headers=ANY).status_code == 204
    for number in (newest, lambda: made, newest):
        undone = steward.post(f"/api/v1/change-sets/{number()}/undo")
        assert undone.status_code == 200, undone.text
    assert all(now > then for now, then in zip(versions(), before, strict=True))
