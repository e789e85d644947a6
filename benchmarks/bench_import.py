"""Time the import of 200,000 facilities and of 1,000,000 demand points into a store of its own.

python benchmarks/bench_import.py [FACILITIES] [DEMAND]
python benchmarks/bench_import.py --log [FACILITIES]    what the log of changes costs

2026-11-23, two shared cores of an Intel Xeon, the private server's own settings:

    regions          400 rows    0.2 s  inserted 400 unchanged 0  peak 204 MB
    facilities   200,000 rows   20.7 s  inserted 200,000 unchanged 0  peak 744 MB
    facilities   200,000 rows   17.2 s  inserted 0 unchanged 200,000  peak 744 MB
    demand     1,000,000 rows   46.8 s  inserted 1,000,000 unchanged 0  peak 1,126 MB
    demand     1,000,000 rows   21.5 s  inserted 0 unchanged 1,000,000  peak 1,126 MB

2026-11-29, --log 200000, the faster of two rounds in turns:

    200,000 rows new: 30.6 s with the log, 26.5 s without, 1.16 times
    200,000 rows changed: 35.6 s with the log, 32.1 s without, 1.11 times

The same day with states, 50,000 rows, seconds of processor time (the machine was busy): 12.0 new with
the log and states, 10.4 with states alone, 9.5 with neither, which is 1.26 and 1.10 times; changed 14.1,
12.5 and 12.3.

Of the facilities' 20 seconds, 8.5 go to understanding the rows, 2 to finding regions, 6 to the
insert with its indexes.
"""

import csv
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from sqlalchemy import text

from geoapp.core.settings import Settings
from geoapp.operations.imports.file import import_file
from geoapp.operations.imports.report import ImportOptions
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database, open_database

LOG = "--log"
HOURS = ("24小时", "周一至周五 9:00-17:00", "8:00-18:00", "Mo-Su 06:00-22:00", "")
AMENITIES = ("饮水;微波炉;桌椅", "drinking_water, wifi", "手机充电、急救箱、厕所", "")


def regions(path: Path) -> None:
    """Write 20 x 20 districts of about 11 km."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["code", "name_zh", "level", "geometry_wkt"])
        for east in range(20):
            for north in range(20):
                west, south = 119 + east * 0.1, 35 + north * 0.1
                ring = [
                    (west, south),
                    (west + 0.1, south),
                    (west + 0.1, south + 0.1),
                    (west, south + 0.1),
                    (west, south),
                ]
                corners = ", ".join(f"{lon:.4f} {lat:.4f}" for lon, lat in ring)
                code = 370000 + east * 100 + north + 1
                writer.writerow([code, f"区{code}", "district", f"POLYGON(({corners}))"])


def facilities(path: Path, count: int, random: np.random.Generator) -> None:
    """Write facilities with hours, amenities and texts."""
    lon, lat = random.uniform(119, 121, count), random.uniform(35, 37, count)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["编号", "类型", "名称", "经度", "纬度", "开放时间", "设施", "地址", "备注"]
        )
        for number in range(count):
            writer.writerow(
                [
                    f"B-{number:06d}",
                    "爱心驿站",
                    f"驿站 {number}",
                    round(float(lon[number]), 6),
                    round(float(lat[number]), 6),
                    HOURS[number % len(HOURS)],
                    AMENITIES[number % len(AMENITIES)],
                    f"某路 {number} 号",
                    "x",
                ]
            )


def demand(path: Path, count: int, random: np.random.Generator) -> None:
    """Write demand points."""
    values = np.column_stack(
        (
            random.uniform(119, 121, count),
            random.uniform(35, 37, count),
            random.integers(1, 9, count),
        )
    )
    np.savetxt(
        path,
        values,
        fmt=("%.6f", "%.6f", "%d"),
        delimiter=",",
        header="lon,lat,weight",
        comments="",
    )


def timed(database: Database, settings: Settings, kind: str, path: Path) -> float:
    """Import a file, print what became of it, and return the seconds."""
    start = time.perf_counter()
    report = import_file(database, settings, kind, path, ImportOptions())
    seconds = time.perf_counter() - start
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{kind:10} {report.read:9,} rows {seconds:6.1f} s  inserted {report.inserted:,} "
        f"updated {report.updated:,} unchanged {report.unchanged:,}  peak {peak_mb:,.0f} MB",
        flush=True,
    )
    return seconds


def stop_logging(database: Database) -> None:
    """Take the log's triggers off the facilities and their states."""
    with database.session() as session:
        for table in ("facility", "facility_state"):
            for event in ("insert", "update", "delete"):
                session.execute(text(f"drop trigger {table}_log_{event} on {table}"))


ROUNDS = 3


def compare_with_no_log(folder: Path, count: int) -> None:
    """Import, and import again with every name changed: without the log and with it, in turn.

    The fastest of a few rounds counts: what else the machine does only ever adds to a time.
    """
    took: dict[bool, list[list[float]]] = {False: [], True: []}
    for number in range(2 * ROUNDS):
        logged = number % 2 == 1
        settings = Settings(data=folder / f"data-{number}", database_url=None)
        database = open_database(settings)
        try:
            initialise(database)
            timed(database, settings, "regions", folder / "regions.csv")
            if not logged:
                stop_logging(database)
            print("with the log" if logged else "without the log")
            took[logged].append(
                [
                    timed(database, settings, "facilities", folder / f"{name}.csv")
                    for name in ("facilities", "renamed")
                ]
            )
        finally:
            database.close()
            shutil.rmtree(settings.data)
    for place, what in enumerate(("new", "changed")):
        without, with_log = (min(one[place] for one in took[logged]) for logged in (False, True))
        print(
            f"{count:,} rows {what}: {with_log:.1f} s with the log, {without:.1f} s without, "
            f"{with_log / without:.2f} times"
        )


def main() -> None:
    """Import each file twice: the second time nothing changes."""
    sizes = [int(argument) for argument in sys.argv[1:] if argument != LOG]
    most = (sizes + [200_000, 1_000_000][len(sizes) :])[:2]
    random = np.random.default_rng(20261123)
    with tempfile.TemporaryDirectory(prefix="geoapp-bench-") as name:
        folder = Path(name)
        regions(folder / "regions.csv")
        facilities(folder / "facilities.csv", most[0], random)
        if LOG in sys.argv:
            names = (folder / "facilities.csv").read_text(encoding="utf-8-sig")
            renamed = names.replace("驿站 ", "工会驿站 ")
            (folder / "renamed.csv").write_text(renamed, encoding="utf-8-sig")
            compare_with_no_log(folder, most[0])
            return
        settings = Settings(data=folder / "data", database_url=None)
        database = open_database(settings)
        try:
            initialise(database)
            demand(folder / "demand.csv", most[1], random)
            for kind in ("regions", "facilities", "facilities", "demand", "demand"):
                timed(database, settings, kind, folder / f"{kind}.csv")
        finally:
            database.close()


if __name__ == "__main__":
    main()
