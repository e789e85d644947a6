"""Hold the log of changes against its seals."""

from geoapp.core.i18n import Text
from geoapp.store.engine import Database
from geoapp.store.history.chain import check_chain


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
