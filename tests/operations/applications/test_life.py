"""From a draft to the exit: what each step needs, what it refuses, and that it can be undone."""

import io
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text

from geoapp.core.acting import Via, act
from geoapp.core.errors import (
    ConflictError,
    GeoappError,
    InvalidValueError,
    NotAllowedError,
    RefusedStepError,
)
from geoapp.core.schemes import scheme_of
from geoapp.core.settings import Settings
from geoapp.operations.applications.documents import attach, detach, read_document
from geoapp.operations.applications.due import due
from geoapp.operations.applications.life import NewReview, move_application, review_application
from geoapp.operations.applications.read import lives_of, public_recognitions, read_application
from geoapp.operations.applications.titles import rate, recognise, revoke
from geoapp.operations.applications.write import (
    PlannedStep,
    add_to_plan,
    save_answers,
    start_application,
)
from geoapp.operations.history.read import history_of
from geoapp.operations.history.undo import undo_change_set
from geoapp.operations.organisations.edit import add_organisation, remove_organisation
from geoapp.store.engine import Database

SCHEME = "qingdao-2022"
GIVEN = date(2023, 3, 1)


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    add_organisation(database, {"code": "E-1", "kind": "enterprise", "name_zh": "某某有限公司"})
    return database


def begin(town: Database, settings: Settings, track: str) -> int:
    """Begin an application with every answer that its form asks for."""
    base = track == "base"
    form = scheme_of(settings, SCHEME).form_of(track)
    answers = {
        key: "2023-01" if key.startswith("period") else f"答 {key}"
        for key in form.answer_keys
        if not key.startswith("opinion")
    }
    number = start_application(
        town,
        settings,
        scheme=SCHEME,
        track=track,
        facility="T-4" if base else None,
        organisation=None if base else "E-1",
        answers=answers,
    )
    if form.has_steps:
        add_to_plan(town, settings, number, PlannedStep("three_years", "2023", "建设", "工会"))
    return number


def approving(settings: Settings, track: str) -> NewReview:
    """Return a review that approves: every head, every ground looked at and not there."""
    scheme = scheme_of(settings, SCHEME)
    listed = scheme.grounds_of(track)
    return NewReview(
        reviewed_on=date(2023, 2, 1),
        reviewer="领导小组",
        heads={one.code: "符合" for one in scheme.review.heads},
        grounds={} if listed is None else {one.code: False for one in listed.grounds},
        decision="approved",
    )


def state(town: Database, settings: Settings, number: int) -> str:
    return read_application(town, settings, number).known.record.state


