"""Maps and layers show nobody a siting run of a scenario that is not shared with them."""

from geoapp.core.questions.siting import SitingParameters
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.siting import run as siting_run
from geoapp.operations.siting import scenarios
from geoapp.operations.siting.scenarios import Audience
from geoapp.operations.upkeep.init import initialise
from geoapp.operations.upkeep.users import SignedInUser
from geoapp.store.engine import Database
from tests.seed import seed_town
from tests.web.api_client import client_of, make_app

QUESTION = SitingParameters(p=2, standard_m=300, spacing_m=100)
LATEST = ("/layers/proposals.geojson", "/ogc/collections/proposals/items")


def test_a_run_of_a_private_scenario_is_its_owners_alone(
    database: Database, settings: Settings
) -> None:
    initialise(database)
    seed_town(database)
    app = make_app(settings, database)
    planner, manager = (client_of(app, database, one) for one in (Role.PLANNER, Role.MANAGER))
    run = siting_run.run_here(database, settings, QUESTION)
    addresses = [
        f"/layers/proposals.geojson?run={run.id}",
        f"/layers/stations.geojson?run={run.id}",
        f"/maps/proposals.html?run={run.id}",
    ]
    # It is in no scenario yet: all who may see plans see it, and what they got is kept.
    for client in (planner, manager):
        assert [client.get(one).status_code for one in addresses] == [200, 200, 200]
        assert all(client.get(one).json["numberMatched"] > 0 for one in LATEST)
    visitor = app.test_client()
    assert visitor.get(addresses[1]).status_code == 404

    ann = SignedInUser(9, "ann", Role.PLANNER)
    kept = scenarios.create(database, ann, "私下", Audience.OWNER, QUESTION, run.id)
    for client in (planner, manager):
        assert client.get(f"/api/v1/siting-runs/{run.id}").status_code == 404
        assert [client.get(one).status_code for one in addresses] == [404, 404, 404]
        assert [client.get(one).json["numberMatched"] for one in LATEST] == [0, 0]
    assert planner.post(f"/api/v1/siting-runs/{run.id}/cancel").status_code == 404

    scenarios.share(database, ann, kept.id, Audience.PLANNERS)
    assert [planner.get(one).status_code for one in addresses] == [200, 200, 200]
    assert [manager.get(one).status_code for one in addresses] == [404, 404, 404]
    # Owner and stranger may be of one role: the owner's answer is not the stranger's.
    scenarios.remove(database, ann, kept.id)
    mine = SignedInUser(1, f"a-{Role.PLANNER}", Role.PLANNER)
    scenarios.create(database, mine, "我的", Audience.OWNER, QUESTION, run.id)
    assert [planner.get(one).status_code for one in addresses] == [200, 200, 200]
    assert [manager.get(one).status_code for one in addresses] == [404, 404, 404]
