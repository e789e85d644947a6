"""Requests per second of ``/api/v1/nearest`` beside a no-op route, by line and by walk.

First 200,000 sample facilities without a network, then 2,000 in a generated city whose walking
network has 310,000 nodes. The service runs as operators run it (``geoapp serve``), with a store of
its own. ``/healthz`` is the no-op: the same server, hooks and headers, and no work. All routes are
asked in turns, several rounds, so that a busy machine slows all; the ratio of the medians is the
result, by requests a second and by what a request takes of a processor in the web processes, which says the
more the busier the machine is with others. Positions never repeat. The client is ``wrk`` (Debian's
package), whose own work is small beside the server's.

Usage: python benchmarks/bench_nearest_http.py [facilities] [seconds of each round] [nodes]
"""

import contextlib
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench_network import city
from sqlalchemy import text

from geoapp.analysis.network.detour import with_detour
from geoapp.core.settings import Settings
from geoapp.operations.network.keeper import take_into_use
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import open_database

ROUNDS = 5
CONNECTIONS = 8
IN_TOWN = 2_000
# West, south, east, north of a square of some 130 km.
SQUARE = (119.6, 35.6, 120.9, 37.0)
# Places with the hours, amenities and kinds of a city's mix.
FILL = text(
    """
    insert into facility (code, kind_code, name_zh, name_en, geom, opening_hours, amenities,
        no_amenities, entry, access, address, phone, verified_on, is_sample)
    select 'B-' || n, (array['outdoor_station', 'worker_home', 'service_base'])[1 + n % 3],
        '示例·站点 ' || n, 'Sample station ' || n,
        st_setsrid(st_makepoint(:west + (:east - :west) * random(),
            :south + (:north - :south) * random()), 4326),
        (array['24/7', '08:00-18:00', 'Mo-Fr 09:00-17:00', 'Mo-Su 06:00-22:00', null,
            'Mo-Fr 09:00-12:00,14:00-17:00; PH off'])[1 + n % 6],
        case n % 3 when 0 then '{drinking_water}'::text[] when 1 then '{microwave}' else '{}' end,
        '{}', (array['open', 'staff', 'qr', 'app', 'card', 'face', 'key', null])[1 + n % 8],
        (array['anyone', 'workers', 'members', null])[1 + n / 8 % 4],
        '示例地址 ' || n, '0532 8888 ' || n, current_date, true
    from generate_series(1, :count) n
    """
)
ASK = """
math.randomseed({seed})
request = function()
  local lon = {west} + math.random() * ({east} - {west})
  local lat = {south} + math.random() * ({north} - {south})
  return wrk.format("GET", string.format("{path}", lon, lat))
end
"""
NOOP = "no-op (/healthz)"
BY_LINE = {
    NOOP: "/healthz",
    "nearest 5": "/api/v1/nearest?lon=%.5f&lat=%.5f&k=5",
    "nearest 5, open now": "/api/v1/nearest?lon=%.5f&lat=%.5f&k=5&open_at=now",
    "nearest 5, a worker without a card": "/api/v1/nearest?lon=%.5f&lat=%.5f&k=5"
    "&may_enter=worker&without=card",
    "nearest 10 homes": "/api/v1/nearest?lon=%.5f&lat=%.5f&k=10&family=home",
}
BY_WALK = {one: path for one, path in BY_LINE.items() if one != "nearest 10 homes"}

Bounds = tuple[float, float, float, float]
Measured = tuple[float, float, float, float]


def fill(folder: Path, count: int, bounds: Bounds) -> None:
    """Make the store."""
    database = open_database(Settings(data=folder, database_url=None))
    initialise(database)
    corners = dict(zip(("west", "south", "east", "north"), bounds, strict=True))
    with database.session() as session:
        session.execute(FILL, {"count": count, **corners})
    database.close()


