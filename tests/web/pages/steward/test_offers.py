"""What help a facility offers, entered beside its record."""

import re

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.services.read import services_of
from geoapp.operations.upkeep.init import initialise
from geoapp.operations.upkeep.users import set_rights
from geoapp.store.engine import Database
from tests.seed import seed_town
from tests.web.api_client import client_of, make_app

PAGE = "/steward/services/T-1"


def test_services_and_desks_are_added_and_taken_away(
    database: Database, settings: Settings
) -> None:
    initialise(database)
    seed_town(database)
    app = make_app(settings, database)
    steward = client_of(app, database, Role.STEWARD)
    assert "先在下面登记一项" in steward.get(f"{PAGE}?lang=zh").text
    service = {"do": "service", "code": "L-1", "category": "legal_aid", "name_zh": "劳动争议咨询"}
    assert steward.post(PAGE, data=service).status_code == 302
    assert steward.post(PAGE, data=service).status_code == 409
    wrong = steward.post(
        PAGE, data={"do": "offer", "service": "L-1", "valid_from": "明天", "phone": "12351"}
    )
    assert wrong.status_code == 422
    assert 'value="12351"' in wrong.text  # what was typed stays
    offer = {"do": "offer", "service": "L-1", "phone": "12351", "hours": "周一至周五 9:00-17:00"}
    assert steward.post(PAGE, data=offer).status_code == 302
    assert steward.post(PAGE, data=offer).status_code == 409
    assert steward.post(PAGE, data={"do": "desk", "name_zh": "窗口"}).status_code == 422
    assert steward.post(PAGE, data={"do": "desk", "phone": "0532-1"}).status_code == 302
    assert steward.post(PAGE, data={"do": "else"}).status_code == 422
    offers, desks = services_of(database, settings, "T-1")
    assert [(one.item.code, one.record.hours) for one in offers] == [("L-1", "Mo-Fr 09:00-17:00")]
    assert len(desks) == 1
    actions = re.findall(r'action="(/steward/services/take/[^"]+)"', steward.get(PAGE).text)
    assert len(actions) == 2
    for action in actions:
        assert steward.post(action).status_code == 302
        assert steward.post(action).status_code == 404
    assert services_of(database, settings, "T-1") == ([], [])
    # Whoever is kept to a region changes no service that all regions share.
    set_rights(database, "a-steward", regions=["370203"])
    assert steward.post(PAGE, data=service | {"code": "L-2"}).status_code == 403
    assert steward.post(PAGE, data=offer).status_code == 302
    assert "登记一项服务" not in steward.get(f"{PAGE}?lang=zh").text
    assert client_of(app, database).get(PAGE).status_code in (302, 401)
