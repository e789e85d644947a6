"""The report of a month is one press away for whoever is signed in, and for nobody else."""

from io import BytesIO

import openpyxl

from geoapp.core.roles import Role
from geoapp.operations.coverage import run as coverage_run
from tests.operations.coverage.small_town import WANTED
from tests.operations.monthly.monthly_town import MonthlyTown, town
from tests.web.api_client import client_of, make_app

__all__ = ["town"]

FORM = 'action="/publications/report"'


def test_a_manager_gets_the_report_of_the_month(town: MonthlyTown) -> None:
    app = make_app(town.settings, town.database)
    manager = client_of(app, town.database, Role.MANAGER)
    anybody = app.test_client()
    month = f"{town.scope.period.day:%Y-%m}"
    for page in ("/coverage", "/coverage/370203", "/publications"):
        assert FORM in manager.get(page).text, page
        assert FORM not in anybody.get(page).text, page
    assert f'value="{month}" max="{month}"' in manager.get("/coverage").text
    # The page of a run that is not published offers no report, which would be of another one.
    other = coverage_run.run_here(town.database, town.settings, WANTED)
    assert FORM not in manager.get(f"/coverage?run={other.id}").text

    asked = f"/publications/report?region=370203&month={month}"
    for name, starts in (("html", b"<!doctype html>"), ("xlsx", b"PK")):
        sent = manager.get(f"{asked}&format={name}&language=en")
        assert sent.status_code == 200, name
        assert sent.data.startswith(starts), name
        file = f"filename=report-370203-{month}.{name}"
        assert file in sent.headers["Content-Disposition"]
        assert "no-store" in sent.headers["Cache-Control"]
    assert openpyxl.load_workbook(BytesIO(sent.data)).sheetnames[0] == "Cover"

    # The API answers the same file, to the same people.
    assert anybody.get("/api/v1/report").status_code == 401
    same = manager.get(f"/api/v1/report?region=370203&month={month}&format=xlsx&language=en")
    assert same.data == sent.data
    for wrong in ("month=2026-13", "month=9999-01", "format=docx", "language=fr", "region=nowhere"):
        refused = manager.get(f"/publications/report?{wrong}", headers={"Accept": "text/html"})
        assert refused.status_code == 422, wrong
        assert manager.get(f"/api/v1/report?{wrong}").status_code == 422, wrong
