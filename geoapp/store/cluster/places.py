"""Where a cluster's files lie in the data folder: in use, about to be, and kept from before.

Files of another major version of PostgreSQL take the place of those in use by names alone, each of
which the disk changes whole. Whoever is killed between two of them has the next start finish it:

    pg.next   the files of a whole, checked cluster, about to become ``pg``
    pg        the files in use
    pg-15     files of PostgreSQL 15 that were in use before
"""

import re
from pathlib import Path
from typing import Final

from geoapp.core.files import synced
from geoapp.store.cluster.archive_owner import IDENTITY

DATA: Final = "pg"
NEXT: Final = "pg.next"
_KEPT: Final = re.compile(r"pg-(\d+)")


def major_of(cluster: Path) -> int | None:
    """Return the major version that wrote a cluster's files; None where there are none."""
    try:
        return int((cluster / "PG_VERSION").read_text().strip())
    except (FileNotFoundError, NotADirectoryError):
        return None


def kept(folder: Path) -> dict[int, Path]:
    """Return the files of former clusters in a data folder by their major version."""
    found = ((_KEPT.fullmatch(one.name), one) for one in folder.glob("pg-*"))
    return {int(match[1]): one for match, one in found if match is not None and one.is_dir()}


def kept_as(folder: Path, major: int) -> Path:
    """Return where files of a major version are kept that are no longer in use."""
    return folder / f"{DATA}-{major}"


def put_in_place(folder: Path) -> None:
    """Let ``pg.next`` take the place of the files in use, which are kept. Nobody may use the cluster.

    Whose the archive of the log is goes with the files: others would write their own log into it.

    Raises
    ------
    OSError
        If files of the version in use are kept already, or the disk refuses; the next call goes on.
    """
    fresh, data, identity = folder / NEXT, folder / DATA, folder / IDENTITY
    if not fresh.exists():
        return
    former = major_of(data)
    if former is not None:
        place = kept_as(folder, former)
        if identity.exists():
            identity.rename(place.with_name(f"{place.name}.{IDENTITY}"))
        data.rename(place)
    its_own = folder / f"{DATA}-{major_of(fresh)}.{IDENTITY}"
    if its_own.exists():
        its_own.rename(identity)
    fresh.rename(data)
    synced(folder)
