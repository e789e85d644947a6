"""覆盖范围 / Cover areas: what lies within the standard of an open facility, in a straight line."""

from geoapp.maps.kit import Constant, CoverAreas, Field, Layer, Legend, Look, Popup, Text
from geoapp.store.layer_select import facilities_on

LAYER = Layer(
    id="cover_areas",
    title=Text("覆盖范围", "Cover areas"),
    query=lambda context: facilities_on(context.today),
    derive=CoverAreas(),
    style=Constant(
        Text("步行可达（直线估算）", "Within a walk (straight-line estimate)"),
        Look("#2f7f79", fill_share=0.16, outline="#2f7f79", width_px=1.0),
    ),
    popup=Popup(title="name", sample="is_sample", fields=(Field("kind", Text("类型", "Kind")),)),
    legend=Legend(
        note=Text(
            "仅供示意；覆盖与否逐点计算", "A drawing: coverage itself is computed point by point"
        )
    ),
    versions=("facilities", "vocabulary", "runs"),
    shown=False,
    uses_run=True,
)
