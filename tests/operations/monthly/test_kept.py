"""The report of the month before is made by the clock, kept as it was made, and compared."""

from datetime import date, datetime, timedelta

import openpyxl
import pytest

from geoapp.core.errors import InvalidValueError, NotAllowedError, NotFoundError
from geoapp.core.results.kept_reports import ReportOutcome
from geoapp.core.roles import Role
from geoapp.operations.coverage import official
from geoapp.operations.moment import today
from geoapp.operations.monthly import kept
from geoapp.operations.monthly.promises import read_promises
from geoapp.operations.monthly.scope import scope_of
from tests.conftest import Command
from tests.operations.coverage.small_town import run_sql
from tests.operations.monthly.monthly_town import MonthlyTown, town
from tests.web.api_client import client_of, make_app

__all__ = ["town"]

REGION = "370200"


def make_due(town: MonthlyTown) -> None:
    run_sql(
        town.database, "update report_schedule set next_at = clock_timestamp() - interval '70 days'"
    )


def month_before(day: date) -> date:
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def test_a_month_is_reported_once_and_kept_as_it_was_made(town: MonthlyTown) -> None:
    database, settings = town.database, town.settings
    made = kept.set_report_schedule(database, settings, REGION, 6, by="manager")
    assert (made.hour, made.last_outcome) == (6, None)
    assert kept.make_due(database, settings) == 0
    make_due(town)
    assert kept.make_due(database, settings) == 1
    (schedule,) = kept.report_schedules(database)
    assert schedule.last_outcome is ReportOutcome.MADE
    assert schedule.next_at > datetime.now(schedule.next_at.tzinfo)
    (report,) = kept.kept_reports(database)
    assert (report.region, report.month) == (REGION, month_before(today(settings)))
    assert set(report.sizes) == {"html", "pdf", "pptx", "xlsx"}
    # Nothing was published by the end of that month: unknown, and not nought.
    assert (report.figures.covered, report.figures.asked) == (None, None)
    name, content = kept.kept_file(database, report.id, "pdf")
    assert name == f"report-{REGION}-{report.month:%Y-%m}.pdf"
    assert (content[:5], len(content)) == (b"%PDF-", report.sizes["pdf"])

    # What changes later changes nothing that is kept; the same month made again takes its place.
    run_sql(database, "update facility set name_zh = '改名' where code = 'T-1'")
    assert kept.kept_file(database, report.id, "pdf") == (name, content)
    run_sql(database, "update publication set published_at = published_at - interval '60 days'")
    make_due(town)
    kept.make_due(database, settings)
    (again,) = kept.kept_reports(database)
    assert again.id == report.id
    assert again.figures.covered == town.run.found.total.covered_weight
    assert again.figures.covered_share == town.run.found.total.covered_share
    then = scope_of(database, settings, REGION, f"{again.month:%Y-%m}")
    states = [one.verdict.state for plan in read_promises(then) for one in plan.standings]
    assert (again.figures.promises, again.figures.met) == (len(states), states.count("met"))

    official.withdraw_run(database, town.run.id)
    make_due(town)
    kept.make_due(database, settings)
    assert kept.report_schedules(database)[0].last_outcome is ReportOutcome.UNPUBLISHED


def test_what_cannot_be_told_leaves_the_schedule_and_the_last_24_stay(
    town: MonthlyTown, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests, geoapp: Command
) -> None:
    database, settings = town.database, town.settings
    with pytest.raises(InvalidValueError):
        kept.set_report_schedule(database, settings, REGION, 24, by=None)
    with pytest.raises(NotAllowedError):
        kept.set_report_schedule(database, settings, REGION, 2, by="a", kept_to=["370203"])
    with pytest.raises(NotFoundError):
        kept.set_report_schedule(database, settings, "370203", 2, by="a")
    assert geoapp("schedule", "--report", "--every", "night").exit_code == 2
    assert "没有定时月报" in geoapp("schedule", "--report").output
    said = geoapp("schedule", "--report", "--region", REGION, "--every", "month", "--hour", 5)
    assert (said.exit_code, "每月 1 日 5:00" in said.output) == (0, True)
    with subtests.test("a fault in one report"), monkeypatch.context() as patch:

        def fails(*_: object) -> None:
            raise ZeroDivisionError

        patch.setattr(kept, "read_for_report", fails)
        make_due(town)
        assert kept.make_due(database, settings) == 1
        (schedule,) = kept.report_schedules(database)
        assert (schedule.last_outcome, kept.kept_reports(database)) == (ReportOutcome.FAILED, [])
        assert "没有生成" in geoapp("schedule", "--report").output
    run_sql(
        database,
        "insert into kept_report (region_code, month, figures) select :region, "
        "(date '2020-01-01' + make_interval(months => n))::date, :figures "
        "from generate_series(0, 24) n",
        region=REGION,
        figures=(
            '{"asked": null, "covered_share": 0.5, "covered": 10, "uncovered": 10, '
            '"in_place": {"known": 3, "possible": 0}, "opened": {"known": 1, "possible": 2}, '
            '"closed": {"known": 0, "possible": 0}, "promises": 1, "met": 1}'
        ),
    )
    run_sql(database, "update publication set published_at = published_at - interval '60 days'")
    make_due(town)
    kept.make_due(database, settings)
    reports = kept.kept_reports(database)
    assert len(reports) == kept.MOST_KEPT
    assert [one.month for one in reports][-1] == date(2020, 3, 1)

    app = make_app(settings, database)
    for role, status in {None: 302, Role.PLANNER: 200, Role.MANAGER: 200}.items():
        assert client_of(app, database, role).get("/publications/reports").status_code == status
    manager = client_of(app, database, Role.MANAGER)
    page = manager.get("/publications/reports?lang=zh").text
    covered = town.run.found.total.covered_share
    assert covered is not None
    assert f"{(covered - 0.5) * 100:+.1f} 个百分点" in page
    sent = manager.get(f"/publications/reports/{reports[0].id}.xlsx")
    (folder := settings.data).mkdir(parents=True, exist_ok=True)
    (folder / "sent.xlsx").write_bytes(sent.data)
    assert openpyxl.load_workbook(folder / "sent.xlsx").sheetnames
    for wrong in (f"{reports[0].id}.exe", "99999.pdf", f"{reports[-1].id}.pdf"):
        assert manager.get(f"/publications/reports/{wrong}").status_code == 404, wrong
    form = {"region": REGION, "hour": "7"}
    post = "/publications/reports/schedules"
    for role, status in {None: 302, Role.PLANNER: 403, Role.MANAGER: 303}.items():
        manager = client_of(app, database, role)
        assert manager.post(post, data=form).status_code == status
    for wrong in ({"hour": "24"}, {"hour": "-1"}, {"hour": ""}, {"region": "nowhere"}):
        assert manager.post(post, data=form | wrong).status_code in (404, 422), wrong
    assert manager.post(post, data=form | {"every": "never"}).status_code == 303
    assert kept.report_schedules(database) == []
    assert geoapp("schedule", "--report", "--every", "never").exit_code == 2
