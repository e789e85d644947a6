"""Every layer under layers/ keeps its promises, with a run and without."""

import json
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
import shapely
from sqlalchemy import text

from geoapp.analysis.network.isochrones import isochrones
from geoapp.analysis.network.snapping import snap
from geoapp.core.errors import NotAllowedError, NotFoundError
from geoapp.core.i18n import LANGUAGES
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.results.coverage import COVERAGE_RUNS
from geoapp.core.results.siting import SITING_RUNS
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.core.words import BASIS_TEXT, Basis, Datum
from geoapp.maps.kit import class_of, classes_of
from geoapp.maps.legend import legend_rows
from geoapp.maps.registry import registry
from geoapp.maps.values import Speaker
from geoapp.operations.coverage import results as coverage_results
from geoapp.operations.layers.rows import layer_reading, read_layer, read_moment
from geoapp.operations.network.importing import import_network
from geoapp.operations.proposals.take import take_sites
from geoapp.operations.runs.state import recent_runs
from geoapp.operations.siting import results as siting_results
from geoapp.operations.siting import run as siting_run
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from geoapp.web.geojson.layers import layer_feature
from tests.answers import publish_run
from tests.osm_file import write_town_streets
from tests.seed import TOWN_LAT, TOWN_LON

SITING = SitingParameters(p=3, standard_m=300, spacing_m=100)
LAYERS = list(registry())


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    with database.session() as session:
        session.execute(
            text(
                "insert into facility (code, kind_code, name_zh, position_basis, region_code) "
                "values ('N-1', 'service_base', '某处', 'region_only', '370203'), "
                "('N-2', 'service_base', '别处', 'region_only', '370203'), "
                "('N-3', 'service_base', '不知何处', 'unknown', null)"
            )
        )
    return database


@pytest.fixture
def answered(town: Database, settings: Settings, tmp_path: Path) -> Database:
    """The town after a coverage run that leaves gaps and a siting run, and with streets."""
    import_network(town, settings, write_town_streets(tmp_path / "town.osm.pbf"))
    publish_run(town, settings, CoverageParameters(standard_m=300))
    run = siting_run.run_here(town, settings, SITING)
    take_sites(town, settings, run.id)
    return town


def test_rows_have_what_style_and_popup_name(
    answered: Database, settings: Settings, subtests: pytest.Subtests
) -> None:
    for layer in LAYERS:
        with subtests.test(layer=layer.id):
            moment = read_moment(answered, settings, None)
            rows = read_layer(answered, layer, moment.context).rows
            assert rows
            assert len({row["id"] for row in rows}) == len(rows)
            number = len(classes_of(layer.style))
            for row in rows:
                assert row["geometry"].is_valid
                assert not row["geometry"].is_empty
                assert 0 <= class_of(layer.style, row) < number
                for name in [layer.popup.title, *(field.column for field in layer.popup.fields)]:
                    assert name in row or f"{name}_zh" in row, name
                if layer.popup.sample:
                    assert layer.popup.sample in row
            for language in LANGUAGES:
                speaker = Speaker(language, moment.amenities)
                feature = json.loads(
                    orjson.dumps(layer_feature(layer, rows[0], speaker), default=str)
                )
                assert feature["properties"]["name"]
                assert feature["properties"]["text"]
                assert legend_rows(layer, speaker, used={0})


def test_without_a_run_no_layer_fails(
    town: Database, settings: Settings, subtests: pytest.Subtests
) -> None:
    for layer in LAYERS:
        with subtests.test(layer=layer.id):
            rows = read_layer(town, layer, read_moment(town, settings, None).context).rows
            assert (rows == []) == (layer.id in ("board", "gaps", "network", "proposals"))


def test_on_an_empty_store_no_layer_fails(
    database: Database, settings: Settings, subtests: pytest.Subtests
) -> None:
    initialise(database)
    context = read_moment(database, settings, None).context
    for layer in LAYERS:
        with subtests.test(layer=layer.id):
            assert read_layer(database, layer, context).rows == []


