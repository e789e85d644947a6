"""A primary and a standby that streams from it, both of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from geoapp.core.settings import Settings
from geoapp.store.cluster.cluster import Cluster
from geoapp.store.engine import Database
from tests.conftest import FAST, copy_store


@dataclass
class Pair:
    """The two servers."""

    primary: Cluster
    standby: Cluster

    def run(self, server: Cluster, statement: str) -> object:
        """Run a statement on one of them, and return its single value if it has one."""
        conninfo = make_conninfo(**server.parameters())
        with psycopg.connect(conninfo, autocommit=True) as connection:
            found = connection.execute(statement.encode())
            row = found.fetchone() if found.description else None
            return None if row is None else row[0]

    def pause(self) -> None:
        """Let the standby receive and replay no more, as one that is cut off or overworked."""
        self.run(self.standby, "select pg_wal_replay_pause()")
        while self.run(self.standby, "select pg_get_wal_replay_pause_state()") != "paused":
            continue

    def resume(self) -> None:
        """Let it go on."""
        self.run(self.standby, "select pg_wal_replay_resume()")

    def settings(self, settings: Settings) -> Settings:
        """Return settings that read from the standby."""
        urls = [Database(one.parameters()).url for one in (self.primary, self.standby)]
        return settings.model_copy(
            update={"database_url": urls[0], "database_read_url": urls[1]},
        )


@contextmanager
def streaming(made: Path, folder: Path) -> Iterator[Pair]:
    """Start a copy of a made store, and a second copy that follows it."""
    for name in ("primary", "standby"):
        copy_store(made, folder / name)
    primary = Cluster(folder / "primary", test_settings=FAST)
    primary.start()
    try:
        # What a cold copy lacks comes by streaming, as with pg_basebackup.
        source = {"host": str(primary.socket_folder), "port": "5432", "user": "geoapp"}
        standby = Cluster(
            folder / "standby",
            test_settings={**FAST, "primary_conninfo": make_conninfo(**source)},
        )
        (standby.data / "standby.signal").touch()
        standby.start()
        try:
            yield Pair(primary, standby)
        finally:
            standby.stop()
    finally:
        primary.stop()
