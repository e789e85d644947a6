"""The private PostgreSQL + PostGIS cluster in geoapp's data folder: a socket, no port, no set-up.

Several processes share one data folder. Each holds a shared lock on ``users.lock`` for as long as
it uses the cluster; the first one starts the server and the last one stops it. The kernel drops the
lock of a process that is killed, so nothing has to be cleaned up by hand, ever.
"""

import atexit
import fcntl
import hashlib
import logging
import os
import shutil
import stat
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import psycopg
from psycopg.conninfo import make_conninfo

from geoapp.core.errors import (
    ConflictError,
    InvalidValueError,
)
from geoapp.core.i18n import Text
from geoapp.store.cluster.archive import BASES, WAL, check_path, hand_over_histories, keeping
from geoapp.store.cluster.archive_owner import identity, keeps_log
from geoapp.store.cluster.conf import FORMER_HBA, HBA, READ_ONLY, TUNING, quoted, server_environment
from geoapp.store.cluster.left_over import end_left_over
from geoapp.store.cluster.places import put_in_place
from geoapp.store.cluster.process import (
    POLL_SECONDS,
    end_orphans,
    end_server,
    listens_out_of_sight,
    read_server,
    reap,
)
from geoapp.store.cluster.programs import Programs, find_server, run_prefix, server_owner
from geoapp.store.cluster.trouble import named_trouble

log = logging.getLogger(__name__)

SOCKET = ".s.PGSQL.5432"
SOCKET_PATH_BYTES = 107  # sun_path of Linux holds 108 with its end mark
START_SECONDS = 300.0  # recovery after a crash replays the log, which may take minutes
STOP_SECONDS = 60.0
INIT_SECONDS = 300.0
LOG_BYTES = 10_000_000
DATABASE = "geoapp"
USER = "geoapp"


