"""Files of an operator's base maps: read whole, and every fault named in both languages."""

from pathlib import Path

import pytest

from geoapp.core.errors import UnusableInputError
from geoapp.core.words import Datum
from geoapp.importers.base_maps import read_base_maps
from geoapp.importers.wmts import read_capabilities

GOOD = {
    "code": '"sky"',
    "name_zh": '"天地图"',
    "name_en": '"Tianditu"',
    "kind": '"wmts"',
    "datum": '"cgcs2000"',
    "attribution": '"天地图"',
    "approval": '"GS(2026)0001号"',
    "address": '"https://t{s}.tianditu.gov.cn/vec_w/wmts?LAYER={Layer}&TILEMATRIXSET={TileMatrixSet}'
    '&STYLE={Style}&TILEMATRIX={TileMatrix}&TILEROW={TileRow}&TILECOL={TileCol}&tk={key}"',
    "layer": '"vec"',
    "matrix_set": '"w"',
    "subdomains": '["0", "7"]',
    "key_file": '"sky.key"',
    "max_zoom": "18",
}


def write(folder: Path, *maps: dict[str, str]) -> Path:
    (folder / "sky.key").write_text("SECRET\n", encoding="utf-8")
    parts = [
        "[[maps]]\n" + "\n".join(f"{name} = {value}" for name, value in one.items()) for one in maps
    ]
    path = folder / "maps.toml"
    path.write_text("\n".join(parts) or "maps = []", encoding="utf-8")
    return path


def test_a_map_is_read_with_its_key_and_its_approval(tmp_path: Path) -> None:
    xyz = GOOD | {"code": '"here"', "kind": '"tms"', "address": '"/a/{z}/{x}/{y}"'}
    for name in ("layer", "matrix_set", "key_file", "subdomains"):
        del xyz[name]
    wmts, tms = (one.map for one in read_base_maps(write(tmp_path, GOOD, xyz)))
    assert wmts.tiles == (
        "https://t{s}.tianditu.gov.cn/vec_w/wmts?LAYER=vec&TILEMATRIXSET=w&STYLE=default"
        "&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=SECRET",
    )
    # Exactly the hosts that tiles come from.
    assert wmts.sources() == ["https://t0.tianditu.gov.cn", "https://t7.tianditu.gov.cn"]
    assert (wmts.datum, wmts.credit) == (Datum.CGCS2000, "天地图 · 审图号：GS(2026)0001号")
    assert (tms.tiles, tms.sources()) == (("/a/{z}/{x}/{-y}",), [])
    assert read_base_maps(write(tmp_path)) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"datum": '"cgcs"'}, "datum: 'cgcs' is not accepted; expected wgs84"),
        ({"datum": '"gcj02"'}, "tiles of tianditu.gov.cn are in cgcs2000"),
        ({"kind": '"baidu"'}, "a grid of its own"),
        ({"address": '"https://maponline0.bdimg.com/tile/{z}/{x}/{y}"'}, "a grid of its own"),
        ({"address": '"https://a.example/{z}/{x}"'}, "lacks {z} {x} {y}"),
        ({"address": '"https://a.example/{z}/{x}/{y}/{time}"'}, "{time} has no value"),
        ({"address": "\"https://a.example/ 'x'/{z}/{x}/{y}\""}, "without spaces and quotes"),
        (
            {"address": GOOD["address"].replace("vec_w", "vec_c"), "matrix_set": '"c"'},
            "on a grid in degrees",
        ),
        (
            {"address": '"https://a.example/{z}/{x}/{y}?v=2&TK=SECRET"'},
            "write no key in it but TK={key}",
        ),
        ({"name_zh": f'"{"图" * 61}"'}, "a text of 1 to 60 characters"),
        ({"code": '"plain"'}, "this code means something else"),
        ({"colour": '"red"'}, "no field colour"),
        ({"key_file": '"none.key"'}, "cannot read key_file"),
        ({"min_zoom": "19"}, "min_zoom is above max_zoom"),
        ({"max_zoom": "true"}, "expected a whole number, 0 to 22"),
        ({"file": '"a.pmtiles"'}, "kind wmts has no file"),
        ({"subdomains": '["a;b"]'}, "expected a list such as"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, change: dict[str, str], said: str) -> None:
    with pytest.raises(UnusableInputError) as refused:
        read_base_maps(write(tmp_path, GOOD | {"code": '"other"'}, GOOD | change))
    assert "map 2 (" in refused.value.text.en
    assert said in refused.value.text.en
    assert "第 2 个底图" in refused.value.text.zh
    assert "SECRET" not in refused.value.text.both()


