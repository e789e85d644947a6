"""没有位置的设施 / Without a position: by region, what is known to be somewhere in it."""

from sqlalchemy import String, case, cast, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from geoapp.core.words import Status
from geoapp.maps.kit import Constant, Context, Field, Layer, Legend, Look, Popup, Text
from geoapp.store.layer_select import reaching_into
from geoapp.store.models import Facility, FacilityPlace, Region

# A pop-up lists so many; the steward's list has all.
MOST_NAMED = 100


def query(context: Context):
    """Regions with the number and the names of the facilities that are somewhere in them."""
    moving = select(FacilityPlace.facility_id)
    count = func.count()
    in_order = Facility.code

    def named(name, separator: str):
        names = func.array_agg(aggregate_order_by(name, in_order))
        listed = func.array_to_string(names[1:MOST_NAMED], separator)
        return case((count > MOST_NAMED, func.concat(listed, separator, "…")), else_=listed)

    return (
        select(
            Region.code.label("id"),
            func.concat(Region.name_zh, "：", cast(count, String), " 处没有位置").label("name_zh"),
            func.concat(
                func.coalesce(Region.name_en, Region.name_zh),
                ": no position: ",
                cast(count, String),
            ).label("name_en"),
            count.label("facilities"),
            named(Facility.name_zh, "、").label("listed_zh"),
            named(func.coalesce(Facility.name_en, Facility.name_zh), "; ").label("listed_en"),
            func.bool_and(Facility.is_sample).label("is_sample"),
            func.st_simplifypreservetopology(Region.geom, 0.0005).label("geometry"),
        )
        .join(Facility, Facility.region_code == Region.code)
        .where(Facility.geom.is_(None), Facility.id.not_in(moving), Region.geom.is_not(None))
        .where(Facility.status == Status.OPEN)
        .where(func.coalesce(Facility.opened_on, context.today) <= context.today)
        .where(or_(Facility.closed_on.is_(None), Facility.closed_on > context.today))
        .where(reaching_into(Region.geom, context.frame))
        .group_by(Region.code)
    )


LAYER = Layer(
    id="without_position",
    title=Text("没有位置的设施", "Without a position"),
    query=query,
    style=Constant(
        Text("在这个区域的某处", "Somewhere in this region"),
        Look("#2b2140", fill_share=0.6, outline="#2b2140", width_px=1.5, hatch=True),
    ),
    popup=Popup(
        title="name",
        sample="is_sample",
        fields=(
            Field("facilities", Text("处数", "How many"), "number"),
            Field("listed", Text("有", "These")),
        ),
    ),
    legend=Legend(
        note=Text(
            "只知道在哪个区域；连区域也不知道的不在图上",
            "Only the region is known; what is known by no region is not on the map",
        )
    ),
    versions=("facilities", "regions"),
    label=True,
    search=True,
)