def test_box_limit_and_id(
    answered: Database, settings: Settings, subtests: pytest.Subtests
) -> None:
    for layer in LAYERS:
        with subtests.test(layer=layer.id):
            context = read_moment(answered, settings, None).context
            everything = read_layer(answered, layer, context)
            assert everything.matched == len(everything.rows)
            first = everything.rows[0]
            elsewhere = (100.0, 20.0, 101.0, 21.0)
            assert read_layer(answered, layer, context, bbox=elsewhere).matched == 0
            around = read_layer(
                answered, layer, context, bbox=first["geometry"].buffer(0.0001).bounds
            )
            assert first["id"] in [row["id"] for row in around.rows]
            paged = [
                read_layer(answered, layer, context, limit=1, offset=offset).rows[0]["id"]
                for offset in range(everything.matched)
            ]
            assert paged == [row["id"] for row in everything.rows]
            [alone] = read_layer(answered, layer, context, row_id=str(first["id"])).rows
            assert alone["id"] == first["id"]
            assert read_layer(answered, layer, context, row_id="nothing\x00").rows == []


def test_what_has_no_position_is_told_by_region(town: Database, settings: Settings) -> None:
    layer = registry().get("without_position", None)
    [row] = read_layer(town, layer, read_moment(town, settings, None).context).rows
    assert (row["id"], row["facilities"]) == ("370203", 2)
    assert row["name_zh"] == "市北区：2 处没有位置"
    assert (row["listed_zh"], row["listed_en"]) == ("某处、别处", "某处; 别处")


def layer_rows(name: str, database: Database, settings: Settings) -> dict[str, object]:
    layer = registry().get(name, None)
    context = read_moment(database, settings, None).context
    return {row["id"]: row for row in read_layer(database, layer, context).rows}


def test_facilities_in_service_alone(town: Database, settings: Settings) -> None:
    # T-5 is closed and T-6 suspended.
    assert set(layer_rows("stations", town, settings)) == {"T-1", "T-2"}
    assert set(layer_rows("homes", town, settings)) == {"T-3"}
    assert set(layer_rows("bases", town, settings)) == {"T-4"}
    with town.session() as session:
        session.execute(text("update facility set closed_on = '2020-01-01' where code = 'T-2'"))
        session.execute(text("update facility set opened_on = '2999-01-01' where code = 'T-3'"))
    assert set(layer_rows("stations", town, settings)) == {"T-1"}
    assert layer_rows("homes", town, settings) == {}


def test_a_moving_station_stands_where_it_is_today(town: Database, settings: Settings) -> None:
    with town.session() as session:
        session.execute(
            text(
                """
                insert into facility_place (facility_id, geom, label_zh, valid_from, valid_to)
                select id, st_setsrid(st_makepoint(120.35 + days / 1000.0, 36.07), 4326),
                    '第' || days || '站', current_date + days, current_date + days
                from facility, generate_series(-3, 3) days where code = 'T-2'
                """
            )
        )
    stations = layer_rows("stations", town, settings)
    [moved] = [row for name, row in stations.items() if name != "T-1"]
    # The store's day and the service's own may differ by one.
    assert moved["place_zh"] in ("第0站", "第-1站", "第1站")  # type: ignore[index]


def test_the_choropleth_shows_the_runs_own_figures(answered: Database, settings: Settings) -> None:
    [run] = recent_runs(answered, COVERAGE_RUNS)
    [figures] = coverage_results.region_figures(answered, run.id)[:1]
    [district] = layer_rows("regions", answered, settings).values()
    assert district["covered_share"] == pytest.approx(figures.covered_share)  # type: ignore[index]


def test_cells_hold_all_demand(town: Database, settings: Settings) -> None:
    cells = layer_rows("demand", town, settings).values()
    assert sum(row["weight"] for row in cells) == pytest.approx(250)  # type: ignore[index]
    assert sum(row["point_count"] for row in cells) == 25  # type: ignore[index]


def test_cover_areas_reach_as_far_as_the_runs_standard(town: Database, settings: Settings) -> None:
    publish_run(town, settings, CoverageParameters(standard_m=300))
    row = layer_rows("cover_areas", town, settings)["T-1"]
    assert row["basis_zh"] == BASIS_TEXT[Basis.ESTIMATE].zh  # type: ignore[index]
    area = row["geometry"]  # type: ignore[index]
    metre = 1 / 110_970  # of latitude, here
    line_m = 300 / settings.detour_factor
    assert area.contains(shapely.Point(TOWN_LON, TOWN_LAT + (line_m - 1) * metre))
    assert not area.contains(shapely.Point(TOWN_LON, TOWN_LAT + (line_m + 1) * metre))


