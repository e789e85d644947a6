"""Vector tiles over HTTP, by the service and by tipg: the same stations, equal columns, one run.

Both serve one private PostgreSQL with two web processes each and are asked by ``wrk`` in turns, zoom by
zoom, for the same tiles of a square of 130 km. tipg gets a table without joins, indexed and analysed,
with the columns that a tile of ours has. It makes every tile anew; ours are made once for each state of
the data and kept; then they are asked for by addresses that are new, so that each is made. Up to zoom 11
ours are gathered, while tipg leaves out what is beyond 10,000 features of a tile.

tipg lives in an environment of its own: ``python -m venv DIR && DIR/bin/pip install tipg uvicorn``.

Usage: python benchmarks/bench_tiles_tipg.py DIR/bin/python [stations] [seconds of each round]
"""

import contextlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from itertools import cycle, islice, permutations
from pathlib import Path
from urllib.parse import quote

from bench_nearest_http import SQUARE, fill, served
from bench_tiles import ZOOMS, tiles_of
from sqlalchemy import text

from geoapp.core.settings import Settings
from geoapp.core.tiles import Tile
from geoapp.store.engine import open_database

ROUNDS = 3
TILES = 24
# On few connections that are kept, each answer of tipg with several processes waits some 40 ms, most likely for the
# system to confirm its first piece: by 8 connections that, and not the making of tiles, is what is measured.
CONNECTIONS = 32
# The columns of tiles beside those that each has.
CHOSEN = ("kind_zh", "kind_en", "opening_hours", "entry", "access", "amenities", "no_amenities")
CHOSEN += ("address", "verified_on", "code")
# More than are answered in a round.
MOST_ASKED = 20_000
TABLE = """
    create schema bench;
    create table bench.stations as
    select f.id as number, f.code as id, f.name_zh, f.name_en, k.name_zh as kind_zh,
        k.name_en as kind_en, f.opening_hours, f.entry, f.access,
        array_to_string(f.amenities, ';') as amenities,
        array_to_string(f.no_amenities, ';') as no_amenities, f.address,
        f.verified_on::text as verified_on, f.code, f.is_sample, f.geom
    from facility f join kind k on k.code = f.kind_code
    where k.family = 'station' and f.status = 'open';
    alter table bench.stations add primary key (number);
    create index on bench.stations using gist (geom);
    analyze
"""
ASK = """
local paths = {{paths}}
local number = 0
request = function()
  number = number + 1
  return wrk.format("GET", paths[number % #paths + 1])
end
"""


# The same, each path once: it ends when all were asked for.
ASK_ONCE = """
local paths = {{paths}}
local number = 0
request = function()
  number = number + 1
  if number > #paths then
    wrk.thread:stop()
    number = 1
  end
  return wrk.format("GET", paths[number])
end
"""


@contextlib.contextmanager
def tipg(python: str, parameters: dict[str, object]) -> Iterator[int]:
    """Serve the table by tipg; gives the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    host = quote(str(parameters["host"]), safe="")
    url = f"postgresql://{parameters['user']}@{host}:{parameters['port']}/{parameters['dbname']}"
    environment = {**os.environ, "DATABASE_URL": url, "TIPG_DB_SCHEMAS": '["bench"]'}
    server = subprocess.Popen(
        [python, "-m", "uvicorn", "tipg.main:app", "--port", str(port)]
        + ["--workers", "2", "--log-level", "warning"],
        env=environment,
    )
    try:
        for _ in range(600):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/collections/bench.stations")
                break
            time.sleep(0.5)
        else:
            sys.exit("tipg did not start")
        yield port
    finally:
        server.terminate()
        server.wait(60)


def asked(port: int, paths: list[str], folder: Path, seconds: float, ask: str = ASK) -> float:
    """Return how many tiles a second are answered, all with 200; longer where none is in that time."""
    script = folder / "tiles.lua"
    listed = ", ".join(f'"{path}"' for path in paths)
    script.write_text(ask.replace("{{paths}}", "{" + listed + "}"), encoding="ascii")
    done = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "60s", "-s", script]
        + [f"http://127.0.0.1:{port}"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if "Non-2xx" in done:
        sys.exit(f"{paths[0]}: {done}")
    [rate] = [line.split()[1] for line in done.splitlines() if line.startswith("Requests/sec")]
    return float(rate) or asked(port, paths, folder, 4 * seconds, ask)


def made_anew(paths: list[str], number: int) -> list[str]:
    """Return addresses of tiles with equal columns that nobody asked for before: they name them in another order."""
    orders = islice(permutations(CHOSEN), number * MOST_ASKED, (number + 1) * MOST_ASKED)
    return [
        f"{path}?properties={','.join(order)}"
        for path, order in zip(cycle(paths), orders, strict=False)
    ]


def ours_of(tile: Tile) -> str:
    """Return the service's path of a tile."""
    return f"/ogc/collections/stations/tiles/WebMercatorQuad/{tile.zoom}/{tile.row}/{tile.column}"


def theirs_of(tile: Tile) -> str:
    """Return tipg's path of a tile."""
    columns = ",".join(("id", "name_zh", "name_en", "is_sample", *CHOSEN))
    path = f"/collections/bench.stations/tiles/WebMercatorQuad/{tile.zoom}/{tile.column}/{tile.row}"
    return f"{path}?properties={columns}"


def main() -> None:
    """Print the table."""
    python, *given = sys.argv[1:]
    stations, seconds = [*map(int, given), *(200_000, 3)[len(given) :]]
    with tempfile.TemporaryDirectory(prefix="geoapp-bench-") as name:
        folder = Path(name)
        # A third of those that are filled in are stations.
        fill(folder / "data", 3 * stations, SQUARE)
        database = open_database(Settings(data=folder / "data", database_url=None))
        with database.session() as session:
            for statement in TABLE.split(";\n"):
                session.execute(text(statement))
        parameters = database.parameters
        os.environ["GEOAPP_WORKERS"] = "2"
        with served(folder) as ours, tipg(python, dict(parameters)) as theirs:
            print(
                f"{stations:,} stations, tiles a second: median of {ROUNDS} rounds of {seconds} s",
                flush=True,
            )
            for zoom in ZOOMS:
                tiles = list(dict.fromkeys(tiles_of(zoom, TILES)))
                mine, others = [ours_of(one) for one in tiles], [theirs_of(one) for one in tiles]
                asked(ours, mine, folder, 1)  # every process holds the layer
                rates = [
                    (
                        asked(ours, mine, folder, seconds),
                        asked(ours, made_anew(mine, number), folder, seconds, ASK_ONCE),
                        asked(theirs, others, folder, seconds),
                    )
                    for number in range(ROUNDS)
                ]
                kept, made, plain = (statistics.median(one) for one in zip(*rates, strict=True))
                print(
                    f"z{zoom:<3} tipg {plain:8.1f}  ours kept {kept:8.1f}  ratio {kept / plain:6.1f}  "
                    f"ours made {made:8.1f}  ratio {made / plain:6.1f}",
                    flush=True,
                )
        database.close()


if __name__ == "__main__":
    main()
