"""The page of a map: complete by itself, with every value escaped, whatever it holds."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
import shapely
from branca.element import JavascriptLink

from geoapp.core.base_maps import OperatorMap
from geoapp.core.i18n import Text
from geoapp.core.roles import Role
from geoapp.core.words import Datum
from geoapp.maps.assets import localise
from geoapp.maps.folium_map import render_map
from geoapp.maps.kit import Constant, Field, Layer, Look, Popup, classes_of
from geoapp.maps.page import MapPage, Outlines, PaintedLayer, PlaceName
from geoapp.maps.registry import registry
from geoapp.maps.values import Speaker

NASTY = "</script><script>alert(1)</script>{{7*7}}{% raw %}{#\"'<b>&</b>\u2028"
LON, LAT = 120.38, 36.07


def painted(names: list[str], **more: Any) -> PaintedLayer:
    layer = Layer(
        id="things",
        title=Text("东西", "Things"),
        query=None,
        style=Constant(Text("东西", "Things"), Look("#0f56b3")),
        popup=Popup("name", (Field("note", Text("说明", "Note")),), sample="is_sample"),
        versions=("facilities",),
        **more,
    )
    rows = [
        {
            "id": number,
            "name": name,
            "note": name,
            "is_sample": True,
            "geometry": shapely.Point(LON, LAT + number / 1000),
        }
        for number, name in enumerate(names)
    ]
    return PaintedLayer(layer, rows)


def page_of(layer: PaintedLayer, **more: Any) -> MapPage:
    given = {"title": "图", "notes": [NASTY], "speaker": Speaker("zh", {}), "has_run": False}
    return MapPage(layers=[layer], **{**given, **more})


def drawn(page: MapPage, *, inline: bool = True) -> str:
    """Return the page's text."""
    return render_map(page, inline=inline).html


