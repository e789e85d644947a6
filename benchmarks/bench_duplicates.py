"""Time finding facilities that may be one among many, in one run.

python benchmarks/bench_duplicates.py [FACILITIES]

2026-11-29, two shared cores, 200,000 facilities of which 4,000 stand twice, as dense as a city centre:

    a page of pairs, found anew                      6.02 s
    the next page                                    0.01 s
    a decision, and the page after it                0.02 s

Facilities are read in 1.5 s, names folded in 1 s; the rest are pairs within 100 m, of one name and of
one telephone. They are found anew after a change of any facility, not after a decision.
"""

import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import text

from geoapp.core.settings import Settings
from geoapp.operations.duplicates.decide import decide
from geoapp.operations.duplicates.find import DuplicateFinder
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database, open_database

# As dense as a city centre: about 40 facilities within 100 m of each are too many to look at all.
_PER_DEGREE = 700_000


def fill(database: Database, count: int) -> None:
    """Write facilities on a square, every fiftieth of them twice under a like name."""
    side = (count / _PER_DEGREE) ** 0.5
    with database.session() as session:
        session.execute(
            text(
                "insert into facility (code, kind_code, name_zh, phone, geom) "
                "select 'B-' || lpad(n::text, 6, '0'), 'outdoor_station', "
                "translate(n::text, '0123456789', '云霄延吉香港中台东三') || "
                "case when n % 2 = 0 then '路爱心驿站' else '广场户外劳动者服务站点' end, "
                "case when n % 3 = 0 then '0532-8' || lpad((n % 90000)::text, 7, '0') end, "
                "st_setsrid(st_makepoint(120 + :side * random(), 36 + :side * random()), 4326) "
                "from generate_series(1, :count) n"
            ),
            {"count": count, "side": side},
        )
        session.execute(
            text(
                "insert into facility (code, kind_code, name_zh, geom) "
                "select code || 'x', kind_code, name_zh || '（新）', "
                "st_translate(geom, 0.0003, 0) from facility where id % 50 = 0"
            )
        )


def timed(what: str, work: object) -> None:
    """Print how long something takes."""
    start = time.perf_counter()
    work()  # type: ignore[operator]
    print(f"    {what:45} {time.perf_counter() - start:7.2f} s", flush=True)


def main() -> None:
    """Fill a store and time the finder: the first time, again, and after a change."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(Settings(data=Path(folder)))
        try:
            initialise(database)
            fill(database, count)
            finder = DuplicateFinder(database)
            timed("a page of pairs, found anew", lambda: finder.listed(None, "open"))
            page = finder.listed(None, "open")
            print(f"    {page.total:,} pairs", flush=True)
            timed("the next page", lambda: finder.listed(None, "open", start=20))
            pair = page.pairs[0]
            timed(
                "a decision, and the page after it",
                lambda: (
                    decide(database, pair.first.code, pair.second.code, "different"),
                    finder.listed(None, "open"),
                ),
            )
        finally:
            database.close()


if __name__ == "__main__":
    main()
