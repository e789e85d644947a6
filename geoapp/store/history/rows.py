"""Rows of logged tables as the log has them: reading their images, and writing rows from images."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
from itertools import groupby

import orjson
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geoapp.core.errors import ConflictError
from geoapp.core.i18n import Text
from geoapp.store.history.net import Image

# As the trigger that writes the log has them.
_EXACT = (
    "set local timezone = 'UTC'",
    "set local extra_float_digits = 1",
    "set local bytea_output = 'hex'",
)


@dataclass(frozen=True, slots=True)
class LoggedTable:
    """A table that is logged.

    Attributes
    ----------
    keys
        Columns that name a row, with their types.
    columns
        All columns that can be written, and whether each must have a value.
    image
        An expression for the image of a row ``t``.
    hidden
        Columns whose values the log does not have.
    """

    name: str
    keys: dict[str, str]
    columns: dict[str, bool]
    image: str
    hidden: frozenset[str]

    @property
    def key(self) -> str:
        """An expression for the key of a row ``t``, as the log has it."""
        if len(self.keys) == 1:
            return f't."{next(iter(self.keys))}"::text'
        return "jsonb_build_array({})::text".format(", ".join(f't."{one}"' for one in self.keys))

    @property
    def is_named(self) -> str:
        """The condition that a row ``t`` is one of those that ``:keys`` names."""
        if len(self.keys) == 1:
            ((name, kind),) = self.keys.items()
            return f't."{name}" = any(cast(cast(:keys as text[]) as {kind}[]))'
        return f"{self.key} = any(:keys)"

    def key_values(self, key: str) -> Image:
        """Return the key's columns with their values, as a key of the log has them."""
        values = [key] if len(self.keys) == 1 else orjson.loads(key)
        return dict(zip(self.keys, values, strict=True))


def logged_tables(session: Session) -> dict[str, LoggedTable]:
    """Return the logged tables by name."""
    found = {}
    for name, keys, hidden, ignored in session.execute(
        text("select table_name, keys, hidden, ignored from logged_table order by table_name")
    ).all():
        columns = session.execute(
            text(
                "select attname::text, format_type(atttypid, atttypmod), attnotnull "
                "from pg_attribute where attrelid = cast(:name as regclass) and attnum > 0 "
                "and not attisdropped and attgenerated = '' order by attnum"
            ),
            {"name": name},
        ).all()
        content = [column for column, _, _ in columns if column not in (*hidden, *ignored)]
        image = session.execute(
            text(
                "select geoapp_image(cast(:name as regclass), :content, '{}', 't', 'whole')"
            ).bindparams(name=name, content=content)
        ).scalar_one()
        types = {column: kind for column, kind, _ in columns}
        found[name] = LoggedTable(
            name=name,
            keys={key: types[key] for key in keys},
            columns={column: needed for column, _, needed in columns if column in content},
            image=image.replace(":", "\\:"),  # SQLAlchemy reads a colon as a parameter
            hidden=frozenset(hidden),
        )
    return found


def tables_by_reference(session: Session) -> list[str]:
    """Return the logged tables, each after those that it refers to."""
    order: TopologicalSorter[str] = TopologicalSorter()
    for name, other in session.execute(
        text(
            "select l.table_name, r.table_name from logged_table l left join pg_constraint c "
            "on c.conrelid = cast(l.table_name as regclass) and c.contype = 'f' "
            "and c.confrelid <> c.conrelid "
            "left join logged_table r on cast(r.table_name as regclass) = c.confrelid order by 1, 2"
        )
    ):
        order.add(name, *([] if other is None else [other]))
    return list(order.static_order())


def fix_output(session: Session) -> None:
    """Let values leave the database as they entered the log, to the end of the transaction."""
    for statement in _EXACT:
        session.execute(text(statement))


def all_images(session: Session, table: LoggedTable) -> dict[str, Image]:
    """Return every row of a table as it is now, by key."""
    rows = session.execute(text(f'select {table.key}, {table.image} from "{table.name}" t'))
    return {key: image for key, image in rows}


def current_images(session: Session, table: LoggedTable, keys: Sequence[str]) -> dict[str, Image]:
    """Return the rows that these keys name as they are now, locked to the end of the transaction."""
    rows = session.execute(
        text(
            f'select {table.key}, {table.image} from "{table.name}" t where {table.is_named} '
            "for update"
        ),
        {"keys": list(keys)},
    )
    return {key: image for key, image in rows}


@contextmanager
def dependents_in_the_way(session: Session) -> Iterator[None]:
    """Do something whole; where other records forbid it, say which, with nothing done.

    Raises
    ------
    ConflictError
        If a row that others refer to goes, or one comes whose code or number is taken.
    """
    try:
        with session.begin_nested():
            yield
    except IntegrityError as error:
        detail = getattr(getattr(error.orig, "diag", None), "message_detail", None)
        said = detail or str(error.orig)
        raise ConflictError(
            Text(
                f"别的记录与之相关，没有撤销任何内容：{said}",
                f"Other records are in the way; nothing was taken back: {said}",
            )
        ) from error


def delete_rows(session: Session, table: LoggedTable, keys: Sequence[str]) -> None:
    """Delete the rows that these keys name."""
    session.execute(
        text(f'delete from "{table.name}" t where {table.is_named}'), {"keys": list(keys)}
    )


def insert_rows(session: Session, table: LoggedTable, images: Sequence[Image]) -> None:
    """Insert rows as their images say; a column that came later than an image has its default."""
    stated = {name for image in images for name in image}
    names = [name for name, needed in table.columns.items() if name in stated or not needed]
    columns = ", ".join(f'"{name}"' for name in names)
    session.execute(
        text(
            f'insert into "{table.name}" ({columns}) overriding system value select {columns} '
            f'from jsonb_populate_recordset(cast(null as "{table.name}"), cast(:rows as jsonb))'
        ),
        {"rows": orjson.dumps(list(images)).decode()},
    )


def update_rows(session: Session, table: LoggedTable, changes: Iterable[tuple[str, Image]]) -> None:
    """Give rows, by key, the values of some fields."""

    def fields(change: tuple[str, Image]) -> list[str]:
        return sorted(change[1])

    for names, group in groupby(sorted(changes, key=fields), key=fields):
        rows = [table.key_values(key) | values for key, values in group]
        changed = ", ".join(f'"{name}" = r."{name}"' for name in names)
        same = " and ".join(f't."{key}" = r."{key}"' for key in table.keys)
        session.execute(
            text(
                f'update "{table.name}" t set {changed} from '
                f'jsonb_populate_recordset(cast(null as "{table.name}"), cast(:rows as jsonb)) r '
                f"where {same}"
            ),
            {"rows": orjson.dumps(rows).decode()},
        )
