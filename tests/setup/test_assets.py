"""Third-party assets: all of Folium's links that we bring have a local file, and nothing is remote."""

import json
import os
import re
import runpy
import shutil
import subprocess
from pathlib import Path
from typing import Any

import branca.colormap
import folium
import folium.plugins
import pytest

LOADS = re.compile(r"""(?:url\(|@import)\s*['"]?((?!data:|#)[^'")?#]+)""")
PLACE = (36.07, 120.38)  # latitude first, as Leaflet wants it


@pytest.fixture(scope="module")
def vendor(repo_root: Path) -> Path:
    """The folder that the set-up built."""
    return repo_root / "static" / "vendor"


@pytest.fixture(scope="module")
def manifest(vendor: Path) -> dict[str, Any]:
    return json.loads((vendor / "manifest.json").read_text(encoding="utf-8"))


def everything_map() -> folium.Map:
    """Return a map with every Folium plugin that we bring."""
    drawn = folium.Map(location=PLACE, tiles=None, zoom_start=12, maxZoom=18)
    folium.Marker(PLACE, icon=folium.Icon(icon="home", prefix="fa", angle=30)).add_to(drawn)
    folium.Marker(PLACE, icon=folium.Icon(icon="info-sign")).add_to(drawn)
    branca.colormap.LinearColormap(["green", "red"], vmin=0, vmax=1, caption="share").add_to(drawn)
    cluster = folium.plugins.MarkerCluster(name="cluster").add_to(drawn)
    folium.Marker(PLACE).add_to(cluster)
    folium.plugins.FastMarkerCluster([PLACE]).add_to(drawn)
    group = folium.plugins.FeatureGroupSubGroup(cluster, "group").add_to(drawn)
    folium.Marker(PLACE).add_to(group)
    feature = {
        "type": "Feature",
        "properties": {"name": "one"},
        "geometry": {"type": "Point", "coordinates": [PLACE[1], PLACE[0]]},
    }
    points = folium.GeoJson({"type": "FeatureCollection", "features": [feature]}).add_to(drawn)
    folium.plugins.HeatMap([PLACE]).add_to(drawn)
    folium.plugins.Search(points, search_label="name").add_to(drawn)
    folium.plugins.Fullscreen().add_to(drawn)
    folium.plugins.LocateControl().add_to(drawn)
    folium.plugins.MousePosition().add_to(drawn)
    folium.plugins.MiniMap(tile_layer=folium.TileLayer("about:blank", attr="none")).add_to(drawn)
    folium.plugins.GroupedLayerControl({"groups": [group]}).add_to(drawn)
    folium.plugins.TreeLayerControl(
        overlay_tree={"label": "cluster", "layer": cluster}  # type: ignore[arg-type]
    ).add_to(drawn)
    return drawn


def links(page: str) -> set[str]:
    """Return every address that a page would load a script or a style from."""
    return set(re.findall(r'<(?:script|link)[^>]+(?:src|href)="(https?:[^"]+)"', page))


def test_every_link_of_a_folium_map_has_a_local_file(manifest: dict[str, Any]) -> None:
    found = links(everything_map().get_root().render())
    assert found == set(manifest["cdn"]) - {
        # Choropleth's and Realtime's spelling of the same jQuery
        "https://cdnjs.cloudflare.com/ajax/libs/jquery/3.7.1/jquery.min.js"
    }


def test_every_local_file_is_there(vendor: Path, manifest: dict[str, Any]) -> None:
    for file in manifest["cdn"].values():
        assert (vendor / file).stat().st_size > 0, file
    for package in manifest["packages"].values():
        assert (vendor / package["licence_file"]).stat().st_size > 200, package


def test_versions_are_those_of_the_lock(repo_root: Path, manifest: dict[str, Any]) -> None:
    locked = json.loads((repo_root / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    wanted = json.loads((repo_root / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert set(manifest["packages"]) == set(wanted)
    for package, facts in manifest["packages"].items():
        assert facts["version"] == locked[f"node_modules/{package}"]["version"]
        assert wanted[package].endswith(facts["version"]), f"{package} is not pinned"


def test_no_style_loads_from_elsewhere(vendor: Path) -> None:
    styles = list(vendor.rglob("*.css"))
    assert len(styles) > 10
    for style in styles:
        for link in LOADS.findall(style.read_text(encoding="utf-8")):
            assert (style.parent / link.strip()).is_file(), f"{style}: {link}"


def test_no_file_asks_for_its_source_map(vendor: Path) -> None:
    for file in [*vendor.rglob("*.js"), *vendor.rglob("*.css")]:
        assert "sourceMappingURL=" not in file.read_text(encoding="utf-8"), file


@pytest.mark.parametrize(
    "style",
    [
        "a{background:url(https://cdn.example/x.png)}",
        "a{background:url( '//cdn.example/x.png')}",
        '@import "https://cdn.example/x.css";',
        "a{background:url(not-there.png)}",
    ],
)
def test_the_build_refuses_a_style_that_loads_from_elsewhere(
    repo_root: Path, tmp_path: Path, style: str
) -> None:
    build = runpy.run_path(str(repo_root / "scripts" / "build_assets.py"))
    (tmp_path / "x.css").write_text(style, encoding="utf-8")
    with pytest.raises(SystemExit, match=r"x\.css"):
        build["check_styles"](tmp_path)


def test_folium_works_with_the_local_files(
    vendor: Path, manifest: dict[str, Any], tmp_path: Path
) -> None:
    """The browser draws a map with every plugin and meets no error, with no network."""
    page = everything_map().get_root().render()
    for address, file in manifest["cdn"].items():
        page = page.replace(f'"{address}"', f'"{(vendor / file).as_uri()}"')
    assert not links(page)
    watch = (
        "<script>window.onerror = (message) => {"
        "document.documentElement.dataset.errors ="
        " (document.documentElement.dataset.errors || '') + message; };</script>"
    )
    file = tmp_path / "map.html"
    file.write_text(page.replace("<head>", f"<head>{watch}", 1), encoding="utf-8")
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or "chromium-browser"
    done = subprocess.run(
        [
            found,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--allow-file-access-from-files",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--window-size=1200,800",
            "--virtual-time-budget=4000",
            "--dump-dom",
            file.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    drawn = done.stdout
    assert "data-errors" not in drawn, re.findall(r'data-errors="([^"]*)"', drawn)
    for part in (
        "awesome-marker-icon-",
        "fa-rotate-30",
        "glyphicon-info-sign",
        "leaflet-control-search",
        "fullscreen-icon",
        "leaflet-bar-part-single",
        "leaflet-control-mouseposition",
        "leaflet-control-minimap",
        "leaflet-layerstree",
        "leaflet-heatmap-layer",
        "marker-cluster",
        'class="legend',
    ):
        assert part in drawn, part
