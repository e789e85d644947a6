"""覆盖范围 / Cover areas: what is walked to from each facility within the standard."""

from geoapp.maps.kit import SOURCE, Constant, CoverAreas, Field, Layer, Legend, Look, Popup, Text
from geoapp.store.layer_select import facilities_on

LAYER = Layer(
    id="cover_areas",
    title=Text("覆盖范围", "Cover areas"),
    query=lambda context: facilities_on(context.today),
    derive=CoverAreas(),
    style=Constant(
        Text("步行可达", "Within a walk"),
        Look("#2f7f79", fill_share=0.16, outline="#2f7f79", width_px=1.0),
    ),
    popup=Popup(
        title="name",
        sample="is_sample",
        fields=(Field("kind", Text("类型", "Kind")), Field("basis", Text("步行", "Walk"))),
    ),
    legend=Legend(
        note=Text(
            "路网上为离该处最近的路段，别处为圆；仅供示意，覆盖与否逐点计算",
            "On the network the ways nearest to it, elsewhere a circle; a drawing: coverage itself is "
            "computed point by point",
        )
    ),
    attributes=(SOURCE,),
    versions=("facilities", "vocabulary", "runs", "network"),
    shown=False,
    uses_run=True,
)
