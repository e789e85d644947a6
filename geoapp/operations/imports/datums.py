"""In which datum a list of facilities is read: what it says itself, and what its points suggest.

The command and the page ask here. What a row says goes before what a person stated for all, and that
before what a heading says. Nothing is taken because points fall well: that is said, and asked for.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

import numpy as np
from scipy.spatial import cKDTree

from geoapp.analysis.geometry.spheroid import ecef
from geoapp.core.arrays import FloatArray
from geoapp.core.errors import UnusableInputError
from geoapp.core.i18n import Text
from geoapp.core.units import counted
from geoapp.core.words import DATUM_TEXT, Datum
from geoapp.importers.formats.table import Record, Table
from geoapp.importers.rows.crs_guess import sampled
from geoapp.importers.rows.datum_words import heading_datum
from geoapp.importers.rows.datums import (
    DatumFit,
    datum_column,
    datums_of_rows,
    fit_datums,
    named_regions,
    stated_points,
)
from geoapp.importers.rows.matching import Proposal
from geoapp.importers.rows.place_checks import RegionOutlines
from geoapp.store.engine import Session
from geoapp.store.facilities.keys import read_neighbours

By = Literal["stated", "heading", "default"]
# Less than half of what a map service moves a point by, more than two people's idea of one door.
NEAR_M: Final = 100.0
_MARGIN_DEG: Final = 0.02
# Some points at an edge fall to the other side in any datum; a whole list does not.
_LEAST_MORE: Final = 3
_LEAST_SHARE: Final = 0.02
_SAME: Final = {Datum.WGS84, Datum.CGCS2000}


@dataclass(frozen=True, slots=True)
class Said:
    """What a list says of its datum: in a heading of its coordinates, and row by row in a column.

    ``column`` is the place of that column, ``by_line`` the datums of the rows that name one.
    """

    heading: Datum | None = None
    heading_name: str = ""
    column: int | None = None
    by_line: Mapping[int, Datum] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DatumRead:
    """How a list was read: ``datum``, by whose word, and the rows that name another by line.

    ``fits`` are the readings of the rows that say nothing themselves, of which ``points`` have a position
    and ``named`` a district; ``column`` is what the column of the rows' datums is called.
    """

    datum: Datum
    by: By
    column: str | None = None
    by_line: Mapping[int, Datum] = field(default_factory=dict)
    fits: tuple[DatumFit, ...] = ()
    points: int = 0
    named: int = 0
    hints: tuple[Text, ...] = ()


def said_by(table: Table, proposal: Proposal, passed_over: Collection[int] = ()) -> Said:
    """Return what a list says of its datum.

    Parameters
    ----------
    table
        The rows as they came, or widened; its first columns are those of the proposal.
    passed_over
        The places of columns that somebody said are nothing.
    """
    heading = heading_datum(table.columns, proposal.fields)
    fields = (*proposal.fields, *("lon" for _ in table.columns[len(proposal.fields) :]))
    column = datum_column(sampled(table), fields, passed_over)
    return Said(
        None if heading is None else heading[0],
        "" if heading is None else heading[1],
        column,
        datums_of_rows(table, column),
    )


def readings(
    session: Session,
    points: tuple[FloatArray, FloatArray],
    named: Sequence[str | None],
    regions: RegionOutlines,
) -> tuple[DatumFit, ...]:
    """Return how well points (degrees, as written) fit in each datum: regions and registered facilities."""
    fits = fit_datums(*points, named, regions)
    known = np.isfinite(points[0]) & np.isfinite(points[1])
    known &= (np.abs(points[0]) <= 180) & (np.abs(points[1]) <= 90)
    if not known.any():
        return fits
    lon, lat = points[0][known], points[1][known]
    box = (
        float(lon.min()) - _MARGIN_DEG,
        float(lat.min()) - _MARGIN_DEG,
        float(lon.max()) + _MARGIN_DEG,
        float(lat.max()) + _MARGIN_DEG,
    )
    there = read_neighbours(session, box)
    if not there:
        return fits
    tree = cKDTree(ecef([one.lon for one in there], [one.lat for one in there]))
    return tuple(
        replace(
            fit,
            near=int(
                np.isfinite(
                    tree.query(ecef(fit.lon[known], fit.lat[known]), distance_upper_bound=NEAR_M)[0]
                ).sum()
            ),
        )
        for fit in fits
    )


def settled_datum(
    session: Session,
    table: Table,
    proposal: Proposal,
    regions: RegionOutlines,
    *,
    stated: Datum | None,
    dry_run: bool,
) -> DatumRead:
    """Return in which datum the rows of a list in degrees are read, and what is to be said of that.

    Parameters
    ----------
    table
        A table whose columns and positions are settled.
    stated
        What a person said of the rows that say nothing themselves; None = nothing.
    dry_run
        Whether it is only looked at: then nothing is refused.

    Raises
    ------
    UnusableInputError
        If nobody says the datum, and the points fall clearly better in another one than WGS-84.
    """
    aside = [
        place
        for place, column in enumerate(proposal.columns)
        if column.by == "user" and column.field is None
    ]
    said = said_by(table, proposal, aside)
    datum = stated or said.heading or Datum.WGS84
    by: By = "stated" if stated else "heading" if said.heading else "default"
    silent = [record for record in table.records if record.line not in said.by_line]
    seen = sampled(replace(table, records=silent))
    records = list(seen.records)
    points = stated_points(seen)
    named = named_regions([_as_came(one, proposal) for one in records], regions)
    fits = readings(session, points, named, regions) if records else ()
    known = np.isfinite(points[0]) & np.isfinite(points[1]) if records else np.zeros(0, dtype=bool)
    read = DatumRead(
        datum,
        by,
        None if said.column is None else table.columns[said.column],
        said.by_line,
        fits,
        int(known.sum()),
        sum(code is not None and bool(here) for code, here in zip(named, known, strict=True)),
    )
    doubt = _better(read)
    hints = [*_told_of_rows(read), *_told_of_heading(read, said, stated)]
    if by == "default" and read.points:
        told = _told_of_points(read, doubt)
        if doubt and not dry_run:
            raise UnusableInputError(told)
        hints.append(told)
    elif doubt:
        hints.append(_doubted(read, doubt))
    return replace(read, hints=tuple(hints))


def _as_came(record: Record, proposal: Proposal) -> Record:
    """Return a record without the cells that were added to it."""
    return replace(record, cells=record.cells[: len(proposal.fields)])


def _better(read: DatumRead) -> tuple[DatumFit, ...]:
    """Return the readings that fit clearly better than the one that is taken; Amap's and Baidu's may tie."""
    if not read.fits:
        return ()
    mine = next(
        one for one in read.fits if one.datum == read.datum or {one.datum, read.datum} == _SAME
    )
    best = max(one.mark for one in read.fits)
    least = max(_LEAST_MORE, _LEAST_SHARE * read.points)
    strong, weak = best[0] - mine.mark[0], best[1] - mine.mark[1]
    if strong < least and (strong or weak < least):
        return ()
    return tuple(one for one in read.fits if one.mark == best)


def _counts(read: DatumRead) -> Text:
    """Say of each reading how many points fall where they should."""
    stations = any(fit.near for fit in read.fits)
    zh, en = [], []
    for fit in read.fits:
        parts_zh, parts_en = [f"区域内 {fit.inside:,}"], [f"inside a region {fit.inside:,}"]
        if read.named:
            parts_zh.append(f"写明的区内 {fit.in_named:,}/{read.named:,}")
            parts_en.append(f"inside the district that they name {fit.in_named:,}/{read.named:,}")
        if stations:
            parts_zh.append(f"已登记站点 {NEAR_M:.0f} 米内 {fit.near:,}")
            parts_en.append(f"within {NEAR_M:.0f} m of a registered station {fit.near:,}")
        text = DATUM_TEXT[fit.datum]
        zh.append(f"{text.zh}：{'，'.join(parts_zh)}")
        en.append(f"{text.en}: {', '.join(parts_en)}")
    return Text("；".join(zh), "; ".join(en))


def _told_of_points(read: DatumRead, doubt: Sequence[DatumFit]) -> Text:
    """Say that nobody named the datum, and what the points of each reading say."""
    rows, counts = counted(read.points, "行", "row"), _counts(read)
    if doubt:
        zh = "、".join(DATUM_TEXT[fit.datum].zh for fit in doubt)
        en = ", ".join(DATUM_TEXT[fit.datum].en for fit in doubt)
        options = " / ".join(f"--datum {fit.datum}" for fit in doubt)
        ending = Text(
            f"落点更像 {zh}。不替您猜：请写明 {options}，确是 WGS-84 就写 --datum wgs84。",
            f"The points look like {en}. Nothing is guessed: state {options}, or --datum wgs84 if that it is.",
        )
    elif max(one.mark for one in read.fits) > sorted(one.mark for one in read.fits)[-2]:
        ending = Text(
            "按 WGS-84 读取；不对时请写 --datum。",
            "Read as WGS-84; if that is wrong, state --datum.",
        )
    else:
        ending = Text(
            "落点分不出，按 WGS-84 读取：高德、腾讯的坐标是 GCJ-02，百度的是 BD-09，是的话请写 --datum。",
            "Where the points fall does not tell, and they are read as WGS-84. Amap and Tencent give GCJ-02, "
            "Baidu BD-09: if it is theirs, state --datum.",
        )
    return Text(
        f"没有写明坐标系。看过 {rows.zh}，各种读法的落点：{counts.zh}。{ending.zh}",
        f"The datum is not stated. Where the points of {rows.en} fall in each reading: {counts.en}. {ending.en}",
    )


def _doubted(read: DatumRead, doubt: Sequence[DatumFit]) -> Text:
    """Say that points fall better in another datum than the one that was named."""
    zh = "、".join(DATUM_TEXT[fit.datum].zh for fit in doubt)
    en = ", ".join(DATUM_TEXT[fit.datum].en for fit in doubt)
    options = " / ".join(f"--datum {fit.datum}" for fit in doubt)
    counts, mine = _counts(read), DATUM_TEXT[read.datum]
    return Text(
        f"按 {mine.zh} 读取，落点却更像 {zh}（{counts.zh}）；请核对坐标系（{options}）。",
        f"Read as {mine.en}, but the points look like {en} ({counts.en}); check the datum ({options}).",
    )


def _told_of_rows(read: DatumRead) -> tuple[Text, ...]:
    """Say that rows are read as a column says."""
    if not read.by_line:
        return ()
    each = Counter(read.by_line.values()).most_common()
    zh = "，".join(f"{DATUM_TEXT[datum].zh} {count:,} 行" for datum, count in each)
    en = ", ".join(f"{DATUM_TEXT[datum].en} {count:,}" for datum, count in each)
    rest = DATUM_TEXT[read.datum]
    return (
        Text(
            f"逐行按“{read.column}”一列的坐标系读取：{zh}；没有写明的按 {rest.zh}。不要这样读时请用 "
            f"--map “{read.column}=-”。",
            f"Each row is read in the datum that the column {read.column!r} names: {en}; rows that name none "
            f"in {rest.en}. If that is wrong, say --map '{read.column}=-'.",
        ),
    )


def _told_of_heading(read: DatumRead, said: Said, stated: Datum | None) -> tuple[Text, ...]:
    """Say that a heading names the datum, or another one than was stated."""
    if said.heading is None:
        return ()
    named, taken = DATUM_TEXT[said.heading], DATUM_TEXT[read.datum]
    if stated is None:
        return (
            Text(
                f"表头“{said.heading_name}”写明坐标系，按 {named.zh} 读取。",
                f"The heading {said.heading_name!r} names the datum: read as {named.en}.",
            ),
        )
    if stated == said.heading or {stated, said.heading} == _SAME:
        return ()
    return (
        Text(
            f"表头“{said.heading_name}”写的是 {named.zh}，按您写明的 {taken.zh} 读取；请核对。",
            f"The heading {said.heading_name!r} says {named.en}, and it is read as {taken.en} as you stated; "
            "please check.",
        ),
    )
