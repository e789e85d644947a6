"""Requests per second of ``/api/v1/nearest`` on 200,000 sample facilities, beside a no-op route.

The service runs as operators run it (``geoapp serve``), with a store of its own. ``/healthz`` is the
no-op: the same server, hooks and headers, and no work. Both are asked in turns, several rounds, so
that a busy machine slows both; the ratio of the medians is the result. The client is ``wrk``
(Debian's package), whose own work is small beside the server's.

Usage: python benchmarks/bench_nearest_http.py [facilities] [seconds of each round]
"""

import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from sqlalchemy import text

from geoapp.core.settings import Settings
from geoapp.operations.init import initialise
from geoapp.store.engine import open_database

ROUNDS = 5
CONNECTIONS = 8
# 200,000 places in a square of some 130 km, with the hours, amenities and kinds of a city's mix.
FILL = text(
    """
    insert into facility (code, kind_code, name_zh, name_en, geom, opening_hours, amenities,
        no_amenities, entry, access, address, phone, verified_on, is_sample)
    select 'B-' || n, (array['outdoor_station', 'worker_home', 'service_base'])[1 + n % 3],
        '示例·站点 ' || n, 'Sample station ' || n,
        st_setsrid(st_makepoint(119.6 + 1.3 * random(), 35.6 + 1.4 * random()), 4326),
        (array['24/7', '08:00-18:00', 'Mo-Fr 09:00-17:00', 'Mo-Su 06:00-22:00', null,
            'Mo-Fr 09:00-12:00,14:00-17:00; PH off'])[1 + n % 6],
        case n % 3 when 0 then '{drinking_water}'::text[] when 1 then '{microwave}' else '{}' end,
        '{}', 'open', 'anyone', '示例地址 ' || n, '0532 8888 ' || n, current_date, true
    from generate_series(1, :count) n
    """
)
ASK = """
request = function()
  local path = string.format("{path}", 119.6 + math.random() * 1.3, 35.6 + math.random() * 1.4)
  return wrk.format("GET", path)
end
"""
ROUTES = {
    "no-op (/healthz)": "/healthz",
    "nearest 5": "/api/v1/nearest?lon=%.5f&lat=%.5f&k=5",
    "nearest 5, open now": "/api/v1/nearest?lon=%.5f&lat=%.5f&k=5&open_at=now",
    "nearest 10 homes": "/api/v1/nearest?lon=%.5f&lat=%.5f&k=10&family=home",
}


def fill(folder: Path, count: int) -> None:
    """Make the store."""
    database = open_database(Settings(data=folder, database_url=None))
    initialise(database)
    with database.session() as session:
        session.execute(FILL, {"count": count})
    database.close()


def measure(port: int, path: str, folder: Path, seconds: int) -> tuple[float, float, float]:
    """Return requests per second and the 50th and 99th percentile of the answer time in ms."""
    script = folder / "ask.lua"
    script.write_text(ASK.replace("{path}", path), encoding="ascii")
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
    shares = dict(re.findall(r"^\s+(50|99)%\s+([\d.]+\w+)", done, re.M))
    return rate, milliseconds(shares["50"]), milliseconds(shares["99"])


def milliseconds(words: str) -> float:
    """Return a time such as ``1.25ms``, ``830.00us`` or ``1.02s`` in milliseconds."""
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", words).groups()  # type: ignore[union-attr]
    return float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]


def main() -> None:
    """Print the table."""
    if shutil.which("wrk") is None:
        sys.exit("needs wrk: apt-get install wrk")
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with tempfile.TemporaryDirectory(prefix="geoapp-bench-") as name:
        folder = Path(name)
        fill(folder / "data", count)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        environment = {**os.environ, "GEOAPP_DATA": str(folder / "data")}
        environment.pop("DATABASE_URL", None)
        server = subprocess.Popen(
            [sys.executable, "-m", "geoapp", "serve", "--port", str(port)],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert server.stdout is not None
            if not any(line.startswith("ready ") for line in server.stdout):
                sys.exit("the service did not start")
            for path in ROUTES.values():  # every process has read the facilities
                measure(port, path, folder, 2)
            found: dict[str, list[tuple[float, float, float]]] = {one: [] for one in ROUTES}
            for _ in range(ROUNDS):
                for route, path in ROUTES.items():
                    found[route].append(measure(port, path, folder, seconds))
        finally:
            server.terminate()
            server.wait(60)
    medians = {
        route: [statistics.median(column) for column in zip(*rounds, strict=True)]
        for route, rounds in found.items()
    }
    noop = next(iter(medians.values()))[0]
    print(f"{count:,} facilities, {CONNECTIONS} connections, {ROUNDS} rounds of {seconds} s")
    for route, (rate, middle, slow) in medians.items():
        print(
            f"{route:22} {rate:8,.0f} requests/s  {rate / noop:5.2f} of the no-op  "
            f"p50 {middle:6.2f} ms  p99 {slow:6.2f} ms"
        )


if __name__ == "__main__":
    main()
