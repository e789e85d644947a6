"""``geoapp doctor``, ``backup``, ``restore`` and ``prune``: what an operator does."""

from pathlib import Path
from zoneinfo import ZoneInfo

import click

from geoapp.commands.context import open_store, read_settings, say
from geoapp.commands.verify import EXIT_REFUSED
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text


@click.command()
def doctor() -> None:
    """检查缺什么、怎么补 / Say what is missing and how to get it."""
    from geoapp.operations.upkeep.doctor import examine

    findings = examine(read_settings())
    for finding in findings:
        mark = "✗" if not finding.ok else "!" if finding.soon else "✓"
        click.echo(f"{mark} {finding.name}: {finding.text.both()}")
    if not all(finding.ok for finding in findings):
        raise click.exceptions.Exit(4)


@click.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option(
    "--base",
    is_flag=True,
    help="基础备份，写进 GEOAPP_WAL_ARCHIVE，不写 FILE / a copy for any later moment, into GEOAPP_WAL_ARCHIVE",
)
@click.option(
    "--take-over",
    is_flag=True,
    help="先接管 GEOAPP_WAL_ARCHIVE，代替原来的库 / first take the folder over, in the former store's place",
)
@click.option(
    "--with-keys", is_flag=True, help="连同签名密钥 secret.key / the key that signs sessions, too"
)
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    metavar="N",
    help="FILE 是文件夹：在里面新写一个，只留最新的 N 个 / FILE is a folder: write a new one there, keep the newest N",
)
def backup(
    file: Path | None, base: bool, take_over: bool, with_keys: bool, keep: int | None
) -> None:
    """备份数据库、步行网络和街道底图 / Write the store, walking network and base map to FILE."""
    if base == (file is not None) or (base and with_keys):
        accepted = Text(
            "文件名；--base 时不写，也不带 --with-keys",
            "a file's name; none with --base, nor --with-keys",
        )
        raise InvalidValueError("FILE", file or "", accepted)
    if take_over and not base:
        raise InvalidValueError("--take-over", True, Text("只和 --base 一起", "with --base alone"))
    if file is None:
        _base(keep, take_over=take_over)
        return
    from geoapp.operations.upkeep import backup as backups
    from geoapp.operations.upkeep.backup_rounds import backup_round

    removed: list[Path] = []
    with open_store() as (settings, database):
        if keep is None:
            report = backups.backup(database, settings, file, with_keys=with_keys)
        else:
            report, removed = backup_round(database, settings, file, keep=keep, with_keys=with_keys)
    say(Text(f"已备份到 {report.path}", f"Backed up to {report.path}"))
    for old in removed:
        say(Text(f"删去了旧备份 {old.name}", f"Removed the old backup {old.name}"))
    if report.keys:
        say(
            Text(
                "备份中有签名密钥：拿到它的人可以冒充任何用户登录，请像密码一样保管。",
                "It holds the key that signs sessions: whoever has it can sign in as anybody. "
                "Keep it like a password.",
            )
        )
    elif with_keys:
        say(Text("数据文件夹中没有密钥。", "The data folder holds no key."))
    if report.damage is not None:
        zh, en = report.damage.zh, report.damage.en
        say(Text(f"备份不全：{zh}", f"The backup is not complete: {en}"))
        raise click.exceptions.Exit(4)


def _base(keep: int | None, *, take_over: bool) -> None:
    from geoapp.operations.upkeep.base_backup import base_backup, take_archive_over

    if take_over:
        take_archive_over(read_settings())
    with open_store() as (settings, database):
        report = base_backup(database, settings, keep=keep)
    size = f"{report.size_bytes / 1e6:,.1f} MB"
    say(Text(f"基础备份：{report.folder}，{size}", f"Base backup: {report.folder}, {size}"))
    for name in report.removed:
        say(Text(f"删去了旧基础备份 {name}", f"Removed the old base backup {name}"))
    if report.segments:
        count = report.segments
        say(
            Text(
                f"删去了 {count} 段只有旧基础备份才用的日志",
                f"Removed {count} segments of the log that only older ones needed",
            )
        )


