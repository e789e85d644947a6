"""The cluster's write-ahead log, kept segment by segment in a folder of the operator's.

With a copy of the cluster (`geoapp.operations.upkeep.base_backup`) and the log since, the store is
brought back as it was at any moment. PostgreSQL itself hands out each segment when it is full, or
has waited for ``ARCHIVE_SECONDS``, and fetches them again.
"""

import gzip
import json
import os
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text

WAL: Final = "wal"
BASES: Final = "base"
OWNER: Final = "owner"
ARCHIVE_SECONDS: Final = 300
MOST_PATH_BYTES: Final = 500
_SEGMENT_BYTES: Final = 16 * 1024 * 1024  # initdb's, which makes our clusters
_SEGMENT: Final = re.compile(r"([0-9A-F]{8})([0-9A-F]{16})(\.[0-9A-F]{8}\.backup)?\.gz")
_HISTORY: Final = re.compile(r"([0-9A-F]{8})\.history\.gz")
ABOUT: Final = "about.json"


def keeping(folder: Path, owner: str) -> dict[str, str]:
    """Return the server's settings with which it hands its log over to a folder.

    A segment appears whole and is on the disk before the server may forget it. One that is there
    already, as after a crash, must be the same. Nothing is written once the folder is another's.

    Parameters
    ----------
    owner
        Who the folder must belong to (`geoapp.store.cluster.archive_owner`).

    Raises
    ------
    InvalidValueError
        If the path is too long: the server cuts its commands off.
    """
    check_path(folder)
    return {
        "wal_level": "replica",
        "archive_mode": "on",
        "archive_timeout": str(ARCHIVE_SECONDS),
        "archive_command": f'a={_for_shell(folder)}; d="$a"/{WAL}; f="$d"/%f.gz; n="$d"/.%f.part; '
        f'[ "$(cat "$a"/{OWNER})" = {owner} ] || exit 1; '
        'if [ -e "$f" ]; then gzip -dc "$f" | cmp -s - %p; '
        'else gzip -c %p > "$n" && sync "$n" && mv "$n" "$f" && sync "$d"; fi',
    }


def check_path(folder: Path) -> None:
    """Refuse a folder whose path is too long for the server's commands.

    Raises
    ------
    InvalidValueError
        If it is.
    """
    if len(os.fsencode(folder)) > MOST_PATH_BYTES:
        accepted = Text(
            f"不超过 {MOST_PATH_BYTES} 字节的路径", f"a path of {MOST_PATH_BYTES} bytes at most"
        )
        raise InvalidValueError("GEOAPP_WAL_ARCHIVE", folder, accepted)


def fetching(folder: Path) -> dict[str, str]:
    """Return the server's settings with which it fetches its log from a folder."""
    fetch = f'f={_for_shell(folder / WAL)}/%f.gz; [ -e "$f" ] && gzip -dc "$f" > %p'
    return {"restore_command": fetch}


def _for_shell(folder: Path) -> str:
    # To which the server gives what it has put in where % stands.
    return shlex.quote(str(folder)).replace("%", "%%")


def hand_over_histories(cluster_folder: Path) -> None:
    """Let a server that was brought back hand over where its log branched off, too.

    While it was brought back it kept nothing; without this, nobody would find what it wrote since.
    """
    log = cluster_folder / "pg_wal"
    (log / "archive_status").mkdir(mode=0o700, exist_ok=True)
    for one in log.glob("*.history"):
        status = log / "archive_status" / one.name
        if not status.with_name(f"{one.name}.done").exists():
            status.with_name(f"{one.name}.ready").touch(mode=0o600)


@dataclass(frozen=True, slots=True)
class Base:
    """A copy of the cluster: good for every moment from ``finished_at`` on.

    ``start`` and ``end`` are positions of the log on ``timeline``, which it needs at least.
    """

    folder: Path
    finished_at: datetime
    timeline: int
    start: int
    end: int
    major: int

    @classmethod
    def read(cls, folder: Path) -> "Base":
        """Return the copy in a folder.

        Raises
        ------
        OSError, ValueError, LookupError
            If it is none.
        """
        told = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        manifest = json.loads((folder / "backup_manifest").read_text(encoding="utf-8"))
        (needed,) = manifest["WAL-Ranges"]
        return cls(
            folder,
            datetime.fromisoformat(told["finished_at"]),
            int(needed["Timeline"]),
            _position(needed["Start-LSN"]),
            _position(needed["End-LSN"]),
            int(told["major"]),
        )


def bases(archive: Path) -> list[Base]:
    """Return the copies in an archive, the oldest first; what is no whole copy is none."""
    found = []
    for folder in (archive / BASES).glob("*/"):
        try:
            found.append(Base.read(folder))
        except (OSError, ValueError, LookupError):
            continue
    return sorted(found, key=lambda one: one.finished_at)


def is_ancestor(base: Base, branches: Mapping[int, int], newest: int) -> bool:
    """Tell whether the newest life of the store goes on from a copy.

    A store that was brought back has a life of its own from there on (a timeline); what its former
    life wrote after that is not part of it.

    Parameters
    ----------
    branches
        For each timeline before the newest, where the newest left it.
    """
    return base.timeline == newest or base.end <= branches.get(base.timeline, -1)


def read_branches(history: str) -> dict[int, int]:
    """Return, for each timeline that a timeline comes from, at which position it was left."""
    found = {}
    for line in history.splitlines():
        words = line.split()
        if len(words) >= 2 and words[0].isdigit():
            found[int(words[0])] = _position(words[1])
    return found


def newest_history(archive: Path) -> Path | None:
    """Return the file that tells where the newest timeline comes from; None while there is but one."""
    files = [one for one in (archive / WAL).glob("*.gz") if _HISTORY.fullmatch(one.name)]
    return max(files, default=None, key=lambda one: one.name)


def read_history(path: Path) -> str:
    """Return what such a file says."""
    return gzip.decompress(path.read_bytes()).decode("utf-8", errors="replace")


def timeline_of(history: Path) -> int:
    """Return the timeline that such a file belongs to."""
    return int(history.name[:8], 16)


def segments(archive: Path) -> Iterator[Path]:
    """Yield the whole segments of the log."""
    for one in (archive / WAL).glob("*.gz"):
        named = _SEGMENT.fullmatch(one.name)
        if named is not None and named[3] is None:
            yield one


def remove_before(archive: Path, position: int) -> int:
    """Remove the segments that hold nothing from a position on; return how many.

    Files of other names stay, and those that tell of timelines.
    """
    number = position // _SEGMENT_BYTES
    first = f"{number >> 8:08X}{number & 0xFF:08X}"  # 256 segments to each of the older count
    gone = 0
    for one in (archive / WAL).glob("*.gz"):
        named = _SEGMENT.fullmatch(one.name)
        if named is not None and named[2] < first:
            one.unlink(missing_ok=True)
            gone += 1
    return gone


def _position(lsn: str) -> int:
    high, low = lsn.split("/")
    return int(high, 16) << 32 | int(low, 16)
