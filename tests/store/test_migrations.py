"""The tables go up, down and up again on a filled store, and fit the models."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import text

from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from geoapp.store.migrate import MIGRATIONS, current_revision, head_revision, migrate
from geoapp.store.models import Base
from tests.seed import seed_town

_OTHERS = ("procrastinate", "spatial_ref_sys", "alembic_version")


def _is_ours(
    _object: object, name: str | None, kind: str, _reflected: bool, _other: object
) -> bool:
    return kind != "table" or not (name or "").startswith(_OTHERS)


def test_tables_fit_the_models(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": _is_ours})
        assert compare_metadata(context, Base.metadata) == []


def test_up_down_and_up_again_on_a_filled_store(database: Database) -> None:
    initialise(database)
    seed_town(database)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        left = connection.execute(
            text(
                "select relname from pg_class where relnamespace = 'public'::regnamespace "
                "and relkind = 'r' order by 1"
            )
        ).scalars()
        assert set(left) == {"alembic_version", "spatial_ref_sys"}
        functions = connection.execute(
            text(
                "select proname from pg_proc p where pronamespace = 'public'::regnamespace and not "
                "exists (select from pg_depend where objid = p.oid and deptype = 'e')"
            )
        ).scalars()
        assert list(functions) == []
    migrate(database)
    assert current_revision(database) == head_revision()
    initialise(database)
    seed_town(database)


def test_every_change_raises_the_version_and_stamps_the_row(database: Database) -> None:
    initialise(database)
    seed_town(database)

    def version() -> int:
        with database.session() as session:
            return session.execute(
                text("select version from data_version where name = 'facilities'")
            ).scalar_one()

    before = version()
    with database.session() as session:
        session.execute(text("update facility set phone = '110' where code = 'T-1'"))
    with database.session() as session:
        rev = session.execute(text("select rev from facility where code = 'T-1'")).scalar_one()
    assert version() == rev == before + 1
    with database.session() as session:
        gone = session.execute(
            text("delete from facility where code = 'T-1' returning id")
        ).scalar_one()
    with database.session() as session:
        buried = session.execute(
            text("select rev from facility_tombstone where facility_id = :id"), {"id": gone}
        ).scalar_one()
    assert buried == version() == before + 2


def test_a_moving_facilitys_places_are_part_of_it(database: Database) -> None:
    initialise(database)
    seed_town(database)
    with database.session() as session:
        before = session.execute(text("select rev from facility where code = 'T-2'")).scalar_one()
        session.execute(
            text(
                "insert into facility_place (facility_id, geom) select id, "
                "st_setsrid(st_makepoint(120.4, 36.1), 4326) from facility where code = 'T-2'"
            )
        )
    with database.session() as session:
        after = session.execute(text("select rev from facility where code = 'T-2'")).scalar_one()
    assert after > before