@click.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--force", is_flag=True, help="替换已有数据 / replace what is stored")
@click.option(
    "--check",
    is_flag=True,
    help="只演练：恢复到临时的库，逐表比较，不动现有数据 / a drill: into a scratch store, compared table by table",
)
@click.option(
    "--until",
    metavar="TIME",
    help="FILE 是日志文件夹：恢复到这个时刻，如 '2026-11-30 12:00' / FILE is a folder of the log: as it was then",
)
def restore(file: Path, force: bool, check: bool, until: str | None) -> None:
    """从备份恢复到空库 / Restore FILE into an empty store."""
    if file.is_dir():
        _until(file, until or "", force=force, check=check)
        return
    if until is not None:
        accepted = Text(
            "基础备份和日志所在的文件夹（--until）", "the folder of base backups and log (--until)"
        )
        raise InvalidValueError("FILE", file, accepted)
    if check:
        _check(file)
        return
    from geoapp.operations.upkeep import backup as backups
    from geoapp.store.engine import open_database

    settings = read_settings()
    database = open_database(settings)
    try:
        report = backups.restore(database, settings, file, force=force)
    finally:
        database.close()
    say(Text(f"已从 {file} 恢复", f"Restored from {file}"))
    if report.keys:
        say(Text("签名密钥已换成备份中的。", "The key that signs sessions is that of the backup."))
    if report.network is None:
        say(
            Text(
                "备份中没有步行网络，原有的没有改变。",
                "The backup holds no walking network; the one in use, if any, is as before.",
            )
        )
    if report.streets is None:
        say(
            Text(
                "备份中没有街道底图，原有的没有改变。",
                "The backup holds no base map; the one in use, if any, is as before.",
            )
        )


def _until(folder: Path, until: str, *, force: bool, check: bool) -> None:
    from geoapp.core.parsing import parse_moment
    from geoapp.operations.upkeep.point_in_time import restore_until

    if force:
        accepted = Text(
            "不用：这样恢复只到空的数据文件夹", "nothing: this restores into an empty folder alone"
        )
        raise InvalidValueError("--force", True, accepted)
    settings = read_settings()
    moment = parse_moment("--until", until, settings.timezone)
    report = restore_until(settings, folder, moment, keep=not check)
    zone = ZoneInfo(settings.timezone)
    base = f"{report.base.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    if check:
        say(
            Text(
                "演练：可以恢复，没有留下什么", "Drill: it can be restored; nothing was left of it"
            )
        )
    last = report.last_change
    upto = base if last is None else f"{last.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    say(
        Text(
            f"从 {base} 的基础备份恢复，最后一次改动在 {upto}",
            f"Restored from the base backup of {base}; the last change is of {upto}",
        )
    )
    if moment is not None and not report.reached:
        say(
            Text(
                "日志里没有更晚的改动：那以后没有人改过，或者那以后的日志没有存下来。",
                "The log holds nothing later: nothing was changed after that, or its log was not kept.",
            )
        )
    if not check:
        say(
            Text(
                "它的日志还不存进这个文件夹。如果由它代替原来的库：停下原来的，设 GEOAPP_WAL_ARCHIVE，"
                "再 geoapp backup --base --take-over",
                "Its log is not kept in this folder yet. If it takes the former store's place: stop that "
                "one, set GEOAPP_WAL_ARCHIVE, then geoapp backup --base --take-over",
            )
        )
    say(report.history)
    if not report.history_sound:
        raise click.exceptions.Exit(EXIT_REFUSED)


def _check(file: Path) -> None:
    from geoapp.operations.upkeep.restore_check import check_backup

    drill = check_backup(read_settings(), file)
    for line in drill.lines():
        say(line)
    if not drill.ok:
        raise click.exceptions.Exit(EXIT_REFUSED)


@click.command()
@click.option(
    "--days",
    type=click.IntRange(min=1, max=36_500),
    default=90,
    show_default=True,
    help="结束超过多少天的运行 / runs that ended more than so many days ago",
)
@click.option("--dry-run", is_flag=True, help="只说会删什么 / only say what would go")
def prune(days: int, dry_run: bool) -> None:
    """删去没人用的旧运行 / Remove old runs that nobody relies on."""
    from geoapp.operations.runs.prune import prune_runs

    with open_store() as (_settings, database):
        gone = prune_runs(database, days, dry_run=dry_run)
    count, megabytes = len(gone.runs), f"{gone.array_bytes / 1e6:,.1f} MB"
    if dry_run:
        say(
            Text(
                f"会删去 {count} 个运行，{megabytes}（没有删）",
                f"{count} runs with {megabytes} would go; nothing was removed",
            )
        )
        return
    say(Text(f"删去了 {count} 个运行，{megabytes}", f"Removed {count} runs with {megabytes}"))
