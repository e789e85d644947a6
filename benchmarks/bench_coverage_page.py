"""The first look at ``/coverage`` of a province: 20 cities, 200 districts, 3,000 streets, 20,000 facilities.

The province is made up: a square of 130 km whose borders wave, 200,000 demand points, and a coverage run
of it that is published. It is served as operators serve it, and Chromium opens its pages at 1440 x 900
without a cache, by turns: of the province, of a city, of a district. The address answered, the first
paint and the figures' table there, in milliseconds after the start, with the bytes on the wire and the
longest task; the median of the rounds. The wanted is a first paint within a second.

Usage: python benchmarks/bench_coverage_page.py [facilities] [rounds]
"""

import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from bench_nearest_http import SQUARE, fill, served
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import text

from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.settings import Settings
from geoapp.operations.coverage import official
from geoapp.operations.coverage.run import run_here
from geoapp.store.engine import Database, open_database

ROWS, COLUMNS = 60, 50
# Streets of a district, districts of a city: rows and columns.
DISTRICT, CITY = (3, 5), (2, 5)
DEMAND_POINTS = 200_000
WANTED_MS = 1_000
PAGES = {"province": "370000", "city": "370100", "district": "370101"}
READ = """() => {
  const first = performance.getEntriesByName("first-contentful-paint")[0];
  const page = performance.getEntriesByType("navigation")[0];
  const all = [page, ...performance.getEntriesByType("resource")];
  return {
    answered: page.responseStart, painted: first.startTime, loaded: page.domContentLoadedEventEnd,
    kb: all.reduce((sum, one) => sum + one.transferSize, 0) / 1024,
    longest: Math.max(0, ...window.tasks)
  };
}"""
WATCH = """
window.tasks = [];
new PerformanceObserver(seen => seen.getEntries().forEach(one => window.tasks.push(one.duration)))
  .observe({type: "longtask", buffered: true});
"""


def cell(row: int, column: int) -> Any:
    """Return the outline of a street: its borders wave, and neighbours share them."""
    west, south, east, north = SQUARE
    t = np.linspace(0.0, 1.0, 12)
    x = np.concatenate((t, np.ones(12), 1 - t, np.zeros(12))) + column
    y = np.concatenate((np.zeros(12), t, np.ones(12), 1 - t)) + row
    x, y = x + 0.2 * np.sin(7 * y), y + 0.2 * np.sin(5 * x)
    lon, lat = west + x / COLUMNS * (east - west), south + y / ROWS * (north - south)
    return shapely.make_valid(shapely.polygons(np.stack((lon, lat), axis=1)))


def regions() -> list[dict[str, str | None]]:
    """Return a province with its cities, districts and streets as rows."""
    streets: dict[str, Any] = {}
    for row in range(ROWS):
        for column in range(COLUMNS):
            district = row // DISTRICT[0], column // DISTRICT[1]
            city = (
                district[0] // CITY[0] * (COLUMNS // DISTRICT[1] // CITY[1])
                + district[1] // CITY[1]
            )
            number = district[0] % CITY[0] * CITY[1] + district[1] % CITY[1]
            place = row % DISTRICT[0] * DISTRICT[1] + column % DISTRICT[1]
            streets[f"37{city + 1:02d}{number + 1:02d}{place + 1:03d}"] = cell(row, column)
    outlines = {"street": streets}
    for level, below, parent in (
        ("district", "street", lambda code: code[:6]),
        ("city", "district", lambda code: f"{code[:4]}00"),
        ("province", "city", lambda code: f"{code[:2]}0000"),
    ):
        some: dict[str, list[Any]] = {}
        for code, outline in outlines[below].items():
            some.setdefault(parent(code), []).append(outline)
        outlines[level] = {code: shapely.union_all(parts) for code, parts in some.items()}
    above = {"street": 6, "district": 4, "city": 2, "province": 0}
    return [
        {
            "code": code,
            "parent": code[: above[level]].ljust(6, "0") if above[level] else None,
            "level": level,
            "name": f"示例{code}",
            "wkb": shapely.to_wkb(outline, hex=True),
        }
        for level in ("province", "city", "district", "street")
        for code, outline in outlines[level].items()
    ]


def furnish(database: Database) -> None:
    """Put regions and demand into the store, and every facility into its street."""
    west, south, east, north = SQUARE
    with database.session() as session:
        session.execute(
            text(
                "insert into region (code, parent_code, level, name_zh, name_en, geom) values (:code, "
                ":parent, :level, :name, :name, st_multi(st_setsrid(cast(:wkb as geometry), 4326)))"
            ),
            regions(),
        )
        session.execute(
            text(
                "update facility f set region_code = r.code from region r "
                "where r.level = 'street' and st_intersects(r.geom, f.geom)"
            )
        )
        session.execute(
            text(
                "insert into demand_set (code, name_zh, is_sample) values ('workers', '示例需求', true)"
            )
        )
        session.execute(
            text(
                "insert into demand_point (set_id, geom, weight, region_code) select s.id, p.geom, "
                "1 + p.n % 9, r.code from demand_set s, (select n, st_setsrid(st_makepoint("
                ":west + (:east - :west) * random(), :south + (:north - :south) * random()), 4326) geom "
                "from generate_series(1, :count) n) p "
                "join region r on r.level = 'street' and st_intersects(r.geom, p.geom)"
            ),
            {"west": west, "south": south, "east": east, "north": north, "count": DEMAND_POINTS},
        )
        session.execute(
            text(
                "update demand_set set points = (select count(*) from demand_point), "
                "weight = (select sum(weight) from demand_point)"
            )
        )


def look(browser: Browser, address: str) -> dict[str, float]:
    """Open a page with an empty cache; return what the browser measured."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.add_init_script(WATCH)
    page.goto(address, wait_until="networkidle")
    page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
    found: dict[str, float] = page.evaluate(READ)
    page.close()
    return found


def main() -> None:
    """Print the table; ends with 1 where a first paint is later than wanted."""
    count, rounds = (int(one) for one in (*sys.argv[1:3], *("20000", "5")[len(sys.argv) - 1 :]))
    slow = False
    with (
        tempfile.TemporaryDirectory(prefix="geoapp-bench-") as name,
        sync_playwright() as playwright,
    ):
        settings = Settings(data=Path(name) / "data", database_url=None)
        fill(settings.data, count, SQUARE)
        database = open_database(settings)
        furnish(database)
        run = run_here(database, settings, CoverageParameters(standard_m=500.0, region="370000"))
        official.publish(database, run.id, by=None)
        database.close()
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        with served(Path(name)) as port:
            found: dict[str, list[dict[str, float]]] = {one: [] for one in PAGES}
            for _ in range(rounds):
                for level, code in PAGES.items():
                    address = f"http://127.0.0.1:{port}/coverage/{code}"
                    found[level].append(look(browser, address))
        browser.close()
    print(f"{count:,} facilities, {DEMAND_POINTS:,} demand points, {rounds} rounds")
    for level, looks in found.items():
        middle = {one: statistics.median(look[one] for look in looks) for one in looks[0]}
        slow |= middle["painted"] > WANTED_MS
        print(
            f"{level:<9} answered {middle['answered']:6.0f} ms, painted {middle['painted']:6.0f} ms, "
            f"page ready {middle['loaded']:6.0f} ms, longest task {middle['longest']:5.0f} ms, "
            f"{middle['kb']:6.0f} KB"
        )
    sys.exit(int(slow))


if __name__ == "__main__":
    main()
