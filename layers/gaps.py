"""盲区 / Gap zones of the shown run, ranked by the workers in them."""

from sqlalchemy import select

from geoapp.maps.kit import ClassBreaks, Context, Field, Layer, Legend, Look, Popup, Text
from geoapp.store.models import Facility, RunGap


def query(context: Context):
    """Return the run's zones; nothing without a run."""
    if context.run_id is None:
        return None
    columns = (RunGap.rank, RunGap.name_zh, RunGap.name_en, RunGap.workers, RunGap.points)
    more = (RunGap.worst_m, RunGap.mean_m, RunGap.nearest_name.label("nearest_zh"))
    return (
        select(
            RunGap.rank.label("id"),
            *columns,
            *more,
            Facility.name_en.label("nearest_en"),
            RunGap.geom.label("geometry"),
        )
        .outerjoin(Facility, Facility.code == RunGap.nearest_code)
        .where(RunGap.run_id == context.run_id)
    )


LAYER = Layer(
    id="gaps",
    title=Text("盲区", "Gap zones"),
    query=query,
    style=ClassBreaks(
        column="rank",
        breaks=(11, 51),
        colours=("#8e1b16", "#c2483f", "#de8f88"),
        format="rank",
        unknown=(Text("没有排名", "Not ranked"), Look("#de8f88")),
        look=Look("#000000", fill_share=0.55, outline="#6e120e", width_px=1.25),
    ),
    popup=Popup(
        title="name",
        fields=(
            Field("rank", Text("排名", "Rank"), "rank"),
            Field("workers", Text("户外劳动者", "Outdoor workers"), "people"),
            Field("mean_m", Text("平均步行", "Mean walk"), "metres"),
            Field("worst_m", Text("最远步行", "Longest walk"), "metres"),
            Field("nearest", Text("最近的设施", "Nearest facility")),
        ),
    ),
    legend=Legend(
        note=Text(
            "标准以内没有设施；按人数排名", "No facility within the standard; ranked by workers"
        ),
        without_run=Text("还没有公布的覆盖结果", "No published coverage answer yet"),
    ),
    versions=("runs",),
    uses_run=True,
    search=True,
)
