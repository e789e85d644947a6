"""The store as one object: transactions, a server that goes and comes back, migrations."""

import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from geoapp.core.errors import InvalidValueError, MissingPartError, UnavailableError
from geoapp.core.settings import Settings
from geoapp.store import engine as engine_module
from geoapp.store.cluster.cluster import Cluster
from geoapp.store.cluster.process import end_orphans
from geoapp.store.engine import Database, open_database, parse_database_url
from geoapp.store.migrate import Fit, current_revision, fit_of, head_revision, migrate
from tests.conftest import FAST, copy_store, quick_folder, run_sql


@pytest.fixture
def own_cluster(made_store: Path) -> Iterator[Cluster]:
    """A server that a test may kill."""
    parent = quick_folder()
    copy_store(made_store, parent / "data")
    cluster = Cluster(parent / "data", test_settings=FAST)
    cluster.start()
    yield cluster
    cluster.stop()
    shutil.rmtree(parent)


@pytest.fixture
def embedded(own_cluster: Cluster) -> Iterator[Database]:
    """The store on the server that a test may kill."""
    database = Database(own_cluster.parameters(), cluster=own_cluster)
    yield database
    database.close()


def kill(cluster: Cluster) -> None:
    assert cluster.pid is not None
    os.kill(cluster.pid, signal.SIGKILL)
    while cluster.pid is not None:
        time.sleep(0.01)
    end_orphans(cluster.data)  # its backends too


def one(database: Database, statement: str) -> object:
    with database.session() as session:
        result = session.connection().execute(text(statement))
        return result.scalar() if result.returns_rows else None


def test_a_session_is_one_transaction(database: Database) -> None:
    with database.session() as session:
        session.execute(text("create table t (n int primary key)"))
        session.execute(text("insert into t values (1)"))
    with pytest.raises(ZeroDivisionError), database.session() as session:
        session.execute(text("insert into t values (2)"))
        raise ZeroDivisionError
    assert one(database, "select array_agg(n) from t") == [1]


@pytest.mark.parametrize("scratch", [False, True])
def test_all_reads_of_a_snapshot_see_one_moment(database: Database, scratch: bool) -> None:
    count = text("select count(*) from demand_set")
    add = text("insert into demand_set (code, name_zh) values ('A', '甲')")
    with database.snapshot(scratch=scratch) as reading:
        assert reading.execute(count).scalar() == 0
        with database.session() as writing:
            writing.execute(add)
        assert reading.execute(count).scalar() == 0
    with database.snapshot() as reading:
        assert reading.execute(count).scalar() == 1


def test_a_snapshot_writes_nothing_and_leaves_the_connection_as_it_was(database: Database) -> None:
    with pytest.raises(DBAPIError, match="read-only"), database.snapshot() as session:
        session.execute(text("insert into demand_set (code, name_zh) values ('A', '甲')"))
    with database.snapshot(scratch=True) as session:
        session.execute(text("create temporary table scratch (n bigint) on commit drop"))
    for _ in range(2):  # the very connection that read comes back from the pool
        assert one(database, "show transaction_isolation") == "read committed"
        one(database, "insert into demand_set (code, name_zh) values (gen_random_uuid(), '甲')")


def test_an_error_of_ours_is_not_called_a_lost_connection(database: Database) -> None:
    with pytest.raises(ProgrammingError):
        one(database, "select nonsense")
    with pytest.raises(IntegrityError):
        one(database, "insert into kind (code) values ('x')")
    with pytest.raises(psycopg.errors.UndefinedColumn), database.session() as session:
        driver = session.connection().connection.driver_connection
        assert driver is not None
        driver.execute("select nonsense")
    assert one(database, "select 1") == 1


@pytest.mark.parametrize("raw", [False, True], ids=["sqlalchemy", "driver"])
def test_a_connection_lost_midway_is_unavailable_and_writes_nothing(
    database: Database, raw: bool
) -> None:
    one(database, "create table t (n int)")
    with pytest.raises(UnavailableError) as caught, database.session() as session:
        session.execute(text("insert into t values (1)"))
        backend = session.execute(text("select pg_backend_pid()")).scalar_one()
        with psycopg.connect(database.conninfo, autocommit=True) as other:
            other.execute("select pg_terminate_backend(%s, 5000)", (backend,))
        if raw:
            driver = session.connection().connection.driver_connection
            assert driver is not None
            driver.execute("select 1")
        else:
            session.execute(text("select 1"))
    assert "数据库" in caught.value.text.zh
    assert one(database, "select count(*) from t") == 0