class Cluster:
    """One process's use of the cluster in a folder; all methods may be called from any thread.

    Parameters
    ----------
    folder
        The data folder (``GEOAPP_DATA``); made with mode 0700 if it is missing.
    pg_bin
        Folder of PostgreSQL's programs (``GEOAPP_PG_BIN``); searched for if None.
    archive
        Where the server keeps its log (``GEOAPP_WAL_ARCHIVE``); nowhere if None, or if it is
        another store's.
    test_settings
        Server settings that override the usual ones, such as ``fsync=off``. Only for tests:
        with it a power failure loses data.
    """

    def __init__(
        self,
        folder: Path,
        *,
        pg_bin: Path | None = None,
        archive: Path | None = None,
        test_settings: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = Path(os.path.realpath(folder))
        if "\n" in str(self.folder):
            accepted = Text("不含换行的路径", "a path without a line break")
            raise InvalidValueError("GEOAPP_DATA", folder, accepted)
        self.data = self.folder / "pg"
        self.log = self.folder / "postgres.log"
        self._pg_bin = pg_bin
        self._archive = None if archive is None else archive.absolute()
        if self._archive is not None:
            check_path(self._archive)
        self._settings = {**TUNING, **(test_settings or {})}
        self._durable = self._settings.get("fsync", "on") == "on"
        self._users: IO[bytes] | None = None
        self._child: int | None = None
        self._process = os.getpid()
        self._mutex = threading.RLock()

    @property
    def programs(self) -> Programs:
        """Return the programs that fit this cluster's version."""
        try:
            major = int((self.data / "PG_VERSION").read_text().strip())
        except FileNotFoundError:
            major = None
        return find_server(self._pg_bin, major)

    @property
    def socket_folder(self) -> Path:
        """Return where the server listens: in the data folder, or in /tmp if its path is too long.

        It must be the same for every process, so it depends on the data folder alone.
        """
        near = self.folder / "run"
        # A comma would separate hosts for libpq.
        if len(os.fsencode(near / SOCKET)) <= SOCKET_PATH_BYTES and "," not in str(near):
            return near
        digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
        return Path("/tmp") / f"geoapp-{digest}"  # noqa: S108  (its owner and mode are checked)

    @property
    def pid(self) -> int | None:
        """Return the server's process number, or None if it does not run."""
        server = read_server(self.data)
        return None if server is None else server.pid

    def parameters(self, database: str = DATABASE) -> dict[str, str]:
        """Return the connection parameters of one database.

        The empty ones keep PG* variables that are meant for another server out of ours.
        """
        return {
            "host": str(self.socket_folder),
            "hostaddr": "",
            "port": "5432",
            "user": USER,
            "dbname": database,
            "options": "",
        }

    def start(self) -> None:
        """Use the cluster: make it if it is new, start its server if it does not run.

        Raises
        ------
        MissingPartError
            If PostgreSQL with PostGIS is not installed.
        UnavailableError
            If the folder cannot be used or the server does not start; the text says why.
        """
        with self._mutex, named_trouble(self.folder):
            self._make_folder()
            atexit.register(self.stop)
            try:
                with self._start_lock():
                    self._enter()
                    self._make_cluster()
                    self._make_ready()
                    self._make_database()
            except BaseException:
                self.stop()
                raise

    def stop(self) -> bool:
        """Stop using the cluster; the last user stops the server. Return whether that was us.

        A forked child leaves its parent's cluster alone.
        """
        with self._mutex:
            if self._users is None or os.getpid() != self._process:
                return False
            atexit.unregister(self.stop)
            users, self._users = self._users, None
            with users:
                if not self.folder.exists():
                    return False  # the server ends by itself when its files are gone
                with self._start_lock():
                    try:
                        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    except BlockingIOError:
                        return False
                    try:
                        is_gone = end_server(self.data, self._child, STOP_SECONDS)
                        if is_gone and self.socket_folder.parent != self.folder:
                            with suppress(OSError):  # it may be gone already
                                self.socket_folder.rmdir()
                        return is_gone
                    finally:
                        # A forked child may hold the same open file, and with it the lock.
                        fcntl.flock(users, fcntl.LOCK_UN)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep everybody from using the cluster, or starting it, for as long as the block runs.

        Raises
        ------
        ConflictError
            If somebody uses it.
        """
        with self._mutex, self._start_lock(), self._open_lock("users.lock") as users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ConflictError(
                    Text(
                        "数据库正在使用中；请先停止 geoapp serve、geoapp worker 和其他 geoapp 命令。",
                        "The store is in use; stop geoapp serve, geoapp worker and other commands "
                        "of geoapp first.",
                    )
                ) from None
            yield

    def _make_folder(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.access(self.folder, os.W_OK | os.X_OK):
            raise PermissionError(f"{self.folder} belongs to another user")

    @contextmanager
    def _start_lock(self) -> Iterator[None]:
        with self._open_lock("start.lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _open_lock(self, name: str) -> IO[bytes]:
        lock = os.fdopen(os.open(self.folder / name, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
        self._give(self.folder / name, self.folder.stat().st_uid)
        return lock

    def _enter(self) -> None:
        if self._users is not None and os.getpid() == self._process:
            return
        users = self._open_lock("users.lock")
        fcntl.flock(users, fcntl.LOCK_SH)
        self._users, self._process = users, os.getpid()

    @staticmethod
    def _give(path: Path, uid: int) -> None:
        """Let root give what it made to whom it belongs."""
        if os.geteuid() == 0 and path.lstat().st_uid != uid:
            os.chown(path, uid, -1, follow_symlinks=False)

    def _owner(self) -> int:
        """Return whom the server's files belong to."""
        place = self.data if self.data.exists() else self.folder
        return server_owner(place.stat().st_uid)

    def _make_cluster(self) -> None:
        put_in_place(self.folder)
        if (self.data / "PG_VERSION").exists():
            return
        programs, owner = self.programs, self._owner()
        fresh = self.folder / "pg.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        self._give(fresh, owner)
        self._run(
            owner,
            [
                *(programs.path("initdb"), "--pgdata", fresh, "--username", USER),
                *("--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
            ],
        )
        with (fresh / "postgresql.conf").open("a") as conf:
            conf.write("\ninclude_if_exists = 'geoapp.conf'\n")
        (fresh / "pg_hba.conf").write_text(HBA)
        if self._durable:
            os.sync()
        # Only a finished cluster ever gets the name: an interrupted one is begun anew.
        fresh.rename(self.data)

    def _run(self, owner: int, argv: Sequence[str | Path]) -> None:
        done = subprocess.run(
            [*run_prefix(owner), *(str(part) for part in argv)],
            capture_output=True,
            text=True,
            errors="replace",
            env=server_environment(),
            stdin=subprocess.DEVNULL,
            cwd="/",
            check=False,
            timeout=INIT_SECONDS,
        )
        if done.returncode != 0:
            raise OSError(f"{Path(argv[0]).name}: {done.stderr.strip() or done.stdout.strip()}")

    def _make_ready(self) -> None:
        """Leave with a server that takes connections, whatever state it was in."""
        server = read_server(self.data)
        if server is not None and (server.state == "stopping" or self._was_left_read_only()):
            end_server(self.data, self._child, STOP_SECONDS)
            server = read_server(self.data)
        if server is None and listens_out_of_sight(self.socket_folder / SOCKET):
            return  # in another container on the same folder: use it, and leave it alone
        if server is None:
            owner = self._owner()
            reap(self._child)
            self._clear_traces()
            end_left_over(self.folder)
            self._prepare_files(owner)
            self._child = self._spawn(owner)
        self._wait_until_ready()

    def _was_left_read_only(self) -> bool:
        """Tell whether the server takes no changes and nobody uses it: a crossing was killed."""
        conf, users = self.data / "geoapp.conf", self._users
        if READ_ONLY in self._settings or users is None or not conf.exists():
            return False
        if READ_ONLY not in conf.read_text():
            return False
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            fcntl.flock(users, fcntl.LOCK_SH)  # nobody else comes: we hold the lock of the start
        return True

    def _clear_traces(self) -> None:
        """Remove what a killed server left behind and what would keep a new one from starting."""
        traces = [
            self.data / "postmaster.pid",
            self.socket_folder / SOCKET,
            self.socket_folder / f"{SOCKET}.lock",
        ]
        if any(os.path.lexists(trace) for trace in traces):
            end_orphans(self.data)
            for trace in traces:
                trace.unlink(missing_ok=True)

    def _prepare_files(self, owner: int) -> None:
        if self.data.stat().st_uid != owner:
            # Root's cluster from where user namespaces were allowed; here they are not.
            for folder, _, names in os.walk(self.data):
                for path in (Path(folder), *(Path(folder, name) for name in names)):
                    self._give(path, owner)
        settings = self._settings
        if self._archive is not None and keeps_log(self._archive, self.folder):
            self._prepare_archive(self._archive, owner)
            settings = keeping(self._archive, identity(self.folder) or "") | settings
        conf = self.data / "geoapp.conf"
        conf.write_text("".join(f"{name} = {quoted(value)}\n" for name, value in settings.items()))
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.rename(self.log.with_suffix(".log.1"))
        self.log.touch(mode=0o600)
        sockets = self.socket_folder
        sockets.mkdir(mode=0o700, exist_ok=True)
        found = sockets.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.geteuid(), owner):
            raise PermissionError(f"{sockets} was made by another user")
        sockets.chmod(0o700)
        for path in (conf, self.log, sockets):
            self._give(path, owner)

    def _prepare_archive(self, archive: Path, owner: int) -> None:
        """Make a place for the log. Without it the server starts, too, and waits with its log."""
        hba = self.data / "pg_hba.conf"
        if hba.exists() and hba.read_text() == FORMER_HBA:
            hba.write_text(HBA)
        for folder in (archive / WAL, archive / BASES):
            with suppress(OSError):
                folder.mkdir(mode=0o700, exist_ok=True)
                self._give(folder, owner)
        hand_over_histories(self.data)
        status = self.data / "pg_wal" / "archive_status"
        for path in (status, *status.glob("*.history.ready")):
            self._give(path, owner)

    def _spawn(self, owner: int) -> int:
        """Start postgres itself; pg_ctl goes through a shell and fails on quotes in paths.

        It gets a session of its own, so that Ctrl-C in a terminal does not reach it.
        """
        quoted = '"{}"'.format(str(self.socket_folder).replace('"', '""'))
        argv = [*run_prefix(owner), str(self.programs.path("postgres")), "-D", str(self.data)]
        for setting in (
            "listen_addresses=",
            "port=5432",
            f"unix_socket_directories={quoted}",
            "unix_socket_permissions=0700",
            "logging_collector=off",
        ):
            argv += ["-c", setting]
        log = os.open(self.log, os.O_WRONLY | os.O_APPEND)
        try:
            # Not subprocess.Popen: the server may outlive this process, on purpose.
            return os.posix_spawn(
                shutil.which(argv[0]) or argv[0],
                argv,
                server_environment(),
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_DUP2, log, 1),
                    (os.POSIX_SPAWN_DUP2, log, 2),
                ],
                setsid=True,
            )
        finally:
            os.close(log)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            server = read_server(self.data)
            if server is not None and server.state == "ready":
                return
            if server is None and (self._child is None or not _lives(self._child)):
                break
            time.sleep(POLL_SECONDS)
        end = self.log.read_bytes()[-1500:].decode(errors="replace")
        raise OSError(f"PostgreSQL did not start; the end of {self.log}:\n{end}")

    def _make_database(self) -> None:
        conninfo = make_conninfo(**self.parameters("postgres"), connect_timeout=10)
        with psycopg.connect(conninfo, autocommit=True) as connection:
            known = connection.execute(
                "select 1 from pg_database where datname = %s", (DATABASE,)
            ).fetchone()
            if known is None:
                connection.execute(f'create database "{DATABASE}"')
                log.debug("made a new store in %s", self.folder)


def _lives(pid: int) -> bool:
    """Tell whether a child still lives; one that has ended is reaped."""
    try:
        return os.waitpid(pid, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return False