def test_a_life_from_the_draft_to_the_exit(
    town: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Begun on the day where the service is, which the database's clock may not have reached.
    with monkeypatch.context() as there:
        there.setattr("geoapp.operations.applications.write.today", lambda _: date(2023, 1, 4))
        number = begin(town, settings, "base")
    record = read_application(town, settings, number).known.record
    assert record.created_on == date(2023, 1, 4)
    first = record.rev
    save_answers(town, settings, number, {"basics": ""}, expected_rev=first)
    with pytest.raises(ConflictError, match="服务职工基地基本情况"):
        move_application(town, settings, number, "submitted", on_day=date(2023, 1, 5))
    with pytest.raises(ConflictError, match="已被他人修改"):
        save_answers(town, settings, number, {"basics": "旧"}, expected_rev=first)
    second = read_application(town, settings, number).known.record.rev
    save_answers(town, settings, number, {"basics": "三层楼"}, expected_rev=second)
    with pytest.raises(InvalidValueError, match="不早于文件印发之日 2022-06-28"):
        move_application(town, settings, number, "submitted", on_day=date(2022, 6, 27))
    move_application(town, settings, number, "submitted", on_day=date(2023, 1, 5))
    with pytest.raises(ConflictError, match="申报表不能改"):
        save_answers(town, settings, number, {"basics": "四层"}, expected_rev=None)
    with pytest.raises(RefusedStepError, match="可变为：草拟中、批准建设、未通过、已撤回"):
        move_application(town, settings, number, "exited", on_day=date(2023, 1, 6), reason="x")
    with pytest.raises(ConflictError, match="由评审得出"):
        move_application(town, settings, number, "approved", on_day=date(2023, 1, 6))
    with pytest.raises(InvalidValueError, match="不早于上一步"):
        early = replace(approving(settings, "base"), reviewed_on=date(2023, 1, 4))
        review_application(town, settings, number, early)
    review_application(town, settings, number, approving(settings, "base"))
    assert public_recognitions(town, settings) == []
    recognise(
        town, settings, number, given_on=GIVEN, until_on=date(2099, 1, 1), document="〔2023〕1号"
    )
    [told] = public_recognitions(town, settings, facility="T-4")
    [life] = lives_of(town, settings, "T-4")
    assert life.told.zh == "申报服务职工基地：2023-03-01 起已认定"
    assert life.titles[0].zh.endswith("，有效至 2099-01-01（〔2023〕1号）")
    assert (told.title_text.zh, told.given_on) == ("青岛市职工服务基地创建示范单位", GIVEN)
    dues = {one.key: one for one in due(town, settings, date(2023, 7, 1))}
    assert dues["deadline-qingdao-2022-2024"].on == date(2024, 6, 30)
    assert dues[f"rating-{number}-2023"].on == date(2023, 12, 31)
    heads = {"quality": "好"}
    with pytest.raises(InvalidValueError, match="2023 至"):
        rate(
            town, settings, number, year=2022, heads=heads, grade="a", note=None,
            rated_on=date(2024, 1, 2),
        )  # fmt: skip
    for grade in ("b", "a"):  # the second mends the first
        rate(
            town, settings, number, year=2023, heads=heads, grade=grade, note=None,
            rated_on=date(2024, 1, 2),
        )  # fmt: skip
    assert [one.grade for one in read_application(town, settings, number).ratings] == ["a"]
    assert f"rating-{number}-2023" not in {one.key for one in due(town, settings, GIVEN)}
    with pytest.raises(InvalidValueError, match="reason"):
        move_application(town, settings, number, "suspended", on_day=date(2024, 2, 1))
    move_application(town, settings, number, "suspended", on_day=date(2024, 2, 1), reason="整修")
    assert public_recognitions(town, settings)[0].suspended
    move_application(town, settings, number, "recognised", on_day=date(2024, 3, 1))
    move_application(town, settings, number, "exited", on_day=date(2024, 4, 1), reason="停办")
    assert public_recognitions(town, settings) == []
    story = [
        line.text.zh for one in history_of(town, settings, "T-4", limit=50) for line in one.lines
    ]
    assert "改了进展：已认定 → 已退出" in story
    assert "改了申报表内容“服务职工基地基本情况”：答 basics → 没有填" in story
    assert "改了申报表内容“服务职工基地基本情况”：没有填 → 三层楼" in story
    assert "basics" not in "".join(one for one in story if "答 basics" not in one)
    whole = read_application(town, settings, number)
    assert whole.recognitions[0].revoked_on == date(2024, 4, 1)
    with pytest.raises(RefusedStepError):
        move_application(town, settings, number, "draft", on_day=date(2024, 5, 1))
    # Taking the exit back brings the state and the title back at once.
    undo_change_set(town, settings, whole.sets[whole.steps[-1].id])
    assert state(town, settings, number) == "recognised"
    assert len(public_recognitions(town, settings)) == 1


def test_grounds_and_heads_decide_with_the_reviewer(town: Database, settings: Settings) -> None:
    number = begin(town, settings, "enterprise")
    move_application(town, settings, number, "submitted", on_day=date(2023, 1, 5))
    good = approving(settings, "enterprise")
    assert len(good.grounds) == 8
    owed = replace(good, grounds={**good.grounds, "wages_owed": True})
    with pytest.raises(ConflictError, match="拖欠职工工资"):
        review_application(town, settings, number, owed)
    unseen = {code: no for code, no in good.grounds.items() if code != "losses"}
    with pytest.raises(ConflictError, match="还没有核对：企业严重亏损"):
        review_application(town, settings, number, replace(good, grounds=unseen))
    with pytest.raises(ConflictError, match="还没有写：资金投入"):
        heads = {code: said for code, said in good.heads.items() if code != "funds"}
        review_application(town, settings, number, replace(good, heads=heads))
    with pytest.raises(InvalidValueError, match="note"):
        review_application(town, settings, number, replace(good, decision="refused"))
    review_application(town, settings, number, replace(owed, decision="refused"))
    assert state(town, settings, number) == "refused"
    move_application(town, settings, number, "draft", on_day=date(2023, 2, 2))
    move_application(town, settings, number, "submitted", on_day=date(2023, 2, 3))
    again = replace(good, reviewed_on=date(2023, 2, 4))
    review_application(town, settings, number, again)
    recognise(town, settings, number, given_on=GIVEN, until_on=None, document="〔2023〕2号")
    [given] = read_application(town, settings, number).recognitions
    revoke(town, settings, number, given.id, on_day=date(2023, 5, 1), reason="弄虚作假")
    assert state(town, settings, number) == "approved"
    assert public_recognitions(town, settings) == []
    with pytest.raises(ConflictError, match="1 份申报"):
        remove_organisation(town, "E-1", expected_rev=None)


def test_a_partner_has_no_title_and_no_grounds(town: Database, settings: Settings) -> None:
    number = begin(town, settings, "partner")
    move_application(town, settings, number, "submitted", on_day=date(2023, 1, 5))
    review_application(town, settings, number, approving(settings, "partner"))
    with pytest.raises(ConflictError, match="没有为"):
        recognise(town, settings, number, given_on=GIVEN, until_on=None, document="x")


def test_who_is_kept_to_a_region_keeps_to_it(town: Database, settings: Settings) -> None:
    inside, outside = begin(town, settings, "base"), begin(town, settings, "partner")
    with act(via=Via.WEB, actor="s", role="steward", regions=("370203",)):
        save_answers(town, settings, inside, {"next": "新"}, expected_rev=None)
        with pytest.raises(NotAllowedError):  # a region that is not known is in none
            save_answers(town, settings, outside, {"next": "新"}, expected_rev=None)
        with pytest.raises(NotAllowedError):
            add_to_plan(town, settings, outside, PlannedStep("year", "2023", "建设"))


def office(folder: str, *more: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in ("[Content_Types].xml", f"{folder}/document.xml", *more):
            archive.writestr(name, "x")
    return held.getvalue()


def test_files_are_what_they_say_and_come_back(town: Database, settings: Settings) -> None:
    number = begin(town, settings, "base")
    written = office("word")  # once: an archive holds the second at which it was made
    kept = attach(town, settings, number, "C:\\资料\\申报\n表.docx", written)
    for name, content in (
        ("a.pdf", b"<html>"),
        ("a.docx", office("xl")),
        ("a.xlsx", office("xl", "xl/vbaProject.bin")),
        ("a.exe", b"MZ"),
        ("a.jpg", b""),
    ):
        with pytest.raises(GeoappError, match="file"):
            attach(town, settings, number, name, content)
    detach(town, settings, number, kept)
    with town.session() as session:
        last = session.execute(text("select max(id) from change_set")).scalar_one()
    undo_change_set(town, settings, last)
    record, content = read_document(town, settings, number, kept)
    assert (record.name, content) == ("申报表.docx", written)
