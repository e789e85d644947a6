"""Why a private cluster cannot be started, in words."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg

from geoapp.core.errors import FullDiskError, UnavailableError, full_disk
from geoapp.core.i18n import Text

START_BYTES: Final = 2 * 16 * 1024 * 1024  # two segments of the write-ahead log


@contextmanager
def named_trouble(folder: Path) -> Iterator[None]:
    """Say of the system's errors within the block what is the matter with a data folder.

    Raises
    ------
    FullDiskError
        If its disk is full, or may lack room for what a server has to write first.
    UnavailableError
        In place of any other.
    """
    try:
        yield
    except (OSError, subprocess.TimeoutExpired, psycopg.OperationalError) as error:
        if full_disk(error) or _has_no_room(folder):
            raise FullDiskError(
                Text(
                    f"数据文件夹 {folder} 所在的磁盘已满，数据库无法启动：请清理磁盘。",
                    f"The disk of the data folder {folder} is full, so that the database "
                    "cannot be started: make room on it.",
                )
            ) from error
        raise UnavailableError(
            Text(
                f"数据文件夹 {folder} 中的数据库无法启动：{error}",
                f"The database in the data folder {folder} cannot be started: {error}",
            )
        ) from error


def _has_no_room(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < START_BYTES
    except OSError:
        return False
