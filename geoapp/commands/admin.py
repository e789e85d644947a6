"""``geoapp doctor``, ``backup`` and ``restore``: what an operator does."""

from pathlib import Path

import click

from geoapp.commands.context import open_store, read_settings, say
from geoapp.core.i18n import Text


@click.command()
def doctor() -> None:
    """检查缺什么、怎么补 / Say what is missing and how to get it."""
    from geoapp.operations.upkeep.doctor import examine

    findings = examine(read_settings())
    for finding in findings:
        click.echo(f"{'✓' if finding.ok else '✗'} {finding.name}: {finding.text.both()}")
    if not all(finding.ok for finding in findings):
        raise click.exceptions.Exit(4)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """备份整个数据库 / Write the whole store to FILE (pg_dump's custom format)."""
    from geoapp.operations.upkeep import backup as backups

    with open_store() as (_settings, database):
        backups.backup(database, file)
    say(Text(f"已备份到 {file}", f"Backed up to {file}"))


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="替换已有数据 / replace what is stored")
def restore(file: Path, force: bool) -> None:
    """从备份恢复到空库 / Restore FILE into an empty store."""
    from geoapp.operations.upkeep import backup as backups
    from geoapp.store.engine import open_database

    database = open_database(read_settings())
    try:
        backups.restore(database, file, force=force)
    finally:
        database.close()
    say(Text(f"已从 {file} 恢复", f"Restored from {file}"))
