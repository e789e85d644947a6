"""``geoapp doctor``, ``backup``, ``restore`` and ``prune``: what an operator does."""

from pathlib import Path

import click

from geoapp.commands.context import open_store, read_settings, say
from geoapp.commands.verify import EXIT_REFUSED
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
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--with-keys", is_flag=True, help="连同签名密钥 secret.key / the key that signs sessions, too"
)
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    metavar="N",
    help="FILE 是文件夹：在里面新写一个，只留最新的 N 个 / FILE is a folder: write a new one there, keep the newest N",
)
def backup(file: Path, with_keys: bool, keep: int | None) -> None:
    """备份数据库、步行网络和街道底图 / Write the store, walking network and base map to FILE."""
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


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="替换已有数据 / replace what is stored")
@click.option(
    "--check",
    is_flag=True,
    help="只演练：恢复到临时的库，逐表比较，不动现有数据 / a drill: into a scratch store, compared table by table",
)
def restore(file: Path, force: bool, check: bool) -> None:
    """从备份恢复到空库 / Restore FILE into an empty store."""
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