def measure(port: int, path: str, folder: Path, seconds: int, bounds: Bounds) -> Measured:
    """Return requests per second, the 50th and 99th percentile of the answer time in ms, and µs of a processor."""
    script = folder / "ask.lua"
    values = dict(zip(("{west}", "{south}", "{east}", "{north}"), map(str, bounds), strict=True))
    values |= {"{path}": path, "{seed}": str(time.time_ns() % 2**31)}
    filled = ASK
    for name, value in values.items():
        filled = filled.replace(name, value)
    script.write_text(filled, encoding="ascii")
    before = web_seconds(port)
    done = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", script]
        + [f"http://127.0.0.1:{port}"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if "Non-2xx" in done:
        sys.exit(f"{path}: {done}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", done)[1])  # type: ignore[index]
    count = int(re.search(r"(\d+) requests in", done)[1])  # type: ignore[index]
    taken = (web_seconds(port) - before) / count * 1e6
    shares = dict(re.findall(r"^\s+(50|99)%\s+([\d.]+\w+)", done, re.M))
    return rate, milliseconds(shares["50"]), milliseconds(shares["99"]), taken


def web_seconds(port: int) -> float:
    """Return what the web processes of the service at a port have taken of a processor."""
    ticks = 0
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            command = (folder / "cmdline").read_bytes().split(b"\0")
            if (folder / "comm").read_text() == "geoapp-web\n" and str(port).encode() in command:
                after = (folder / "stat").read_text().rpartition(")")[2].split()
                ticks += int(after[11]) + int(after[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def milliseconds(words: str) -> float:
    """Return a time such as ``1.25ms``, ``830.00us`` or ``1.02s`` in milliseconds."""
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", words).groups()  # type: ignore[union-attr]
    return float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]


@contextlib.contextmanager
def served(folder: Path, command: str = "serve") -> Iterator[int]:
    """Serve the store in ``folder / "data"`` as operators do, or the demo; gives the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "GEOAPP_DATA": str(folder / "data")}
    environment.pop("DATABASE_URL", None)
    server = subprocess.Popen(
        [sys.executable, "-m", "geoapp", command, "--port", str(port)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        if not any(line.startswith("ready ") for line in server.stdout):
            sys.exit("the service did not start")
        yield port
    finally:
        server.terminate()
        server.wait(60)


def compare(folder: Path, routes: dict[str, str], seconds: int, bounds: Bounds) -> None:
    """Serve a store, ask the routes in turns, and print the table."""
    found: dict[str, list[Measured]] = {one: [] for one in routes}
    with served(folder) as port:
        for path in routes.values():  # every process has read the facilities
            measure(port, path, folder, 2, bounds)
        for _ in range(ROUNDS):
            for route, path in routes.items():
                found[route].append(measure(port, path, folder, seconds, bounds))
    medians = {
        route: [statistics.median(column) for column in zip(*rounds, strict=True)]
        for route, rounds in found.items()
    }
    for route, (rate, middle, slow, taken) in medians.items():
        print(
            f"{route:34} {rate:8,.0f} requests/s  {rate / medians[NOOP][0]:5.2f} of the no-op  "
            f"p50 {middle:6.2f} ms  p99 {slow:6.2f} ms  {taken:5.0f} µs of a processor "
            f"({medians[NOOP][3] / taken:4.2f})",
            flush=True,
        )


def main() -> None:
    """Print both tables."""
    if shutil.which("wrk") is None:
        sys.exit("needs wrk: apt-get install wrk")
    given = [int(one) for one in sys.argv[1:]]
    count, seconds, nodes = [*given, *(200_000, 3, 310_000)[len(given) :]]
    rounds = f"{CONNECTIONS} connections, {ROUNDS} rounds of {seconds} s"
    if count:
        with tempfile.TemporaryDirectory(prefix="geoapp-bench-") as name:
            fill(Path(name) / "data", count, SQUARE)
            print(f"By line: {count:,} facilities, {rounds}", flush=True)
            compare(Path(name), BY_LINE, seconds, SQUARE)
    if nodes:
        with tempfile.TemporaryDirectory(prefix="geoapp-bench-") as name:
            network = with_detour(city(nodes))
            fill(Path(name) / "data", IN_TOWN, network.bounds)
            settings = Settings(data=Path(name) / "data", database_url=None)
            take_into_use(settings, network, {"name": "city", "clip": None})
            print(f"By walk: {network.node_count:,} nodes, {IN_TOWN:,} facilities, {rounds}")
            compare(Path(name), BY_WALK, seconds, network.bounds)


if __name__ == "__main__":
    main()