def test_a_killed_private_server_comes_back_by_itself(
    embedded: Database, own_cluster: Cluster
) -> None:
    one(embedded, "create table kept as select 7 as n")
    kill(own_cluster)
    assert one(embedded, "select n from kept") == 7


def test_is_alive_brings_the_private_server_back_too(
    embedded: Database, own_cluster: Cluster
) -> None:
    assert embedded.is_alive()
    kill(own_cluster)
    assert embedded.is_alive()


def test_many_threads_restart_a_killed_server_once(
    embedded: Database, own_cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts: list[int] = []
    start = own_cluster.start

    def counted_start() -> None:
        starts.append(1)
        start()

    monkeypatch.setattr(own_cluster, "start", counted_start)
    together = threading.Barrier(8)

    def ask(_number: int) -> object:
        together.wait()
        return one(embedded, "select 1")

    kill(own_cluster)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == [1] * 8
    assert len(starts) == 1


def test_a_server_that_does_not_start_is_tried_rarely(
    embedded: Database, own_cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "REVIVE_EVERY_SECONDS", 3600.0)
    one(embedded, "select 1")
    pg_hba = own_cluster.data / "pg_hba.conf"
    pg_hba.rename(pg_hba.with_suffix(".away"))
    kill(own_cluster)
    with pytest.raises(UnavailableError):
        one(embedded, "select 1")
    pg_hba.with_suffix(".away").rename(pg_hba)
    assert not embedded.is_alive()  # not tried again yet
    monkeypatch.setattr(engine_module, "REVIVE_EVERY_SECONDS", 0.0)
    assert embedded.is_alive()


def test_a_server_of_ones_own_may_go_and_come_back(own_cluster: Cluster) -> None:
    database = Database(own_cluster.parameters())
    assert database.is_alive()
    own_cluster.stop()
    assert not database.is_alive()
    with pytest.raises(UnavailableError):
        one(database, "select 1")
    own_cluster.start()
    assert one(database, "select 1") == 1
    database.close()


def test_open_database_makes_and_stops_the_private_cluster(settings: Settings) -> None:
    database = open_database(settings)
    migrate(database)
    assert fit_of(database) is Fit.FIT
    assert (settings.data / "pg" / "postmaster.pid").exists()
    database.close()
    assert not (settings.data / "pg" / "postmaster.pid").exists()
    database.close()


def test_open_database_does_not_need_the_servers_answer(settings: Settings) -> None:
    away = settings.model_copy(update={"database_url": "postgresql://geoapp@127.0.0.1:1/geoapp"})
    database = open_database(away)
    assert not database.is_alive()
    assert not settings.data.exists()
    database.close()


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_an_address_of_ones_own(scheme: str) -> None:
    url = f"{scheme}://u%40x:p%2Fw@db.example:5433/geo%20app?sslmode=require"
    assert parse_database_url(url) == {
        "user": "u@x",
        "password": "p/w",
        "host": "db.example",
        "port": "5433",
        "dbname": "geo app",
        "sslmode": "require",
    }


@pytest.mark.parametrize(
    "url", ["mysql://u:secret@h/d", "u:secret@h", "postgresql://u:secret@h/d?nonsense=1"]
)
def test_an_address_that_is_not_postgresqls_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        parse_database_url(url)
    assert "DATABASE_URL" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_url_and_conninfo_lead_to_the_same_database(database: Database) -> None:
    by_url = Database(parse_database_url(database.url))
    assert one(by_url, "select current_database()") == one(database, "select current_database()")
    by_url.close()
    given = {name: value for name, value in database.parameters.items() if value}
    found = {name: value for name, value in conninfo_to_dict(database.conninfo).items() if value}
    assert found == given
    assert "secret" not in repr(Database({**database.parameters, "password": "secret"}).engine)


def test_migrating_twice_at_once(empty_database: Database) -> None:
    assert current_revision(empty_database) is None
    assert fit_of(empty_database) is Fit.OLDER
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: migrate(empty_database), range(4)))
    assert current_revision(empty_database) == head_revision()
    assert one(empty_database, "select count(*) from facility") == 0


