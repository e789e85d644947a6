"""Navigation links: read back, each in its own datum."""

from urllib.parse import parse_qs, quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoapp.core.geo import from_wgs84, geodesic_m
from geoapp.core.links import links
from geoapp.core.words import Datum

NAME = "示例 & 名=1?#/,|驿站"
QINGDAO = (120.3826, 36.0616)
SEOUL = (126.978, 37.5665)


def query(address: str) -> dict[str, str]:
    return {name: value for name, [value] in parse_qs(urlsplit(address).query).items()}


@pytest.mark.parametrize("place", [QINGDAO, SEOUL])
def test_each_link_names_the_place_in_its_own_datum(place: tuple[float, float]) -> None:
    lon, lat = place
    gcj = from_wgs84(lon=lon, lat=lat, datum=Datum.GCJ02)
    found = links(lon=lon, lat=lat, name=NAME)
    assert set(found) == {"amap", "baidu", "tencent", "apple", "google"}

    amap = query(found["amap"])
    amap_lon, amap_lat, amap_name = amap["to"].split(",", 2)
    assert geodesic_m(float(amap_lon), float(amap_lat), *gcj) < 0.05
    assert (amap_name, amap["mode"], amap["coordinate"]) == (NAME, "walk", "gaode")

    baidu = query(found["baidu"])
    where, name = baidu["destination"].split("|", 1)
    baidu_lat, baidu_lon = where.removeprefix("latlng:").split(",")
    assert geodesic_m(float(baidu_lon), float(baidu_lat), *gcj) < 0.05
    assert (name, baidu["mode"], baidu["coord_type"]) == (f"name:{NAME}", "walking", "gcj02")

    tencent = query(found["tencent"])
    tencent_lat, tencent_lon = tencent["tocoord"].split(",")
    assert geodesic_m(float(tencent_lon), float(tencent_lat), *gcj) < 0.05
    assert (tencent["to"], tencent["type"]) == (NAME, "walk")

    apple = query(found["apple"])
    apple_lat, apple_lon = apple["daddr"].split(",")
    assert geodesic_m(float(apple_lon), float(apple_lat), *gcj) < 0.05
    assert apple["dirflg"] == "w"

    # With a name beside it, either would search for the name.
    assert set(apple) == {"daddr", "dirflg"}
    google = query(found["google"])
    assert set(google) == {"api", "destination", "travelmode"}
    google_lat, google_lon = google["destination"].split(",")
    assert geodesic_m(float(google_lon), float(google_lat), *gcj) < 0.05
    assert google["travelmode"] == "walking"


def test_a_ride_is_asked_of_those_that_know_one() -> None:
    lon, lat = QINGDAO
    ride = links(lon=lon, lat=lat, name=NAME, riding=True)
    assert list(ride) == ["amap", "baidu", "tencent", "google"]
    modes = [("amap", "mode"), ("baidu", "mode"), ("tencent", "type"), ("google", "travelmode")]
    asked = [query(ride[service])[word] for service, word in modes]
    assert asked == ["ride", "riding", "bike", "bicycling"]
    # The app first, and the same place as on foot.
    foot = links(lon=lon, lat=lat, name=NAME)
    assert query(foot["amap"])["callnative"] == "1"
    assert ride["amap"].replace("mode=ride", "mode=walk") == foot["amap"]


def test_links_are_shifted_in_china_alone() -> None:
    """Google's street map of mainland China is drawn in GCJ-02 as the others' are."""

    def google(place: tuple[float, float]) -> tuple[float, float]:
        found = query(links(lon=place[0], lat=place[1], name="a")["google"])["destination"]
        lat, lon = found.split(",")
        return float(lon), float(lat)

    assert geodesic_m(*google(QINGDAO), *QINGDAO) > 100
    assert google(SEOUL) == SEOUL


def test_every_link_is_https_and_holds_no_raw_separator() -> None:
    for address in links(lon=120.3, lat=36.0, name=NAME).values():
        parts = urlsplit(address)
        assert parts.scheme == "https"
        assert not parts.fragment
        assert address.isascii()
        assert " " not in address


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_name_is_quoted_as_urllib_quotes_it(name: str) -> None:
    address = links(lon=120.3, lat=36.0, name=name)["tencent"]
    assert address.partition("&to=")[2].partition("&tocoord=")[0] == quote(name, safe="")
