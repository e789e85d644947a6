"""需求 / Demand: outdoor workers gathered into hexagons of a quarter of a square kilometre."""

from sqlalchemy import func, select

from geoapp.maps.kit import (
    DEMAND_COLOURS,
    SOURCE,
    ClassBreaks,
    Context,
    Field,
    Grid,
    Layer,
    Legend,
    Look,
    Popup,
    Text,
)
from geoapp.store.models import DemandPoint, DemandSet


def query(context: Context):
    """Return the points of the run's demand set, or of the newest."""
    newest = select(func.max(DemandSet.id)).scalar_subquery()
    points = select(DemandPoint.weight, DemandSet.source, DemandPoint.geom.label("geometry")).join(
        DemandSet, DemandSet.id == DemandPoint.set_id
    )
    if context.demand is None:
        return points.where(DemandSet.id == newest)
    return points.where(DemandSet.code == context.demand)


LAYER = Layer(
    id="demand",
    title=Text("户外劳动者分布", "Outdoor workers"),
    query=query,
    derive=Grid(cell_m2=250_000),
    style=ClassBreaks(
        column="weight",
        breaks=(5, 20, 50, 150),
        colours=DEMAND_COLOURS,
        format="people",
        unknown=(Text("未知", "Unknown"), Look("#c9d0d4")),
        look=Look("#000000", fill_share=0.75, width_px=0.0),
    ),
    popup=Popup(
        title="cell",
        fields=(
            Field("weight", Text("户外劳动者", "Outdoor workers"), "people"),
            Field("point_count", Text("需求点", "Demand points"), "number"),
        ),
    ),
    legend=Legend(note=Text("每格人数（0.25 平方公里）", "Workers in a cell of 0.25 km2")),
    attributes=(SOURCE,),
    versions=("demand", "runs"),
    shown=False,
    uses_run=True,
)
