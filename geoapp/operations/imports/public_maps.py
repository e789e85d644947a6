"""Import the list that somebody exported from a public map."""

from dataclasses import replace

from geoapp.core.errors import InvalidValueError, UnusableInputError
from geoapp.core.i18n import Text
from geoapp.core.public_maps import PUBLIC_MAP_DATUM, PUBLIC_MAP_TEXT, PublicMap
from geoapp.core.settings import Settings
from geoapp.importers.formats.table import Table
from geoapp.importers.problems import Reading
from geoapp.importers.rows.listings import ListingRow, read_listings
from geoapp.operations.imports.report import (
    READING,
    WRITING,
    ImportOptions,
    Progress,
    place_rules,
)
from geoapp.reports.words.public_maps import gone_text
from geoapp.store.engine import Database
from geoapp.store.facilities.read import regions_below
from geoapp.store.public_maps import ListingCounts, write_listings

_READING_SHARE = 0.5


def import_public_map(
    database: Database,
    settings: Settings,
    table: Table,
    options: ImportOptions,
    progress: Progress,
) -> tuple[Reading[ListingRow], ListingCounts]:
    """Read a list and make its good rows the map's listings, all or none.

    What was decided of listings stays. A rejects file that was mended adds its rows to the list.

    Raises
    ------
    InvalidValueError
        If it is not said whose list it is, or not what another map's coordinates are in, or if the
        region that it covers is none.
    UnusableInputError
        If no row can be used: the list that there is stays.
    """
    public_map = options.public_map
    if public_map is None:
        names = ", ".join(PublicMap)
        raise InvalidValueError("--map", "", Text(names, names))
    datum = options.datum or PUBLIC_MAP_DATUM.get(public_map)
    if datum is None:
        raise InvalidValueError(
            "datum",
            "",
            Text(
                "wgs84 cgcs2000 gcj02 bd09 之一，其他地图没有默认的坐标系",
                "one of wgs84 cgcs2000 gcj02 bd09: another map has no datum by default",
            ),
        )
    progress(0.0, READING)
    with database.session() as session:
        if options.covers is not None and not regions_below(session, options.covers):
            accepted = Text("已有区域的代码", "the code of a stored region")
            raise InvalidValueError("--region", options.covers, accepted)
        rules = place_rules(session, settings, replace(options, datum=datum))
    reading = read_listings(table, rules)
    progress(_READING_SHARE, WRITING)
    if not reading.rows:
        if reading.rejected:
            return reading, ListingCounts(0, 0, 0)
        name = PUBLIC_MAP_TEXT[public_map]
        raise UnusableInputError(
            Text(
                f"名录里一条也没有，{name.zh}原有的名录不变。",
                f"The list has no listing; that of {name.en} stays as it is.",
            )
        )
    with database.session() as session:
        counts = write_listings(
            session,
            public_map,
            options.source or "",
            [
                (row.listing, row.name, row.address, row.status, row.lon, row.lat)
                for row in reading.rows
            ],
            covers=options.covers,
            add=reading.is_rejects_file,
            tolerance_m=settings.region_tolerance_m,
            dry_run=options.dry_run,
        )
    progress(1.0, WRITING)
    if counts.gone:
        reading = replace(reading, hints=(*reading.hints, gone_text(counts.gone)))
    return reading, counts
