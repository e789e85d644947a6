"""A facility that everybody may not read of yet is named where a manager looks, and leads nowhere."""

import re

from geoapp.core.roles import Role
from tests.operations.coverage.small_town import run_sql
from tests.operations.monthly.monthly_town import MonthlyTown, town
from tests.web.api_client import client_of, make_app

__all__ = ["town"]


def test_every_station_that_is_linked_has_a_page(town: MonthlyTown) -> None:
    run_sql(town.database, "update facility set status = 'proposed' where code = 'T-2'")
    app = make_app(town.settings, town.database)
    manager = client_of(app, town.database, Role.MANAGER)
    named = 0
    for path in ("/coverage", "/coverage/370203", "/use"):
        page = manager.get(f"{path}?lang=zh")
        assert page.status_code == 200, path
        links = set(re.findall(r'href="(/stations/[^"#?]+)"', page.text))
        named += "名字特别特别长的" in page.text or "示例·T-2" in page.text
        for link in sorted(links):
            assert manager.get(link).status_code == 200, (path, link)
        assert "/stations/T-2" not in links
    assert named == 3
    # Who edits is led to the record.
    steward = client_of(app, town.database, Role.STEWARD)
    assert 'href="/steward/use/T-2"' in steward.get("/use?lang=zh").text
