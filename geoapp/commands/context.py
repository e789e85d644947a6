"""What every command needs: the settings, the store, and one way to print."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text

if TYPE_CHECKING:
    from geoapp.core.settings import Settings
    from geoapp.store.engine import Database


def read_settings(**changes: object) -> Settings:
    """Read the settings from the environment; ``changes`` that are not None go before it.

    Raises
    ------
    InvalidValueError
        If a variable has a value that is not accepted.
    """
    from pydantic import ValidationError

    from geoapp.core.settings import Settings

    chosen = {name: value for name, value in changes.items() if value is not None}
    try:
        return Settings(**chosen)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = "GEOAPP_" + ".".join(str(part) for part in first["loc"]).upper()
        raise InvalidValueError(
            name.replace("GEOAPP_DATABASE_", "DATABASE_"),
            first.get("input"),
            Text(first["msg"], first["msg"]),
        ) from None


@contextmanager
def open_store(settings: Settings | None = None) -> Iterator[tuple[Settings, Database]]:
    """Open the store, bring its tables up to date, and close it at the end."""
    from geoapp.store.engine import open_database
    from geoapp.store.migrate import migrate

    settings = settings or read_settings()
    database = open_database(settings)
    try:
        migrate(database)
        yield settings, database
    finally:
        database.close()


def say(text: Text) -> None:
    """Print one line in both languages."""
    click.echo(text.both())


class NewFile(click.Path):
    """A file that a command is to write, asked for before it does its work: its folder must be there."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path; end the command with 2 where its folder is missing or cannot be written."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if not path.parent.is_dir() or not os.access(path.parent, os.W_OK | os.X_OK):
            zh, en = "不是可写的文件夹", "is no folder that can be written"
            self.fail(f"{path.parent} {zh} / {path.parent} {en}", param, ctx)
        return path


paper_language = click.option(
    "--lang",
    "language",
    type=click.Choice(["zh", "en"]),
    default="zh",
    show_default=True,
    help="材料和工作簿（.pdf .pptx .html .xlsx）的语言 / of papers and workbooks",
)
