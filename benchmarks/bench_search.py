"""Time searches among many facilities beside a plain scan of their names, in one run.

python benchmarks/bench_search.py [FACILITIES]

2026-11-29, two shared cores:

    words of 200,000 facilities made in 52.7 s
    a scan of all names   104.1 ms
    云霄路驿站                 23.8 ms   0.23 of a scan
    云霄                    48.9 ms   0.47 of a scan
    yunxiaolu             52.7 ms   0.51 of a scan
    yxl                   53.3 ms   0.51 of a scan
    chongqing 1234         6.7 ms   0.06 of a scan
    0532-8512              8.5 ms   0.08 of a scan
    B-001234               4.7 ms   0.05 of a scan
    站                     62.5 ms   0.60 of a scan
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sqlalchemy import text

from geoapp.core.settings import Settings
from geoapp.operations.facilities.search_words import WordsKeeper
from geoapp.operations.search.find import SearchService
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database, open_database

ROADS = [
    "云霄",
    "延吉",
    "香港中",
    "台东三",
    "人民",
    "宁夏",
    "重庆南",
    "四流中",
    "李沧",
    "长沙",
    "威海",
    "华阳",
    "南京",
    "山东",
    "东海西",
]
WORDS = ("云霄路驿站", "云霄", "yunxiaolu", "yxl", "chongqing 1234", "0532-8512", "B-001234", "站")


def fill(database: Database, count: int) -> None:
    """Write facilities with names of roads."""
    with database.session() as session:
        session.execute(
            text(
                "insert into facility (code, kind_code, name_zh, address, phone, geom) "
                "select 'B-' || lpad(n::text, 6, '0'), 'outdoor_station', "
                "(cast(:roads as text[]))[1 + n % :many] || '路户外劳动者驿站' || n, "
                "'某街道某路 ' || n || ' 号', '0532-8' || lpad((n * 7919 % 10000000)::text, 7, '0'), "
                "st_setsrid(st_makepoint(119 + random() * 2, 35 + random() * 2), 4326) "
                "from generate_series(1, :count) n"
            ),
            {"roads": ROADS, "many": len(ROADS), "count": count},
        )


def middle_ms(ask: Callable[[], object], rounds: int = 15) -> float:
    """Return the median time of a question, in milliseconds."""
    taken = []
    for _ in range(rounds):
        begin = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - begin)
    return float(np.median(taken)) * 1000


def scan(database: Database, words: str) -> None:
    """The plain way: every name, without sounds."""
    with database.session() as session:
        session.execute(
            text("select code from facility where name_zh ilike :w order by code limit 10"),
            {"w": f"%{words}%"},
        ).all()


def main() -> None:
    """Fill a store of its own and time it."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder))
        database = open_database(settings)
        initialise(database)
        fill(database, count)
        begin = time.perf_counter()
        keeper = WordsKeeper(database)
        while not keeper.catch_up():
            pass
        print(f"words of {count:,} facilities made in {time.perf_counter() - begin:.1f} s")
        with database.session() as session:
            session.execute(text("analyze"))
        search = SearchService(database, settings)
        plain = middle_ms(lambda: scan(database, "没有这样的路"))
        print(f"{'a scan of all names':<18} {plain:7.1f} ms")
        for words in WORDS:
            taken = middle_ms(lambda words=words: search.find(words, limit=10))
            print(f"{words:<18} {taken:7.1f} ms  {taken / plain:5.2f} of a scan")
        database.close()


if __name__ == "__main__":
    main()
