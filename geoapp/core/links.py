"""Navigation links: each map service is handed the place in its own datum.

Amap, Tencent and (inside China) Apple's maps use GCJ-02, Baidu takes GCJ-02 when told so, Google's
links take WGS-84. Abroad all of them coincide with WGS-84.
"""

from urllib.parse import urlencode

from geoapp.core.geo import from_wgs84
from geoapp.core.words import Datum


def links(*, lon: float, lat: float, name: str) -> dict[str, str]:
    """Return addresses that open walking directions to a place.

    Parameters
    ----------
    lon, lat
        The place, WGS-84, decimal degrees.
    name
        Shown as the destination where the service can.
    """
    gcj_lon, gcj_lat = from_wgs84(lon=lon, lat=lat, datum=Datum.GCJ02)
    amap = {
        "to": f"{gcj_lon:.6f},{gcj_lat:.6f},{name}",
        "mode": "walk",
        "coordinate": "gaode",
        "src": "geoapp",
    }
    baidu = {
        "destination": f"latlng:{gcj_lat:.6f},{gcj_lon:.6f}|name:{name}",
        "mode": "walking",
        "coord_type": "gcj02",
        "output": "html",
        "src": "geoapp",
    }
    tencent = {
        "type": "walk",
        "to": name,
        "tocoord": f"{gcj_lat:.6f},{gcj_lon:.6f}",
        "referer": "geoapp",
    }
    apple = {"daddr": f"{gcj_lat:.6f},{gcj_lon:.6f}", "dirflg": "w"}
    google = {"api": "1", "destination": f"{lat:.6f},{lon:.6f}", "travelmode": "walking"}
    return {
        "amap": f"https://uri.amap.com/navigation?{urlencode(amap)}",
        "baidu": f"https://api.map.baidu.com/direction?{urlencode(baidu)}",
        "tencent": f"https://apis.map.qq.com/uri/v1/routeplan?{urlencode(tencent)}",
        "apple": f"https://maps.apple.com/?{urlencode(apple)}",
        "google": f"https://www.google.com/maps/dir/?{urlencode(google)}",
    }
