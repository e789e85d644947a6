"""建议站点 / Proposed sites of the shown siting run, in order of what each adds."""

from sqlalchemy import func, select

from geoapp.maps.kit import Constant, Context, Field, Layer, Legend, Look, Popup, Text
from geoapp.store.models import Region, Run, RunSite

TITLE = Text("建议站点", "Proposed sites")


def query(context: Context):
    """Return the run's chosen sites; nothing without a siting run."""
    if context.siting_run_id is None:
        return None
    return (
        select(
            RunSite.rank.label("id"),
            RunSite.rank.label("order"),
            func.coalesce(RunSite.name, RunSite.code).label("name"),
            RunSite.code,
            RunSite.adds,
            RunSite.cost,
            func.coalesce(Region.name_zh, RunSite.region_code).label("region_zh"),
            func.coalesce(Region.name_en, Region.name_zh, RunSite.region_code).label("region_en"),
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
            Field("adds", Text("新增覆盖", "Newly reached"), "people"),
            Field("region", Text("区域", "Region")),
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
)
