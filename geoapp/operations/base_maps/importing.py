"""Take an operator's base maps in from a file: what stands elsewhere is looked up now, not by the pages."""

from dataclasses import replace
from http.client import HTTPException
from pathlib import Path
from typing import Final
from urllib.request import Request, urlopen

from geoapp.core.base_maps import OperatorMap
from geoapp.core.errors import UnusableInputError
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.importers.base_maps import Capabilities, address_faults, read_base_maps
from geoapp.importers.wmts import read_capabilities
from geoapp.operations.base_maps.files import opened
from geoapp.operations.base_maps.keeper import keep_maps

_PATIENCE_SECONDS: Final = 30
_MOST_BYTES: Final = 32_000_000


def import_base_maps(settings: Settings, path: Path, *, dry_run: bool = False) -> list[OperatorMap]:
    """Check the base maps that a file describes and take them into use; all of them, or none.

    A WMTS that is described by its capabilities is asked for them, and files are opened; nothing else
    leaves the machine. They take the place of those taken in before. Running services need no restart.

    Returns
    -------
    list of OperatorMap
        The maps, whether they were taken in or, by ``dry_run``, only checked.

    Raises
    ------
    UnusableInputError
        If the file, a WMTS or a map in a file cannot be used; what was in use stays.
    """
    found = []
    for described in read_base_maps(path):
        one = described.map
        try:
            if described.capabilities is not None:
                one = _looked_up(one, described.capabilities)
            if one.file is not None:
                one = opened(one, one.file)
        except UnusableInputError as error:
            zh, en = error.text
            raise UnusableInputError(Text(f"{one.code}：{zh}", f"{one.code}: {en}")) from None
        found.append(one)
    if not dry_run:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        keep_maps(settings, found)
    return found


def _looked_up(one: OperatorMap, asked: Capabilities) -> OperatorMap:
    content = _content(asked.source.replace("{key}", one.key))
    layer = read_capabilities(content, asked.layer, asked.matrix_set)
    found = replace(
        one,
        address=layer.address,
        least_zoom=max(one.least_zoom, layer.least_zoom),
        deepest_zoom=min(one.deepest_zoom, layer.deepest_zoom),
        side_px=layer.side_px,
    )
    faults = address_faults(found, "GetTile", found.address)
    if faults:
        raise UnusableInputError(faults[0])
    return found


def _content(source: str) -> bytes:
    try:
        if not source.startswith(("http://", "https://")):
            return Path(source).read_bytes()
        asked = Request(source, headers={"User-Agent": "geoapp"})  # http or https
        with urlopen(asked, timeout=_PATIENCE_SECONDS) as answer:
            content: bytes = answer.read(_MOST_BYTES)
            return content
    except (OSError, HTTPException, ValueError) as error:
        # The address may hold a key, and so is not repeated.
        raise UnusableInputError(
            Text(f"取不到 WMTS 能力文档：{error}", f"cannot read the WMTS capabilities: {error}")
        ) from None
