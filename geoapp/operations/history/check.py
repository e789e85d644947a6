"""Hold the log of changes against its seals, and what is stored against the log."""

from collections.abc import Iterator

from geoapp.core.i18n import Text
from geoapp.store.backup import LEFT_OUT
from geoapp.store.engine import Database
from geoapp.store.history.chain import check_chain
from geoapp.store.history.register import Misfit, misfits


def check_history(database: Database) -> tuple[bool, Text]:
    """Tell whether the log is as it was written, and say so in words."""
    with database.snapshot() as session:
        state = check_chain(session)
    if state.broken is not None:
        return False, Text(
            f"变更记录被改动过：第一处不符的是第 {state.broken} 组变更。请与备份核对，"
            "查明是谁直接改动了数据库。",
            f"The log of changes was tampered with: the first set that does not fit is "
            f"{state.broken}. Compare it with a backup, and find out who wrote into the database.",
        )
    if state.ends_early:
        return False, Text(
            "变更记录的末尾不见了：最后若干组变更被删除。请与备份核对。",
            "The end of the log of changes is gone: the last sets were removed. Compare it with "
            "a backup.",
        )
    return True, Text(
        f"变更记录完好：{state.sets:,} 组，末端 {state.head[:16]}",
        f"The log of changes is sound: sets {state.sets:,}, end {state.head[:16]}",
    )


def check_register(database: Database) -> tuple[bool, Text]:
    """Tell whether what is stored is what the log says, and say so in words."""
    with database.snapshot() as session:
        found = misfits(session, LEFT_OUT)
    if not found:
        return True, Text("数据与变更记录一致", "What is stored is what the log of changes says")
    told = [_told(one) for one in found]
    return False, Text(
        f"数据与变更记录不符：{'；'.join(one.zh for one in told)}。有人绕过记录直接改动了数据库："
        "请与备份核对，查明是谁。被改的值在 geoapp 里重新填写；要找回缺少的行，把备份恢复到空库"
        "（geoapp restore）。",
        f"What is stored is not what the log of changes says: {'; '.join(one.en for one in told)}. "
        "Somebody wrote into the database past the log: compare it with a backup and find out who. "
        "Write values that were changed anew in geoapp; to have missing rows again, restore a backup "
        "into an empty store (geoapp restore).",
    )


def _told(one: Misfit) -> Text:
    parts = list(_counts(one))
    keys = ", ".join(one.keys)
    more = one.changed + one.gone + one.unlogged > len(one.keys)
    return Text(
        f"{one.table} {'、'.join(part.zh for part in parts)}（键 {keys}{' 等' if more else ''}）",
        f"{one.table}: {', '.join(part.en for part in parts)} "
        f"(key {keys}{' and others' if more else ''})",
    )


def _counts(one: Misfit) -> Iterator[Text]:
    if one.changed:
        yield Text(f"被改 {one.changed:,} 行", f"changed {one.changed:,}")
    if one.gone:
        yield Text(f"缺少 {one.gone:,} 行", f"missing {one.gone:,}")
    if one.unlogged:
        yield Text(f"多出 {one.unlogged:,} 行", f"not in the log {one.unlogged:,}")
