"""Lighthouse's four scores of the worker's pages, as a phone on a slow network sees them.

Of the finder, the finder with an answer, and a station's page: performance, accessibility, best
practices and SEO, the median of several runs, with the bytes on the wire, the first and the largest
paint and the blocking time. Ends with 1 where a score is below what is wanted. Performance is worked
out from the time that this machine takes: on one that is busy with other work it says nothing.

SEO wants a service whose stations are no samples: the pages of a sample ask not to be listed, which is meant
and costs 34 points. ``geoapp demo --city helsinki`` in a store of its own is one with real places.

Lighthouse comes from the npm registry by the lock file in ``benchmarks/lighthouse``, once, to
``build/lighthouse``; Chromium is the system's (``CHROMIUM`` or ``chromium``). Nothing of it is a part
of geoapp, and no gate runs it.

Usage: python benchmarks/bench_lighthouse.py [address of a running service] [runs]
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

ROOT: Final = Path(__file__).resolve().parent.parent
GIVEN: Final = Path(__file__).resolve().parent / "lighthouse"
MADE: Final = ROOT / "build" / "lighthouse"
WANTED: Final = {"performance": 90, "accessibility": 100, "best-practices": 95, "seo": 95}
FLAGS: Final = "--headless=new --no-sandbox --disable-gpu"
LIMIT_SECONDS: Final = 300

sys.path.insert(0, str(ROOT / "scripts"))
from build_assets import npm_environment  # noqa: E402
from check_js import find_node  # noqa: E402


def need_lighthouse(npm: list[str]) -> Path:
    """Install Lighthouse unless it is there; return its program."""
    program = MADE / "node_modules" / "lighthouse" / "cli" / "index.js"
    lock = MADE / "package-lock.json"
    if not program.is_file() or lock.read_bytes() != (GIVEN / lock.name).read_bytes():
        MADE.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(GIVEN / name, MADE)
        shutil.copy(ROOT / ".npmrc", MADE)
        subprocess.run([*npm, "ci"], cwd=MADE, env=npm_environment(ROOT / "build"), check=True)
    return program


def read(address: str) -> Any:
    """Return what the service answers as JSON."""
    with urllib.request.urlopen(address, timeout=30) as answer:
        return json.load(answer)


def pages_of(url: str) -> dict[str, str]:
    """Return the paths to measure: the finder, its answer for a district, a station."""
    district = read(f"{url}/api/v1/regions?level=district")["features"][0]["properties"]["code"]
    station = read(f"{url}/api/v1/facilities?limit=1")["features"][0]["properties"]["code"]
    return {
        "finder": "/",
        "answer": f"/?place={quote(district)}",
        "station": f"/stations/{quote(station)}",
    }


def measure(command: list[str], address: str) -> dict[str, float]:
    """Return one run's scores (of 100), KB on the wire and times in ms."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
    done = subprocess.run(
        [*command, address, "--output=json", "--quiet", f"--chrome-flags={FLAGS}"],
        env={**os.environ, "CHROME_PATH": chromium},
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=True,
    )
    report = json.loads(done.stdout)
    if report.get("runtimeError"):
        sys.exit(f"{address}: {report['runtimeError']['message']}")
    audits = report["audits"]
    for audit in audits.values():
        # What weighs in a score other than by time is named, so that it can be mended.
        if audit["score"] == 0 and audit["scoreDisplayMode"] == "binary":
            print(f"  {address}: {audit['id']}", file=sys.stderr)
    return {
        **{name: round(100 * report["categories"][name]["score"]) for name in WANTED},
        "KB": audits["total-byte-weight"]["numericValue"] / 1000,
        "first paint": audits["first-contentful-paint"]["numericValue"],
        "largest paint": audits["largest-contentful-paint"]["numericValue"],
        "blocked": audits["total-blocking-time"]["numericValue"],
    }


def main() -> None:
    """Measure each page several times and print the medians."""
    url = (sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000").rstrip("/")
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    node, npm = find_node()
    command = [node, str(need_lighthouse(npm))]
    missed = False
    for name, path in pages_of(url).items():
        found = [measure(command, url + path) for _ in range(runs)]
        median = {what: statistics.median(one[what] for one in found) for what in found[0]}
        missed |= any(median[what] < least for what, least in WANTED.items())
        told = ", ".join(f"{what} {value:,.0f}" for what, value in median.items())
        print(f"{name:8} {told}", flush=True)
    sys.exit(missed)


if __name__ == "__main__":
    main()
