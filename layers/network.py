"""步行路网 / Walking network: the edges that walks are found on, and what is cut off from them."""

from geoapp.maps.kit import SOURCE, Category, Field, Layer, Legend, Look, Popup, Streets, Text

LAYER = Layer(
    id="network",
    title=Text("步行路网", "Walking network"),
    query=None,
    derive=Streets(),
    style=Category(
        "reach",
        {"joined": (Text("可以走到", "Joined"), Look("#2f7f79", fill_share=0, width_px=2))},
        other=(
            Text("与其他部分不连通", "Cut off from the rest"),
            Look("#b5402a", fill_share=0, width_px=3),
        ),
    ),
    popup=Popup(title="name", fields=(Field("length_m", Text("长度", "Length"), "metres"),)),
    legend=Legend(note=Text("OpenStreetMap 贡献者，ODbL", "OpenStreetMap contributors, ODbL")),
    attributes=(SOURCE,),
    versions=("network",),
    shown=False,
)
