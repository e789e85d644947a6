"""Time one small answer of the API: asked by nobody, with a key, with name and password; in one run.

python benchmarks/bench_credentials.py [REQUESTS]

2026-11-29, two cores shared with much other work, medians of 100:

    nobody        18.1 ms      0.0 ms more
    key           31.5 ms     13.4 ms more
    password     989.4 ms    971.3 ms more
"""

import base64
import statistics
import sys
import tempfile
import time
from pathlib import Path

from geoapp.app import create_app
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.upkeep.api_keys import MadeWith, Scope, make_key
from geoapp.operations.upkeep.init import initialise
from geoapp.operations.upkeep.users import save_user
from geoapp.store.engine import open_database

PASSWORD = "correct tortoise lamp gravel"


def main(requests: int) -> None:
    """Ask in turns, so that whatever else the machine does meets all three alike."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), key_requests_per_minute=1_000_000)
        database = open_database(settings)
        try:
            initialise(database)
            save_user(database, "robot", Role.STEWARD, PASSWORD)
            key = make_key(
                database, "robot", "bench", scope=Scope.WRITE, made_with=MadeWith.OPERATOR
            )
            pair = base64.b64encode(f"robot:{PASSWORD}".encode()).decode()
            ways = {
                "nobody": {},
                "key": {"Authorization": f"Bearer {key}"},
                "password": {"Authorization": f"Basic {pair}"},
            }
            client = create_app(settings, database).test_client()
            taken: dict[str, list[float]] = {name: [] for name in ways}
            for _ in range(requests):
                for name, headers in ways.items():
                    began = time.perf_counter()
                    answer = client.get("/api/v1/kinds", headers=headers)
                    taken[name].append((time.perf_counter() - began) * 1000)
                    if answer.status_code != 200:
                        raise SystemExit(f"{name}: {answer.status_code}")
            alone = statistics.median(taken["nobody"])
            for name, times in taken.items():
                median = statistics.median(times)
                print(f"    {name:<10}{median:8.1f} ms   {median - alone:6.1f} ms more")
        finally:
            database.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
