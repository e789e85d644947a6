"""The operator's base maps in use: the one of the settings first, then those that were taken in.

The latter lie in ``base-maps.json`` of the data folder, for its owner alone since keys are in it, and are
replaced in one step. Every process reads the file anew when it has changed.
"""

from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import orjson

from geoapp.core.base_maps import OF_SETTINGS, SUBDOMAINS, OperatorMap
from geoapp.core.errors import NotFoundError, UnusableInputError
from geoapp.core.files import replaced_whole
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.core.words import Datum

_FILE: Final = "base-maps.json"
_FORMAT: Final = 1
_NAME: Final = Text("底图", "Base map")


def operator_maps(settings: Settings) -> tuple[OperatorMap, ...]:
    """Return the operator's base maps, the one that is shown first at the head.

    Where what was taken in is damaged it counts as none, so that pages go on; see ``damage_of``.
    """
    try:
        kept = _kept(settings)
    except UnusableInputError:
        kept = ()
    if not settings.basemap_url:
        return kept
    first = OperatorMap(
        code=OF_SETTINGS,
        name=_NAME,
        datum=Datum(settings.basemap_datum),
        address=settings.basemap_url,
        credit=settings.basemap_attribution,
        deepest_zoom=19,
        subdomains=SUBDOMAINS,
    )
    return (first, *kept)


def operator_map(settings: Settings, code: str) -> OperatorMap:
    """Return one of them.

    Raises
    ------
    NotFoundError
        If there is none of this code.
    """
    for one in operator_maps(settings):
        if one.code == code:
            return one
    raise NotFoundError(_NAME, code)


def damage_of(settings: Settings) -> UnusableInputError | None:
    """Return why the maps that were taken in cannot be read; None where they can."""
    try:
        _kept(settings)
    except UnusableInputError as error:
        return error
    return None


def version_of_maps(settings: Settings) -> str:
    """Return a text that changes whenever one of them does."""
    return blake2b(repr(operator_maps(settings)).encode(), digest_size=8).hexdigest()


def keep_maps(settings: Settings, maps: list[OperatorMap]) -> None:
    """Let these be the maps in use, in place of those that were taken in before."""
    told = {"format": _FORMAT, "maps": [_told(one) for one in maps]}
    with replaced_whole(settings.data / _FILE, private=True) as fresh:
        fresh.write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2))


def _kept(settings: Settings) -> tuple[OperatorMap, ...]:
    path = settings.data / _FILE
    try:
        state = path.stat()
    except OSError:
        return ()
    return _read(path, (state.st_ino, state.st_mtime_ns, state.st_size))


def _told(one: OperatorMap) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": list(one.name),
        "datum": str(one.datum),
        "address": one.address,
        "labels": one.labels,
        "credit": one.credit,
        "least_zoom": one.least_zoom,
        "deepest_zoom": one.deepest_zoom,
        "subdomains": list(one.subdomains),
        "key": one.key,
        "sends_origin": one.sends_origin,
        "file": None if one.file is None else str(one.file),
        "is_vector": one.is_vector,
        "side_px": one.side_px,
    }


@lru_cache(maxsize=4)
def _read(path: Path, _state: tuple[int, int, int]) -> tuple[OperatorMap, ...]:
    try:
        told = orjson.loads(path.read_bytes())
        if told["format"] != _FORMAT:
            raise ValueError(told["format"])
        return tuple(
            OperatorMap(
                **one
                | {
                    "name": Text(*one["name"]),
                    "datum": Datum(one["datum"]),
                    "subdomains": tuple(one["subdomains"]),
                    "file": None if one["file"] is None else Path(one["file"]),
                }
            )
            for one in told["maps"]
        )
    except (OSError, ValueError, KeyError, TypeError):
        raise UnusableInputError(
            Text(
                f"底图设置已损坏：{path}；请重新导入（geoapp import base-maps 文件）",
                f"The kept base maps are damaged: {path}; import them again (geoapp import base-maps FILE)",
            )
        ) from None