def test_a_store_of_a_newer_geoapp_is_left_alone(database: Database) -> None:
    one(database, "update alembic_version set version_num = '9999'")
    with pytest.raises(UnavailableError, match="newer geoapp"):
        migrate(database)
    assert current_revision(database) == "9999"


def test_a_database_without_postgis_says_what_to_ask_for(
    cluster: Cluster, empty_database: Database
) -> None:
    run_sql(cluster, "create role plain login")
    plain = Database({**empty_database.parameters, "user": "plain"})
    with pytest.raises(MissingPartError, match="CREATE EXTENSION postgis;"):
        migrate(plain)
    plain.close()
    run_sql(cluster, "drop role plain")
    assert current_revision(empty_database) is None


def test_a_forked_child_uses_connections_of_its_own(database: Database) -> None:
    parent = one(database, "select pg_backend_pid()")
    child = os.fork()
    if child == 0:
        os._exit(0 if one(database, "select pg_backend_pid()") != parent else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert one(database, "select pg_backend_pid()") == parent


@pytest.mark.parametrize(
    ("state", "zh", "en", "may_pass"),
    [
        ("53100", "磁盘已满", "disk", False),
        ("53200", "内存不足", "memory", True),
        ("53300", "连接数已满", "too many connections", True),
        ("53400", "资源不足", "short of resources", False),
        ("57P01", "暂时无法连接", "does not answer", True),
        ("57P03", "暂时无法连接", "does not answer", True),
        ("25006", "只读", "read-only", False),
    ],
)
def test_what_the_database_is_short_of_is_named(
    database: Database, state: str, zh: str, en: str, may_pass: bool
) -> None:
    failing = f"do $$ begin raise exception 'x' using errcode = '{state}'; end $$"
    with pytest.raises(UnavailableError) as told, database.session() as session:
        session.execute(text(failing))
    assert zh in told.value.text.zh
    assert en in told.value.text.en
    assert told.value.may_pass == may_pass


def test_what_is_wrong_with_the_connection_is_named(
    own_cluster: Cluster, subtests: pytest.Subtests
) -> None:
    """Each mistake of an operator has a sentence of its own, and none is waited for."""
    run_sql(own_cluster, "create role guarded login password 'right'")
    run_sql(own_cluster, "create role crowded login connection limit 0")
    run_sql(own_cluster, "create table secret (n int)")
    run_sql(own_cluster, "create database shut")
    run_sql(own_cluster, "revoke connect on database shut from public")
    with psycopg.connect(make_conninfo(**own_cluster.parameters("postgres"))) as connection:
        found = connection.execute("select current_setting('hba_file')").fetchone()
    assert found is not None
    rules = Path(found[0])
    rules.write_text("local all guarded scram-sha-256\n" + rules.read_text())
    own_cluster.stop()  # a reload would take place at some later moment
    own_cluster.start()
    right = {"user": "guarded", "password": "right"}
    for wrong, zh, may_pass in (
        ({"dbname": "nowhere"}, "没有这个名称的数据库", False),
        ({"user": "nobody"}, "没有这个用户", False),
        ({**right, "password": "wrong"}, "不接受这个用户名或密码", False),
        ({"user": "crowded"}, "连接数已满", True),
        ({"host": "127.0.0.1", "port": "9"}, "地址和端口没有应答", True),
        (right, "没有所需的权限", False),
        ({**right, "dbname": "shut"}, "没有连接这个库的权限", False),
    ):
        with subtests.test(zh):
            database = Database({**own_cluster.parameters("postgres"), **wrong})
            try:
                with pytest.raises(UnavailableError) as refused, database.session() as session:
                    session.execute(text("select n from secret"))
            finally:
                database.close()
            assert zh in refused.value.text.zh
            assert refused.value.text.en
            assert refused.value.may_pass == may_pass