def test_cover_areas_follow_the_network(answered: Database, settings: Settings) -> None:
    rows = layer_rows("cover_areas", answered, settings)
    network = read_moment(answered, settings, None).context.network
    assert network is not None
    snapped = snap(network, [TOWN_LON], [TOWN_LAT])
    [alone] = isochrones(network, snapped, limits_m=[300])
    row = rows["T-1"]
    assert row["basis_en"] == BASIS_TEXT[Basis.NETWORK].en  # type: ignore[index]
    area = row["geometry"]  # type: ignore[index]
    # No farther than one can walk; nearer where another facility is nearer.
    assert alone.area.buffer(0.0004).contains(area)
    assert area.intersects(shapely.Point(TOWN_LON, TOWN_LAT).buffer(0.0003))


def test_the_network_tells_what_is_cut_off(answered: Database, settings: Settings) -> None:
    edges = layer_rows("network", answered, settings).values()
    assert sorted(edge["reach"] for edge in edges) == ["cut_off", *["joined"] * 3]  # type: ignore[index]
    layer, paged, after = registry().get("network", None), [], None
    with layer_reading(answered, settings, None) as reading:
        for _ in range(3):
            page = reading.rows(layer, limit=2, after=after)
            assert page.matched == 4
            paged += [row["id"] for row in page.rows]
            after = ((), paged[-1])
    assert paged == sorted(edge["id"] for edge in edges)  # type: ignore[index]


def test_proposals_are_the_sites_of_the_latest_siting_run_or_of_the_one_asked_for(
    answered: Database, settings: Settings
) -> None:
    [first] = recent_runs(answered, SITING_RUNS)
    more = siting_run.run_here(answered, settings, replace(SITING, p=1))
    layer = registry().get("proposals", Role.MANAGER)
    shown = {}
    for number in (None, first.id):
        moment = read_moment(answered, settings, number)
        assert moment.context.run_id == recent_runs(answered, COVERAGE_RUNS)[0].id
        shown[number] = read_layer(answered, layer, moment.context).rows
    sites = siting_results.sites_of(answered, first.id)
    assert [(row["order"], row["adds"], row["name_zh"]) for row in shown[first.id]] == [
        (site.order, site.adds, site.label.zh) for site in sites
    ]
    assert len(shown[None]) == 1
    assert more.result is not None
    assert shown[None][0]["is_sample"] is False
    assert read_moment(answered, settings, None).version_of(layer) != read_moment(
        answered, settings, first.id
    ).version_of(layer)
    with pytest.raises(NotFoundError):
        read_moment(answered, settings, 12345)
    with pytest.raises(NotAllowedError):
        registry().get("proposals", None)


def test_the_version_follows_what_a_layer_shows(answered: Database, settings: Settings) -> None:
    stations, gaps = registry().get("stations", None), registry().get("gaps", None)
    before = read_moment(answered, settings, None)
    with answered.session() as session:
        session.execute(text("update facility set name_zh = 'x' where code = 'T-1'"))
    after = read_moment(answered, settings, None)
    assert after.version_of(stations) != before.version_of(stations)
    assert after.version_of(gaps) == before.version_of(gaps)
    assert after.version_of(replace(stations, source_hash="x")) != after.version_of(stations)
    publish_run(answered, settings, CoverageParameters(standard_m=200))
    assert read_moment(answered, settings, None).version_of(gaps) != after.version_of(gaps)


def test_coordinates_in_a_datum(town: Database, settings: Settings) -> None:
    moment = read_moment(town, settings, None)
    layer = registry().get("stations", None)
    row = read_layer(town, layer, moment.context).rows[0]
    speaker = Speaker("zh", moment.amenities)
    plain = layer_feature(layer, row, speaker)["geometry"]["coordinates"]
    moved = layer_feature(layer, row, speaker, Datum.GCJ02)["geometry"]["coordinates"]
    assert plain == pytest.approx((TOWN_LON, TOWN_LAT))
    assert 0.003 < moved[0] - plain[0] < 0.008
