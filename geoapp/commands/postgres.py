"""``geoapp postgres``: which major version of PostgreSQL the private cluster is in, and on to another."""

import click

from geoapp.commands.context import read_settings, say
from geoapp.core.i18n import Text


@click.group(invoke_without_command=True)
@click.pass_context
def postgres(ctx: click.Context) -> None:
    """自带数据库的 PostgreSQL 大版本 / The major version that the store of geoapp's own is in."""
    if ctx.invoked_subcommand is not None:
        return
    from geoapp.operations.upkeep.majors import look

    found = look(read_settings())
    here = "、".join(map(str, found.installed)) or "无"
    say(
        Text(
            f"数据库：PostgreSQL {found.used}；本机带 PostGIS 的版本：{here}",
            f"The store: PostgreSQL {found.used}; with PostGIS here: "
            f"{', '.join(map(str, found.installed)) or 'none'}",
        )
    )
    for major, size in found.former.items():
        say(
            Text(
                f"还留着 PostgreSQL {major} 的文件（{size / 1e6:,.0f} MB）",
                f"Files of PostgreSQL {major} are kept ({size / 1e6:,.0f} MB)",
            )
        )


@postgres.command()
@click.option(
    "--to", type=int, metavar="N", help="换到哪个大版本，默认最新 / which one; the newest"
)
def upgrade(to: int | None) -> None:
    """换到新的大版本，逐表比较，旧文件留着 / Cross to a newer one, compared; the old files are kept."""
    from geoapp.operations.upkeep.majors import cross

    settings = read_settings()
    done = cross(settings, to)
    say(
        Text(
            f"PostgreSQL {done.before} → {done.after}：{done.tables} 个表、{done.rows:,} 行，与原来逐表相同。"
            f"旧文件留在 {settings.data}/pg-{done.before}。",
            f"PostgreSQL {done.before} → {done.after}: {done.tables} tables, {done.rows:,} rows, each table "
            f"as it was. The old files are kept in {settings.data}/pg-{done.before}.",
        )
    )
    say(
        Text(
            "启动服务看一看，再 geoapp postgres forget；要退回：geoapp postgres back。",
            "Start the service and look, then geoapp postgres forget; to go back: geoapp postgres back.",
        )
    )
    if settings.wal_archive is not None:
        say(
            Text(
                f"{settings.wal_archive} 里是旧版本的日志：把 GEOAPP_WAL_ARCHIVE 改为一个空文件夹，再 "
                "geoapp backup --base。",
                f"{settings.wal_archive} holds the log of the former version: let GEOAPP_WAL_ARCHIVE be an "
                "empty folder, then geoapp backup --base.",
            )
        )


@postgres.command()
@click.option(
    "--force",
    is_flag=True,
    help="换过以后保存的内容不要了 / without what was saved since it crossed",
)
def back(force: bool) -> None:
    """退回以前的版本和文件 / Go back to the former version and its files."""
    from geoapp.operations.upkeep.majors import go_back

    done = go_back(read_settings(), force=force)
    say(
        Text(
            f"PostgreSQL {done.before} → {done.after}：用回以前的文件。",
            f"PostgreSQL {done.before} → {done.after}: the former files are in use again.",
        )
    )


@postgres.command()
def forget() -> None:
    """新版本用过以后，删去以前的文件 / Remove the former files once the new version has served."""
    from geoapp.operations.upkeep.majors import forget as forget_former

    removed = forget_former(read_settings())
    for major, size in removed.items():
        say(
            Text(
                f"删去了 PostgreSQL {major} 的文件，{size / 1e6:,.0f} MB",
                f"Removed the files of PostgreSQL {major}, {size / 1e6:,.0f} MB",
            )
        )
    if not removed:
        say(Text("没有以前的文件。", "There are no former files."))
