"""户外劳动者服务站点 / Service stations: what is open to workers, as points or areas."""

from geoapp.core.words import Family
from geoapp.maps.kit import (
    FACILITY_ATTRIBUTES,
    FACILITY_POPUP,
    FACILITY_TIMES,
    Constant,
    Layer,
    Look,
    Text,
)
from geoapp.store.layer_select import facilities_on

TITLE = Text("户外劳动者服务站点", "Service stations")

LAYER = Layer(
    id="stations",
    title=TITLE,
    query=lambda context: facilities_on(context.today, Family.STATION, context.frame),
    style=Constant(TITLE, Look("#0f56b3", "circle", fill_share=0.35, width_px=2)),
    popup=FACILITY_POPUP,
    attributes=FACILITY_ATTRIBUTES,
    times=FACILITY_TIMES,
    versions=("facilities", "vocabulary"),
    cluster=True,
    search=True,
)
