"""Vector tiles over HTTP, by the service and by tipg: the same stations, equal columns, one run.

Both serve one private PostgreSQL with two web processes each and are asked by ``wrk`` in turns, zoom by
zoom, for the same tiles of a square of 130 km. tipg gets a table without joins, indexed and analysed,
with the columns that a tile of ours has. It makes every tile anew; ours are made once for each state of
the data and kept, and what it costs to make one is told by itself. Up to zoom 11 ours are
gathered, while tipg leaves out what is beyond 10,000 features of a tile.

tipg lives in an environment of its own: ``python -m venv DIR && DIR/bin/pip install tipg uvicorn``.

Usage: python benchmarks/bench_tiles_tipg.py DIR/bin/python [stations] [seconds of each round]
"""

import contextlib
import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from bench_nearest_http import SQUARE, fill, served
from bench_tiles import ZOOMS, tiles_of
from sqlalchemy import text

from geoapp.core.settings import Settings
from geoapp.core.tiles import Tile
from geoapp.store.engine import open_database

ROUNDS = 3
TILES = 200
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


def asked(port: int, paths: list[str], folder: Path, seconds: float) -> float:
    """Return how many tiles a second are answered, all with 200; longer where none is in that time."""
    script = folder / "tiles.lua"
    listed = ", ".join(f'"{path}"' for path in paths)
    script.write_text(ASK.replace("{{paths}}", "{" + listed + "}"), encoding="ascii")
    done = subprocess.run(
        ["wrk", "-t1", "-c8", f"-d{seconds}s", "--timeout", "60s", "-s", script]
        + [f"http://127.0.0.1:{port}"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if "Non-2xx" in done:
        sys.exit(f"{paths[0]}: {done}")
    [rate] = [line.split()[1] for line in done.splitlines() if line.startswith("Requests/sec")]
    return float(rate) or asked(port, paths, folder, 4 * seconds)


def processor_seconds(parents: list[int]) -> float:
    """Return for how long processes, and all that they have started, have been at work."""
    held: dict[int, float] = {}
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with contextlib.suppress(OSError):
                # After the name, which may hold spaces; with the time of children that have ended.
                words = (folder / "stat").read_text().rpartition(")")[2].split()
                pid = int(folder.name)
                held[pid] = sum(map(int, words[11:15])) / os.sysconf("SC_CLK_TCK")
                children.setdefault(int(words[1]), []).append(pid)
    found, open_ = 0.0, list(parents)
    while open_:
        pid = open_.pop()
        found += held.get(pid, 0.0)
        open_ += children.get(pid, [])
    return found


def made_once(port: int, paths: list[str], processes: list[int]) -> tuple[float, float]:
    """Ask for each tile once, one after the other; return ms of the processors and of the clock for one.

    The processors' are those of the web server and the database together: other work on the machine hardly
    changes them.
    """
    before, began = processor_seconds(processes), time.perf_counter()
    for path in paths:
        # On a connection that is kept, tipg's answers wait 40 ms for the system to confirm their first piece.
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
        if answer.status != 200:
            sys.exit(f"{path}: {answer.status}")
    clock = time.perf_counter() - began
    spent = processor_seconds(processes) - before
    return 1000 * spent / len(paths), 1000 * clock / len(paths)


def of_command(word: str) -> list[int]:
    """Return the processes that this one has started by a command line with a word in it."""
    mine = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split()
    return [int(pid) for pid in mine if word in Path(f"/proc/{pid}/cmdline").read_text()]


def ours_of(tile: Tile) -> str:
    """Return the service's path of a tile."""
    return f"/ogc/collections/stations/tiles/WebMercatorQuad/{tile.zoom}/{tile.row}/{tile.column}"


def theirs_of(tile: Tile) -> str:
    """Return tipg's path of a tile."""
    columns = "id,name_zh,name_en,kind_zh,kind_en,opening_hours,entry,access,amenities"
    columns += ",no_amenities,address,verified_on,code,is_sample"
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
        [held] = (folder / "data").rglob("postmaster.pid")
        postgres = int(held.read_text(encoding="ascii").split()[0])
        os.environ["GEOAPP_WORKERS"] = "2"
        with served(folder) as ours, tipg(python, dict(parameters)) as theirs:
            print(
                f"{stations:,} stations, tiles a second: median of {ROUNDS} rounds of {seconds} s; "
                "made, for one: processors (clock)"
            )
            for zoom in ZOOMS:
                tiles = list(dict.fromkeys(tiles_of(zoom, TILES)))
                mine, others = [ours_of(one) for one in tiles], [theirs_of(one) for one in tiles]
                made = made_once(ours, mine, [postgres, *of_command("geoapp")])
                anew = made_once(theirs, others, [postgres, *of_command("uvicorn")])
                asked(ours, mine, folder, 1)  # every process has made them
                rates = [
                    (asked(ours, mine, folder, seconds), asked(theirs, others, folder, seconds))
                    for _ in range(ROUNDS)
                ]
                kept, plain = (statistics.median(column) for column in zip(*rates, strict=True))
                print(
                    f"z{zoom:<3} ours {kept:8.1f}  tipg {plain:8.1f}  ratio {kept / plain:6.1f}   "
                    f"made: ours {made[0]:6.1f} ({made[1]:.1f}) ms  tipg {anew[0]:6.1f} ({anew[1]:.1f}) ms  "
                    f"ratio {anew[0] / made[0]:5.1f} ({anew[1] / made[1]:.1f})",
                    flush=True,
                )
        database.close()


if __name__ == "__main__":
    main()
