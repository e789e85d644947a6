"""A region's year: what stood, opened and closed by month, what was published, and how sure it is."""

import csv
import io

import pytest

from geoapp.core.dated_states import Band
from geoapp.core.settings import Settings
from geoapp.operations.coverage import official
from geoapp.operations.coverage.through_time import story_of
from geoapp.operations.moment import today
from geoapp.store.engine import Database
from tests.answers import publish_run
from tests.operations.coverage.small_town import WANTED, run_sql, town
from tests.web.api_client import client_of, make_app

__all__ = ["town"]

ADDRESS = "/coverage/370203/time"


def dated(town: Database, code: str, opened: str | None, basis: str, closed: str = "") -> None:
    """Give a facility of the town its dates; the states follow."""
    run_sql(
        town,
        "update facility set status = :status, opened_on = :opened, opened_basis = :basis, "
        "closed_on = :closed where code = :code",
        code=code,
        status="closed" if closed else "open",
        opened=opened,
        basis=basis,
        closed=closed or None,
    )


def test_a_year_by_hand(town: Database, settings: Settings, subtests: pytest.Subtests) -> None:
    codes = [row[0] for row in run_sql(town, "select code from facility order by code")]
    run_sql(town, "delete from facility where code = any(:codes)", codes=codes[4:])
    one, two, three, four = codes[:4]
    dated(town, one, "2019-03-10", "known", closed="2020-05-20")
    dated(town, two, "2020-02-01", "month")
    dated(town, three, "2020-01-01", "year")
    dated(town, four, None, "unknown")
    story = story_of(town, settings, "370203", 2020)
    assert len(story.months) == 12
    # Before the year one stood for certain, and the one without a date may have.
    assert story.before == Band(1, 1)
    assert (story.opened, story.closed) == (Band(2, 1), Band(1, 0))
    for month, in_place, opened, closed in [
        (1, Band(1, 2), Band(0, 2), Band(0, 0)),
        (2, Band(2, 2), Band(1, 2), Band(0, 0)),
        (4, Band(2, 2), Band(0, 2), Band(0, 0)),
        (5, Band(1, 2), Band(0, 2), Band(1, 0)),
        (12, Band(2, 1), Band(0, 2), Band(0, 0)),
    ]:
        with subtests.test(month=month):
            found = story.months[month - 1]
            assert (found.in_place, found.opened, found.closed) == (in_place, opened, closed)
            assert found.answer is None
    now = today(settings)
    this_year = story_of(town, settings, "370200", now.year)
    assert [one.day for one in this_year.months][-1] == now
    assert len(this_year.months) == now.month


def test_the_page_and_its_file(town: Database, settings: Settings) -> None:
    anybody = client_of(make_app(settings, town), town)
    assert "没有公布" in anybody.get(ADDRESS).text
    run = publish_run(town, settings, WANTED)
    page = anybody.get(ADDRESS).text
    assert f"/coverage/370203?run={run.id}" in page
    own = story_of(town, settings, "370203", today(settings).year).months[-1].answer
    assert own is not None
    assert own.own is not None
    rows = list(csv.DictReader(io.StringIO(anybody.get(f"{ADDRESS}.csv").text.lstrip("\ufeff"))))
    assert float(rows[-1]["covered_share"]) == own.own.covered_share
    assert rows[-1]["run"] == str(run.id)
    assert (rows[0]["month"][-2:], len(rows)) == ("01", today(settings).month)
    english = anybody.get(f"{ADDRESS}?lang=en").text
    assert "Published coverage then" in english
    # The story is of what was published, and of no run that an address names.
    assert ADDRESS in anybody.get("/coverage/370203").text
    assert ADDRESS not in anybody.get(f"/coverage/370203?run={run.id}").text
    official.withdraw_run(town, run.id)
    assert f"run={run.id}" not in anybody.get(f"{ADDRESS}?year=2020").text
    for wrong, status in {
        f"{ADDRESS}?year=1799": 422,
        f"{ADDRESS}?year=9999": 422,
        f"{ADDRESS}?year=二〇二六": 422,
        f"{ADDRESS}.csv?year=-1": 422,
        "/coverage/nowhere/time": 404,
        f"{ADDRESS}?year=1800": 200,
    }.items():
        assert anybody.get(wrong).status_code == status, wrong