class Reader(HTMLParser):
    """Gathers what a browser would load and run."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.scripts: list[str] = []
        self.told = ""
        self._tag = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._tag = tag
        self.loads += [str(given[name]) for name in ("src", "href") if name in given]
        assert not [name for name in given if name.startswith("on")]
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._tag = ""

    def handle_data(self, data: str) -> None:
        if self._tag == "script":
            self.scripts[-1] += data
        else:
            self.told += data


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


def test_a_standalone_page_loads_nothing() -> None:
    html = drawn(page_of(painted(["一"])))
    assert [address for address in read(html).loads if not address.startswith("data:")] == []
    # Neither does a style or a script of it.
    assert not re.search(r"""(?:url\(|@import)\s*['"]?(?!data:|#)[^'")]""", html)


def test_a_served_page_loads_our_own_files_alone() -> None:
    loads = read(drawn(page_of(painted(["一"])), inline=False)).loads
    assert len(loads) > 6
    assert all(address.startswith(("/static/", "data:")) for address in loads)


@pytest.mark.parametrize("inline", [True, False])
def test_values_neither_run_nor_break_the_page(inline: bool) -> None:
    plain = read(drawn(page_of(painted(["一"]), notes=["一"]), inline=inline))
    nasty = read(drawn(page_of(painted([NASTY]), title=NASTY), inline=inline))
    assert len(nasty.scripts) == len(plain.scripts)
    # The same words, as they were written: a template would have made 49 of them.
    assert "{{7*7}}{% raw %}{#" in nasty.scripts[-1]
    assert nasty.told.count("<script>alert(1)</script>{{7*7}}") == 3


def test_a_link_that_we_do_not_bring_is_refused() -> None:
    class Parts:
        header = html = script = type("Part", (), {"_children": {}})()

    Parts.header._children["x"] = JavascriptLink("https://elsewhere.example/x.js")
    with pytest.raises(LookupError, match="elsewhere"):
        localise(Parts(), inline=False)  # type: ignore[arg-type]


def test_base_maps_move_nothing_and_a_file_holds_no_key() -> None:
    def base(code: str, **more: Any) -> OperatorMap:
        return OperatorMap(
            code,
            Text("图", "A map"),
            Datum.GCJ02,
            f"https://{code}.example/{{z}}/{{x}}/{{y}}",
            **more,
        )

    maps = [base("one", credit="<b>谁</b>"), base("two", key="SECRET", labels="/{z}/{x}/{y}?{key}")]
    page = page_of(painted(["一"]), base_maps=maps)
    html = drawn(page, inline=False)
    # The page's script moves what it draws; the data stays WGS-84.
    assert f"[{LON},{LAT}]" in html
    assert "SECRET" in html
    # No outlines are drawn here where no base map is.
    assert "空白底图" in html
    assert "轮廓" not in html
    # Leaflet takes the attribution as HTML: the operator's words come as text.
    assert "<b>谁" not in html
    file = drawn(page, inline=True)
    assert "https://one.example/" in file
    assert "SECRET" not in file
    assert 'id="china-outline"' in file
    assert 'id="china-outline"' not in drawn(page_of(painted(["一"])), inline=True)


def test_a_text_that_many_share_stands_once() -> None:
    html = drawn(page_of(painted(["某站"] * 50)))
    [data] = re.findall(r"geoappMaps\.layer\((.*)\);\n", html)
    assert data.count('"texts":["某站"]') == 1
    assert data.count("[0],true,null]") == 50


def test_the_language_and_the_title_of_the_page() -> None:
    html = drawn(page_of(painted(["一"]), speaker=Speaker("en", {}), title="A & B"), inline=True)
    assert '<html lang="en">' in html
    assert "<title>A &amp; B</title>" in html
    assert "user-scalable=no" not in html


def test_the_legend_is_drawn_so_that_it_prints_without_backgrounds() -> None:
    html = drawn(page_of(painted(["一"])))
    legend = html.split('<details class="legend"')[1].split("</details>")[0]
    assert legend.count("<svg") == 1
    assert 'fill="#0f56b3"' in legend
    assert "background" not in legend


def test_districts_are_asked_for_by_a_served_page_and_written_into_a_file() -> None:
    name = PlaceName("</script>区", LON, LAT, (LON - 1, LAT - 1, LON + 1, LAT + 1))
    served = drawn(
        page_of(painted(["一"]), outlines=Outlines("/outlines", None, [name])), inline=False
    )
    assert '"ground":{"outlines":"/outlines",' in served
    assert 'src="/static/maps/ground.js"' in served
    inside = Outlines("", '{"features":[]}', [name])
    file = drawn(page_of(painted(["一"]), outlines=inside))
    assert '<script type="application/json" id="outlines-inside">{"features":[]}</script>' in file
    assert '[["\\u003c/script\\u003e区",' in file
    assert "ground.js" not in drawn(page_of(painted(["一"])), inline=False)


def test_an_empty_layer_is_a_sign_in_the_legend_and_an_empty_area_a_square() -> None:
    signs = {"stations": "circle", "bases": "square", "board": "square", "gaps": "area"}
    for layer_id, sign in signs.items():
        layer = PaintedLayer(registry().get(layer_id, Role.ADMIN), [])
        html = drawn(page_of(layer, has_run=True))
        assert f'<svg class="swatch {sign}"' in html.split('<details class="legend"')[1], layer_id


def test_the_legend_shows_as_much_of_an_areas_colour_as_the_map_paints() -> None:
    layer = registry().get("gaps", Role.ADMIN)
    look = classes_of(layer.style)[0][1]
    assert look.fill_share < 1
    legend = drawn(page_of(PaintedLayer(layer, []), has_run=True)).split('class="legend"')[1]
    assert f'fill="{look.colour}" fill-opacity="{look.fill_share}"' in legend
    assert 'fill-opacity="1.0"' in drawn(page_of(painted(["一"])))  # markers are not seen through