def test_another_encoding_and_a_file_that_holds_more_than_a_key_are_named(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    (tmp_path / "sky.key").write_text("SECRET\nof the office\n", encoding="utf-8")
    with pytest.raises(UnusableInputError, match="should hold the key alone"):
        read_base_maps(path)
    path.write_bytes(path.read_bytes().decode().encode("gb18030"))
    with pytest.raises(UnusableInputError, match="is not in UTF-8"):
        read_base_maps(path)


CAPABILITIES = """<Capabilities xmlns="http://www.opengis.net/wmts/1.0" xmlns:ows="http://www.opengis.net/ows/1.1"
  xmlns:xlink="http://www.w3.org/1999/xlink" version="1.0.0">
<ows:OperationsMetadata><ows:Operation name="GetTile"><ows:DCP><ows:HTTP>
  <ows:Get xlink:href="https://wmts.example/service?"/></ows:HTTP></ows:DCP></ows:Operation></ows:OperationsMetadata>
<Contents>
  <Layer><ows:Identifier>city</ows:Identifier><Style isDefault="true"><ows:Identifier>day</ows:Identifier></Style>
    <Format>image/png</Format><TileMatrixSetLink><TileMatrixSet>degrees</TileMatrixSet></TileMatrixSetLink>
    <TileMatrixSetLink><TileMatrixSet>w</TileMatrixSet></TileMatrixSetLink>{resource}</Layer>
  <Layer><ows:Identifier>old</ows:Identifier><TileMatrixSetLink><TileMatrixSet>degrees</TileMatrixSet></TileMatrixSetLink></Layer>
  <TileMatrixSet><ows:Identifier>degrees</ows:Identifier><ows:SupportedCRS>urn:ogc:def:crs:EPSG::4490</ows:SupportedCRS></TileMatrixSet>
  <TileMatrixSet><ows:Identifier>w</ows:Identifier><ows:SupportedCRS>urn:ogc:def:crs:EPSG::900913</ows:SupportedCRS>
    {matrices}</TileMatrixSet>
</Contents></Capabilities>"""
MATRIX = """<TileMatrix><ows:Identifier>{name}{zoom}</ows:Identifier><ScaleDenominator>{scale}</ScaleDenominator>
  <TopLeftCorner>20037508.3427892 -20037508.3427892</TopLeftCorner>
  <TileWidth>{side}</TileWidth><TileHeight>{side}</TileHeight></TileMatrix>"""


def capabilities(name: str = "", resource: str = "", side: int = 256) -> bytes:
    whole = 559082264.029 * 256 / side
    matrices = "".join(
        MATRIX.format(name=name, zoom=zoom, scale=whole / 2**zoom, side=side)
        for zoom in range(3, 18)
    )
    return CAPABILITIES.format(matrices=matrices, resource=resource).encode()


def test_capabilities_say_where_tiles_are() -> None:
    by_query = read_capabilities(capabilities(), "city", None)
    assert by_query.address == (
        "https://wmts.example/service?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=city&STYLE=day"
        "&FORMAT=image/png&TILEMATRIXSET=w&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}"
    )
    assert (by_query.least_zoom, by_query.deepest_zoom, by_query.side_px) == (3, 17, 256)
    # A tile of 512 pixels holds four of the map's next zoom.
    large = read_capabilities(capabilities(side=512), "city", None)
    assert (large.least_zoom, large.deepest_zoom, large.side_px) == (4, 18, 512)
    assert large.address == by_query.address
    resource = (
        '<ResourceURL format="image/png" resourceType="tile" '
        'template="https://wmts.example/{Style}/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}.png"/>'
    )
    by_path = read_capabilities(capabilities("EPSG:3857:", resource), "city", "w")
    assert by_path.address == "https://wmts.example/day/w/EPSG:3857:{z}/{y}/{x}.png"
    for layer, matrix_set, said in (
        ("none", None, "there are: city, old"),
        ("old", None, "no grid in Web Mercator"),
        ("city", "degrees", "no grid in Web Mercator"),
    ):
        with pytest.raises(UnusableInputError, match=said):
            read_capabilities(capabilities(), layer, matrix_set)
    for content in (b"<html>", b"<a/>", b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'):
        with pytest.raises(UnusableInputError, match="WMTS"):
            read_capabilities(content, "city", None)
