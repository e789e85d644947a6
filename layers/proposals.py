"""建议站点 / Proposed sites of the shown siting run, in order of what each adds."""

from sqlalchemy import String, case, cast, func, literal, select
from sqlalchemy.dialects.postgresql import JSONPATH

from geoapp.maps.kit import Constant, Context, Field, Layer, Legend, Look, Popup, Text
from geoapp.store.models import Region, Run, RunSite

TITLE = Text("建议站点", "Proposed sites")


def query(context: Context):
    """Return the run's chosen sites; nothing without a siting run."""
    if context.siting_run_id is None:
        return None
    hours = Run.params["hours"].as_string()
    upgraded = Run.params["candidates"].as_string().startswith("facilities:")
    # Of a plan in phases: sites are in order of their years.
    year = func.jsonb_path_query_first(
        Run.result,
        cast("$.phases[*] ? (@.sites_total >= $rank).year", JSONPATH),
        func.jsonb_build_object("rank", RunSite.rank),
    )
    return (
        select(
            RunSite.rank.label("id"),
            RunSite.rank.label("order"),
            func.coalesce(RunSite.name, RunSite.place_zh, RunSite.code).label("name_zh"),
            func.coalesce(RunSite.name, RunSite.place_en, RunSite.code).label("name_en"),
            RunSite.code,
            RunSite.adds,
            RunSite.cost,
            cast(year, String).label("year"),
            func.coalesce(Region.name_zh, RunSite.region_code).label("region_zh"),
            func.coalesce(Region.name_en, Region.name_zh, RunSite.region_code).label("region_en"),
            hours.label("opening_hours"),
            # What a plan leaves open is told apart: its stations' hours, and the day they open.
            case((hours.is_not(None), None), (upgraded, "沿用原有"), else_="未定").label(
                "no_hours_zh"
            ),
            case((hours.is_not(None), None), (upgraded, "as it is"), else_="not decided").label(
                "no_hours_en"
            ),
            literal("未定").label("opens_on_zh"),
            literal("not decided").label("opens_on_en"),
            func.coalesce(Run.inputs["sample"].as_boolean(), False).label("is_sample"),
            RunSite.geom.label("geometry"),
        )
        .join(Run, Run.id == RunSite.run_id)
        .outerjoin(Region, Region.code == RunSite.region_code)
        .where(RunSite.run_id == context.siting_run_id, RunSite.chosen)
    )


LAYER = Layer(
    id="proposals",
    title=TITLE,
    query=query,
    style=Constant(TITLE, Look("#b8560b", "triangle")),
    popup=Popup(
        title="name",
        sample="is_sample",
        fields=(
            Field("order", Text("次序", "Order"), "rank"),
            Field("year", Text("哪年建", "Built in")),
            Field("adds", Text("新增覆盖", "Newly reached"), "people"),
            Field("region", Text("区域", "Region")),
            Field("opening_hours", Text("开放时间", "Hours"), "hours"),
            Field("no_hours", Text("开放时间", "Hours")),
            Field("opens_on", Text("启用日期", "Opening date")),
            Field("cost", Text("费用", "Cost"), "number"),
            Field("code", Text("编号", "Code")),
        ),
    ),
    legend=Legend(
        note=Text("按新增覆盖的先后；现在还没有", "In order of what each adds; not there yet"),
        without_run=Text("还没有选址分析", "No siting run yet"),
    ),
    versions=("runs",),
    published=False,
    uses_run=True,
    search=True,
    numbered="order",
)
