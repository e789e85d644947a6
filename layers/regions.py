"""各区覆盖率 / Coverage by district: the shown run's figures."""

from sqlalchemy import Float, and_, func, null, select

from geoapp.maps.kit import (
    COVERAGE_COLOURS,
    ClassBreaks,
    Context,
    Field,
    Layer,
    Legend,
    Look,
    Popup,
    Text,
)
from geoapp.store.layer_select import reaching_into
from geoapp.store.models import Region, RunRegion


def query(context: Context):
    """Districts with their figures in the run; without a run, their outlines alone."""
    figures, walk = RunRegion.figures, RunRegion.figures["walk"]
    numbers = [
        figures[name].astext.cast(Float).label(name)
        for name in ("covered_share", "backup_share", "weight", "uncovered_weight")
    ]
    return (
        select(
            Region.code.label("id"),
            Region.code,
            Region.name_zh,
            Region.name_en,
            *numbers,
            walk["mean_m"].astext.cast(Float).label("mean_m"),
            func.st_simplifypreservetopology(Region.geom, 0.0005).label("geometry"),
        )
        .outerjoin(
            RunRegion,
            and_(
                RunRegion.region_code == Region.code, RunRegion.run_id == (context.run_id or null())
            ),
        )
        .where(Region.level == "district", Region.geom.is_not(None))
        .where(reaching_into(Region.geom, context.frame))
    )


LAYER = Layer(
    id="regions",
    title=Text("各区覆盖率", "Coverage by district"),
    query=query,
    style=ClassBreaks(
        column="covered_share",
        breaks=(0.2, 0.4, 0.6, 0.8),
        colours=COVERAGE_COLOURS,
        format="share",
        unknown=(Text("没有数据", "No figures"), Look("#c9d0d4", fill_share=0.5)),
        look=Look("#000000", fill_share=0.75, outline="#ffffff", width_px=1.5),
    ),
    popup=Popup(
        title="name",
        fields=(
            Field("covered_share", Text("覆盖率", "Covered"), "share"),
            Field("backup_share", Text("备用覆盖率", "With a second choice"), "share"),
            Field("weight", Text("户外劳动者", "Outdoor workers"), "people"),
            Field("uncovered_weight", Text("未覆盖人数", "Not covered"), "people"),
            Field("mean_m", Text("平均步行", "Mean walk"), "metres"),
        ),
    ),
    legend=Legend(
        note=Text(
            "标准以内有站点的人数占比", "Share of workers with a station within the standard"
        ),
        without_run=Text(
            "还没有公布的覆盖结果，只画区界", "No published coverage answer yet: outlines only"
        ),
    ),
    versions=("regions", "runs"),
    label=True,
    uses_run=True,
)
