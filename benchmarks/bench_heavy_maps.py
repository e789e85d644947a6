"""The latency and rate of ``/api/v1/nearest`` while eight clients ask for a map of all layers.

The store is the demo of Qingdao (950 facilities, 36,000 demand points, a coverage run), served as
operators serve it. The eight ask without a pause, each with an address of its own (the service
believes one proxy, for this): first all for the same map, which is made once and kept; then for one
that differs in its query each time, so that it must always be made. In turns, several rounds; the
ratio of the medians is the result.

Usage: python benchmarks/bench_heavy_maps.py [seconds of each round] [rounds]
"""

import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from bench_nearest_http import measure, served

NEAREST = "/api/v1/nearest?lon=%.5f&lat=%.5f&k=5"
CITY = (119.9, 35.9, 120.7, 36.7)
CLIENTS = 8
ASK = """
local number = 0
math.randomseed({seed})
local start = math.random(1, 1000000)
request = function()
  number = number + 1
  wrk.headers["X-Forwarded-For"] = "192.0.2." .. (number % 8 + 1)
  return wrk.format("GET", "{path}" .. ({varied} and ("?n=" .. start .. "-" .. number) or ""))
end
"""


def map_of_everything(port: int) -> str:
    """Return the address of a map of all layers that everybody may see."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/ogc/collections") as response:
        layers = [one["id"] for one in json.load(response)["collections"]]
    return f"/maps/{','.join(layers)}.html"


@contextlib.contextmanager
def clients(port: int, path: str, folder: Path, *, varied: bool) -> Iterator[None]:
    """Let eight clients ask for a map until the end."""
    script = folder / "map.lua"
    seed = int.from_bytes(os.urandom(3))
    filled = ASK.replace("{path}", path).replace("{seed}", str(seed))
    script.write_text(filled.replace("{varied}", str(varied).lower()), encoding="ascii")
    asking = subprocess.Popen(
        ["wrk", "-t1", f"-c{CLIENTS}", "-d600s", "--timeout", "60s", "-s", script]
        + [f"http://127.0.0.1:{port}"],
        stdout=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        asking.kill()
        asking.wait()


def main() -> None:
    """Print the rates and latencies, and their ratios."""
    if shutil.which("wrk") is None:
        sys.exit("needs wrk: apt-get install wrk")
    given = [int(one) for one in sys.argv[1:]]
    seconds, rounds = [*given, *(5, 3)[len(given) :]]
    os.environ["GEOAPP_TRUSTED_PROXIES"] = "1"
    found: dict[str, list[tuple[float, float, float]]] = {}
    with tempfile.TemporaryDirectory(prefix="geoapp-bench-") as name:
        folder = Path(name)
        with served(folder, "demo") as port:
            path = map_of_everything(port)
            measure(port, NEAREST, folder, 2, CITY)
            for _ in range(rounds):
                one = measure(port, NEAREST, folder, seconds, CITY)
                found.setdefault("alone", []).append(one)
                for title, varied in (("8 ask for one map", False), ("8 for maps anew", True)):
                    with clients(port, path, folder, varied=varied):
                        one = measure(port, NEAREST, folder, seconds, CITY)
                    found.setdefault(title, []).append(one)
    medians = {
        title: [statistics.median(column) for column in zip(*those, strict=True)]
        for title, those in found.items()
    }
    for title, (rate, middle, slow) in medians.items():
        print(
            f"{title:20} {rate:8,.0f} requests/s  {rate / medians['alone'][0]:5.2f} of alone  "
            f"p50 {middle:7.2f} ms  p99 {slow:8.2f} ms"
        )


if __name__ == "__main__":
    main()
