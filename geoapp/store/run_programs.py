"""PostgreSQL's own programs, run on a store: which of them fit its server, and what they say."""

import os
import re
import subprocess
from pathlib import Path
from typing import Final

from psycopg.conninfo import make_conninfo

from geoapp.core.errors import FullDiskError, MissingPartError
from geoapp.core.i18n import Text
from geoapp.core.processes import ending_with_us
from geoapp.store.cluster.programs import Programs, installed
from geoapp.store.engine import Database

_NO_ROOM: Final = re.compile(r"No space left on device|Disk quota exceeded|\b53100: ")


def server_major(database: Database) -> int:
    """Return the server's major version, which decides the format of its files."""
    return int(str(database.single("select current_setting('server_version_num')::int"))) // 10_000


def programs_for(database: Database, program: str) -> Programs:
    """Return the programs of the server's version, or the next newer ones.

    Raises
    ------
    MissingPartError
        If there are none.
    """
    server = server_major(database)
    found = [one for one in installed(database.pg_bin, program) if one.major >= server]
    if not found:
        raise MissingPartError(
            Text(
                f"没有不低于服务器版本（{server}）的 {program}。请安装："
                f"sudo apt-get install -y postgresql-client-{server}",
                f"There is no {program} of the server's version ({server}) or newer. Install it: "
                f"sudo apt-get install -y postgresql-client-{server}",
            )
        )
    return min(found, key=lambda one: one.major)


def run_on(database: Database, argv: list[str | Path]) -> subprocess.CompletedProcess[str]:
    """Run a program on the store; the password goes by the environment, where only we see it."""
    public = dict(database.parameters)
    secret = public.pop("password", None)
    environment = os.environ | {"LC_ALL": "C.UTF-8"}
    if secret is not None:
        environment["PGPASSWORD"] = secret
    return run_program([*argv, f"--dbname={make_conninfo(**public)}"], environment)


def run_program(
    argv: list[str | Path], environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a program that ends with us, and keep what it says."""
    return subprocess.run(
        ending_with_us(argv),
        env=environment,
        capture_output=True,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        check=False,
    )


def said_by(done: subprocess.CompletedProcess[str]) -> str:
    """Return the end of what a program said of its failure."""
    return done.stderr.strip()[-1000:] or f"exit {done.returncode}"


def refuse_full_disk(said: str) -> None:
    """Say so if a program failed because a disk is full; neither backup nor database is to blame.

    Raises
    ------
    FullDiskError
        If that is what it said.
    """
    if _NO_ROOM.search(said):
        raise FullDiskError(
            Text(
                f"磁盘已满，什么都没有改变；请清理磁盘后再试：{said}",
                f"The disk is full, and nothing was changed; make room and try again: {said}",
            )
        )
